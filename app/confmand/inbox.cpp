#include "app/confmand/inbox.hpp"

#include <utility>

namespace confman::host {

void Inbox::put(Letter letter) {
  {
    const std::lock_guard lock(mutex_);
    letters_.push_back(std::move(letter));
  }
  if (loop_.in_loop_thread()) hand_over();
}

void Inbox::hand_over() {
  {
    const std::lock_guard lock(mutex_);
    if (letters_.empty() || std::exchange(handed_over_, true)) return;
  }
  loop_.post([this] { take(); });
}

void Inbox::take() {
  std::vector<Letter> letters;
  {
    const std::lock_guard lock(mutex_);
    letters.swap(letters_);
    handed_over_ = false;
  }
  const bool under_way = !backlog_.empty();
  for (Letter& letter : letters) backlog_.push_back(std::move(letter));
  if (!under_way) open_some();
}

void Inbox::open_some() {
  for (std::size_t i = 0; i < kMaxLettersPerTurn && !backlog_.empty(); ++i) {
    deliver_(std::move(backlog_.front()));
    backlog_.pop_front();
  }
  if (!backlog_.empty()) loop_.post([this] { open_some(); });
}

}  // namespace confman::host
