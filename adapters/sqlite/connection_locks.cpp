#include "adapters/sqlite/connection_locks.hpp"

#include <sqlite3.h>

namespace confman::sqlite {
namespace {

std::uint8_t mask_of(int first, int count) {
  return static_cast<std::uint8_t>(((1U << count) - 1U) << first);
}

}  // namespace

bool ConnectionLocks::lock(Holder& holder, int level) {
  if (holder.level >= level) {
    return true;
  }
  if (level == SQLITE_LOCK_SHARED) {
    if (pending_ != nullptr) {
      return false;
    }
    ++readers_;
    holder.level = level;
    return true;
  }
  if (reserved_ != nullptr && reserved_ != &holder) {
    return false;
  }
  if (level == SQLITE_LOCK_RESERVED) {
    reserved_ = &holder;
    holder.level = level;
    return true;
  }
  // A hot journal is rolled back from SHARED to EXCLUSIVE, without RESERVED between.
  reserved_ = pending_ = &holder;
  holder.level = SQLITE_LOCK_PENDING;
  if (readers_ > 1) {
    return false;
  }
  holder.level = SQLITE_LOCK_EXCLUSIVE;
  return true;
}

void ConnectionLocks::unlock(Holder& holder, int level) {
  if (holder.level <= level) {
    return;
  }
  if (reserved_ == &holder) {
    reserved_ = nullptr;
  }
  if (pending_ == &holder) {
    pending_ = nullptr;
  }
  if (level == SQLITE_LOCK_NONE) {
    --readers_;
  }
  holder.level = level;
}

void* ConnectionLocks::map(Holder& holder, std::size_t region, std::size_t size, bool extend) {
  if (!holder.maps_index) {
    holder.maps_index = true;
    ++mappings_;
  }
  while (extend && regions_.size() <= region) {
    regions_.push_back(std::make_unique<char[]>(size));
  }
  return region < regions_.size() ? regions_[region].get() : nullptr;
}

void ConnectionLocks::unmap(Holder& holder) {
  if (!holder.maps_index) {
    return;
  }
  unlock_slots(holder, 0, kSlots);
  holder.maps_index = false;
  if (--mappings_ == 0) {
    regions_.clear();
  }
}

bool ConnectionLocks::lock_slots(Holder& holder, int first, int count, bool exclusive) {
  const std::uint8_t mask = mask_of(first, count);
  for (int slot = first; slot < first + count; ++slot) {
    const auto bit = mask_of(slot, 1);
    const bool has =
        exclusive ? (holder.exclusive_slots & bit) != 0 : (holder.shared_slots & bit) != 0;
    const int users = slots_[static_cast<std::size_t>(slot)];
    if (!has && (users == kTaken || (exclusive && users != 0))) {
      return false;
    }
  }
  for (int slot = first; slot < first + count; ++slot) {
    auto& users = slots_[static_cast<std::size_t>(slot)];
    if (exclusive) {
      users = kTaken;
    } else if ((holder.shared_slots & mask_of(slot, 1)) == 0) {
      ++users;
    }
  }
  (exclusive ? holder.exclusive_slots : holder.shared_slots) |= mask;
  return true;
}

void ConnectionLocks::unlock_slots(Holder& holder, int first, int count) {
  for (int slot = first; slot < first + count; ++slot) {
    const auto bit = mask_of(slot, 1);
    auto& users = slots_[static_cast<std::size_t>(slot)];
    if ((holder.exclusive_slots & bit) != 0) {
      users = 0;
    } else if ((holder.shared_slots & bit) != 0) {
      --users;
    }
  }
  const auto kept = static_cast<std::uint8_t>(~mask_of(first, count));
  holder.exclusive_slots &= kept;
  holder.shared_slots &= kept;
}

}  // namespace confman::sqlite
