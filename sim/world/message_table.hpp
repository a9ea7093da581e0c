#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "app/node/peer_message.hpp"

namespace confman::sim {

// Messages on their way, by the number of their sending. How many times each will be delivered is
// decided right after it was sent; a message is forgotten with its last delivery.
class MessageTable {
 public:
  std::uint64_t add(node::PeerMessage message) {
    slots_.push_back({std::move(message), 0});
    return base_ + slots_.size() - 1;
  }
  void set_copies(std::uint64_t number, std::uint32_t copies) {
    if (number < base_ || number >= base_ + slots_.size()) return;
    slots_[number - base_].copies = copies;
    if (copies == 0) forget(number);
  }
  const node::PeerMessage* find(std::uint64_t number) const {
    if (number < base_ || number >= base_ + slots_.size()) return nullptr;
    const Slot& slot = slots_[number - base_];
    return slot.message ? &*slot.message : nullptr;
  }
  // One delivery less to come; the message itself if there is one.
  std::optional<node::PeerMessage> take(std::uint64_t number) {
    if (find(number) == nullptr) return std::nullopt;
    Slot& slot = slots_[number - base_];
    if (slot.copies > 1) {
      --slot.copies;
      return slot.message;
    }
    std::optional<node::PeerMessage> message = std::move(slot.message);
    forget(number);
    return message;
  }

 private:
  struct Slot {
    std::optional<node::PeerMessage> message;
    std::uint32_t copies{};
  };

  void forget(std::uint64_t number) {
    slots_[number - base_].message.reset();
    while (!slots_.empty() && !slots_.front().message) {
      slots_.pop_front();
      ++base_;
    }
  }

  std::deque<Slot> slots_;
  std::uint64_t base_ = 1;
};

}  // namespace confman::sim
