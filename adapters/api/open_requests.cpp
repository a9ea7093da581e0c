#include "adapters/api/open_requests.hpp"

#include <bit>
#include <utility>

namespace confman::api {
namespace {

constexpr unsigned kSlotBits = std::bit_width(OpenRequests::kMaxOpen) - 1;
static_assert(std::has_single_bit(OpenRequests::kMaxOpen));

std::uint32_t slot_of(node::RequestId id) {
  return static_cast<std::uint32_t>(id.value & (OpenRequests::kMaxOpen - 1));
}

}  // namespace

std::optional<node::RequestId> OpenRequests::open(std::shared_ptr<Waiter> waiter) {
  return open(std::move(waiter), false);
}

std::optional<node::RequestId> OpenRequests::open_series(std::shared_ptr<Waiter> waiter) {
  return open(std::move(waiter), true);
}

std::optional<node::RequestId> OpenRequests::open(std::shared_ptr<Waiter> waiter, bool series) {
  const std::scoped_lock lock(mutex_);
  if (free_slots_.empty()) {
    if (slots_.size() == kMaxOpen) return std::nullopt;
    free_slots_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const std::uint32_t index = free_slots_.back();
  free_slots_.pop_back();
  const std::uint64_t id = next_id(index);
  slots_[index] = {.waiter = std::move(waiter), .request = id, .series = series ? id : 0};
  return node::RequestId{id};
}

std::optional<node::RequestId> OpenRequests::ask_again(node::RequestId series) {
  const std::scoped_lock lock(mutex_);
  Slot* slot = find_series(series);
  if (slot == nullptr || slot->request != 0) return std::nullopt;
  slot->request = next_id(slot_of(series));
  return node::RequestId{slot->request};
}

OpenRequests::Closed OpenRequests::close(node::RequestId series) {
  std::shared_ptr<Waiter> waiter;  // perhaps the last to know it: it dies behind the lock
  const std::scoped_lock lock(mutex_);
  Slot* slot = find_series(series);
  if (slot == nullptr) return {};
  Closed closed{.now = true, .pending = {}};
  if (slot->request != 0) closed.pending = node::RequestId{slot->request};
  waiter = std::move(slot->waiter);
  free(slot_of(series));
  return closed;
}

bool OpenRequests::forget(node::RequestId id) {
  std::shared_ptr<Waiter> waiter;  // dies behind the lock
  const std::scoped_lock lock(mutex_);
  const std::uint32_t index = slot_of(id);
  if (index >= slots_.size()) return false;
  Slot& slot = slots_[index];
  if (slot.request != id.value || slot.series != 0) return false;
  waiter = std::move(slot.waiter);
  free(index);
  return true;
}

std::vector<std::shared_ptr<Waiter>> OpenRequests::claim(
    std::span<const node::Response> responses) {
  std::vector<std::shared_ptr<Waiter>> waiters(responses.size());
  const std::scoped_lock lock(mutex_);
  for (std::size_t i = 0; i < responses.size(); ++i) {
    const node::RequestId id = responses[i].id;
    const std::uint32_t index = slot_of(id);
    if (index >= slots_.size() || slots_[index].request != id.value) continue;
    slots_[index].request = 0;
    if (slots_[index].series != 0) {
      waiters[i] = slots_[index].waiter;
      continue;
    }
    waiters[i] = std::move(slots_[index].waiter);
    free(index);
  }
  return waiters;
}

std::size_t OpenRequests::size() const {
  const std::scoped_lock lock(mutex_);
  return slots_.size() - free_slots_.size();
}

std::uint64_t OpenRequests::next_id(std::uint32_t index) {
  return ++sequence_ << kSlotBits | index;
}

OpenRequests::Slot* OpenRequests::find_series(node::RequestId series) {
  Slot& slot = slots_[slot_of(series)];
  return slot.series == series.value ? &slot : nullptr;
}

void OpenRequests::free(std::uint32_t index) {
  slots_[index] = {};
  free_slots_.push_back(index);
}

}  // namespace confman::api
