#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "domain/base/bytes.hpp"

namespace confman::http {

// Bytes that wait to be sent, in order. A large chunk stays the shared one that it came as: what
// goes to ten thousand slow readers is in memory once.
class Outbox {
 public:
  // The string to append to.
  std::string& tail();
  void append(const Payload& chunk);
  void append(Outbox&& other);

  // The next piece to send: empty only if nothing is left.
  std::string_view front() const;
  // Precondition: bytes <= front().size().
  void pop(std::size_t bytes);

  std::size_t size() const;
  void clear();

 private:
  struct Piece {
    std::string own;
    Payload shared;  // null: the bytes are in `own`

    std::string_view bytes() const { return shared ? std::string_view(*shared) : own; }
  };
  void pop_piece();

  std::vector<Piece> pieces_;  // few: what is small is appended to the one before
  std::size_t sent_ = 0;       // of the first piece
};

}  // namespace confman::http
