#include "adapters/http/outbox.hpp"

#include "domain/base/assert.hpp"

namespace confman::http {

namespace {

// Below this a copy costs less than a piece of its own, which takes a system call to send.
constexpr std::size_t kSharedFrom = 16 * 1024;
// A buffer that has grown larger than this is given back when it is empty: an idle connection costs
// little whatever it once carried.
constexpr std::size_t kKeptBuffer = 4 * 1024;

constexpr std::size_t kCompactAt = 64 * 1024;

}  // namespace

std::string& Outbox::tail() {
  if (pieces_.empty() || pieces_.back().shared) pieces_.emplace_back();
  return pieces_.back().own;
}

void Outbox::append(const Payload& chunk) {
  if (chunk->size() < kSharedFrom) {
    tail().append(*chunk);
    return;
  }
  // So that only the last piece can be empty, and the first is what is to be sent.
  if (!pieces_.empty() && pieces_.back().bytes().empty()) pieces_.pop_back();
  pieces_.push_back({.own = {}, .shared = chunk});
}

void Outbox::append(Outbox&& other) {
  CONFMAN_ASSERT(other.sent_ == 0, "An answer was sent in part before its turn.");
  for (Piece& piece : other.pieces_) {
    if (piece.shared) {
      append(piece.shared);
    } else {
      tail().append(piece.own);
    }
  }
  other.clear();
}

std::string_view Outbox::front() const {
  return pieces_.empty() ? std::string_view() : pieces_.front().bytes().substr(sent_);
}

void Outbox::pop(std::size_t bytes) {
  CONFMAN_ASSERT(bytes <= front().size(), "More was sent than there is.");
  if (pieces_.empty()) return;
  sent_ += bytes;
  Piece& first = pieces_.front();
  if (first.bytes().size() == sent_) return pop_piece();
  // A reader that is always a little behind must not make the sent part grow without end.
  if (!first.shared && sent_ >= kCompactAt && sent_ >= first.own.size() / 2) {
    first.own.erase(0, sent_);
    sent_ = 0;
  }
}

void Outbox::pop_piece() {
  sent_ = 0;
  const bool keep = pieces_.size() == 1 && !pieces_.front().shared &&
                    pieces_.front().own.capacity() <= kKeptBuffer;
  if (keep) {
    pieces_.front().own.clear();
  } else {
    pieces_.erase(pieces_.begin());
  }
}

std::size_t Outbox::size() const {
  std::size_t bytes = 0;
  for (const Piece& piece : pieces_) bytes += piece.bytes().size();
  return bytes - sent_;
}

void Outbox::clear() {
  pieces_.clear();
  sent_ = 0;
}

}  // namespace confman::http
