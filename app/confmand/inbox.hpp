#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <span>
#include <variant>
#include <vector>

#include "adapters/net/io_loop.hpp"
#include "app/node/request.hpp"

namespace confman::host {

// The way of requests from the I/O threads to the loop: in order, with one wake-up for all that a
// turn of an I/O thread brought, and a bounded number for each turn of the loop.
class Inbox {
 public:
  // A request, or the id of one that nobody waits for any more.
  using Letter = std::variant<node::Request, node::RequestId>;
  using Deliver = std::function<void(std::span<Letter>)>;
  // What more the I/O threads brought comes with the next turns. (A turn that delivers the last of
  // what had to wait may go on with so many of what has just come.)
  static constexpr std::size_t kMaxLettersPerTurn = 1000;

  // `deliver` may move from what it is given. It is called on the loop's thread only.
  Inbox(net::IoLoop& loop, Deliver deliver) : loop_(loop), deliver_(std::move(deliver)) {}

  // Thread-safe. The loop learns of it by hand_over(), or at once if this is its thread.
  void put(Letter letter);
  // Thread-safe. For each I/O thread to call at the end of its turns.
  void hand_over();

 private:
  void take();
  void open_some();

  net::IoLoop& loop_;
  const Deliver deliver_;
  std::mutex mutex_;
  std::vector<Letter> letters_;  // guarded by mutex_, like this:
  bool handed_over_ = false;     // the loop has been told of them
  // The loop's: empty between two calls, and so kept for its memory; and what had to wait.
  std::vector<Letter> taken_;
  std::deque<Letter> backlog_;
};

}  // namespace confman::host
