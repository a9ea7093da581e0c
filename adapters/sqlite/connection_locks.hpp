#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

namespace confman::sqlite {

// What the connections of one process to one database share beside the file: its locks
// (https://sqlite.org/lockingv3.html) and the memory and locks of the index of its write-ahead log
// (https://sqlite.org/walformat.html#the_wal_index_file_format). One thread.
class ConnectionLocks {
 public:
  // Of one connection. Levels are SQLite's, SQLITE_LOCK_NONE to SQLITE_LOCK_EXCLUSIVE.
  struct Holder {
    int level = 0;
    std::uint8_t shared_slots = 0;  // one bit for each slot of the index
    std::uint8_t exclusive_slots = 0;
    bool maps_index = false;
  };
  static constexpr int kSlots = 8;

  // False: another connection is in the way. EXCLUSIVE then leaves PENDING behind, so that no new
  // reader comes in.
  bool lock(Holder& holder, int level);
  void unlock(Holder& holder, int level);
  bool is_reserved() const { return reserved_ != nullptr; }

  // Null: there is no such region and none was to be made.
  void* map(Holder& holder, std::size_t region, std::size_t size, bool extend);
  void unmap(Holder& holder);
  bool lock_slots(Holder& holder, int first, int count, bool exclusive);
  void unlock_slots(Holder& holder, int first, int count);

 private:
  int readers_ = 0;                   // at SHARED or above
  const Holder* reserved_ = nullptr;  // at RESERVED or above
  const Holder* pending_ = nullptr;   // at PENDING or above
  std::array<int, kSlots> slots_{};   // how many share it; kTaken: one has it alone
  std::vector<std::unique_ptr<char[]>> regions_;
  int mappings_ = 0;

  static constexpr int kTaken = -1;
};

}  // namespace confman::sqlite
