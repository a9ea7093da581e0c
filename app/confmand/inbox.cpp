#include "app/confmand/inbox.hpp"

#include <algorithm>
#include <iterator>
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
  {
    const std::lock_guard lock(mutex_);
    taken_.swap(letters_);
    handed_over_ = false;
  }
  std::span<Letter> letters = taken_;
  const bool under_way = !backlog_.empty();
  if (!under_way) {
    const auto now = letters.first(std::min(letters.size(), kMaxLettersPerTurn));
    deliver_(now);
    letters = letters.subspan(now.size());
  }
  std::ranges::move(letters, std::back_inserter(backlog_));
  taken_.clear();
  if (!under_way && !backlog_.empty()) loop_.post([this] { open_some(); });
}

void Inbox::open_some() {
  const auto end =
      backlog_.begin() + static_cast<std::ptrdiff_t>(std::min(backlog_.size(), kMaxLettersPerTurn));
  std::vector<Letter> now(std::move_iterator(backlog_.begin()), std::move_iterator(end));
  backlog_.erase(backlog_.begin(), end);
  deliver_(now);
  if (!backlog_.empty()) loop_.post([this] { open_some(); });
}

}  // namespace confman::host
