#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "app/node/peer_message.hpp"

namespace confman::sim {

// Messages on their way, by the number of their sending. How many times each will be delivered is
// decided right after it was sent; a message is forgotten with its last delivery.
class MessageTable {
 public:
  std::uint64_t add(node::PeerMessage&& message) {
    if (end_ - base_ == slots_.size()) widen();
    slot_of(end_).message.emplace(std::move(message));
    return end_++;
  }
  void set_copies(std::uint64_t number, std::uint32_t copies) {
    if (number < base_ || number >= end_) return;
    slot_of(number).copies = copies;
    if (copies == 0) forget(number);
  }
  const node::PeerMessage* find(std::uint64_t number) const {
    if (number < base_ || number >= end_) return nullptr;
    const Slot& slot = slots_[place_of(number)];
    return slot.message ? &*slot.message : nullptr;
  }
  // One delivery less to come; the message itself if there is one.
  std::optional<node::PeerMessage> take(std::uint64_t number) {
    if (find(number) == nullptr) return std::nullopt;
    Slot& slot = slot_of(number);
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

  std::size_t place_of(std::uint64_t number) const { return number & (slots_.size() - 1); }
  Slot& slot_of(std::uint64_t number) { return slots_[place_of(number)]; }

  void forget(std::uint64_t number) {
    slot_of(number).message.reset();
    while (base_ != end_ && !slot_of(base_).message) ++base_;
  }

  void widen() {
    std::vector<Slot> wider(2 * slots_.size());
    wider.swap(slots_);
    for (std::uint64_t number = base_; number != end_; ++number) {
      slot_of(number) = std::move(wider[number & (wider.size() - 1)]);
    }
  }

  // A ring of a power of two: base_ to end_ - 1 each have their place.
  std::vector<Slot> slots_ = std::vector<Slot>(64);
  std::uint64_t base_ = 1;
  std::uint64_t end_ = 1;
};

}  // namespace confman::sim
