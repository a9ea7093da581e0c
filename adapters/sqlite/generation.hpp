#pragma once

#include <cstring>
#include <map>
#include <memory_resource>
#include <unordered_map>
#include <vector>

#include "domain/state_store.hpp"

namespace confman::sqlite {

// What was written to the state since some command boundary, in table and key order. Rewrites of a
// key coalesce. All memory comes from arenas, which give none back before the generation dies: a
// write costs no malloc, and a whole generation is freed at once. Keys and values have one each:
// a search touches many keys and no value.
class Generation {
 public:
  class Row {
   public:
    bool erased() const { return erased_; }
    ByteView value() const { return {data_, size_}; }

   private:
    friend class Generation;
    char* data_ = nullptr;
    std::size_t size_ = 0;
    std::size_t room_ = 0;  // bytes at data_ that are this row's own, to be written over
    bool erased_ = false;
  };
  using Rows = std::pmr::map<ByteView, Row>;

  Generation() = default;
  Generation(const Generation&) = delete;
  Generation& operator=(const Generation&) = delete;

  const Rows& of(domain::Table table) const { return tables_[static_cast<std::size_t>(table)]; }
  const Row* find(domain::Table table, ByteView key) const {
    if (table == domain::Table::Entry) {
      const auto at = entries_.find(key);
      return at == entries_.end() ? nullptr : at->second;
    }
    const auto at = of(table).find(key);
    return at == of(table).end() ? nullptr : &at->second;
  }
  std::size_t bytes() const { return bytes_; }  // of memory, roughly

  // The bytes of a value that is written twice in a row are kept once, at one address: apply writes
  // a new version and the head of its entry, which are the same.
  void put(domain::Table table, ByteView key, ByteView value) {
    Row& row = row_at(table, key);
    row.erased_ = false;
    if (value.size() > row.room_ || row.data_ == nullptr) {
      // Counters are written over with every command. Others rarely are, and may be shared.
      const bool rewritten = table == domain::Table::Meta || table == domain::Table::Namespace;
      if (rewritten) {
        constexpr std::size_t kRoomToGrow = 32;
        row.room_ = value.size() + kRoomToGrow;
        row.data_ = allocate(values_, row.room_);
      } else if (value == last_) {
        row.data_ = last_data_;
      } else {
        row.data_ = last_data_ = allocate(values_, value.size());
        last_ = {last_data_, value.size()};
        std::memcpy(row.data_, value.data(), value.size());
      }
    }
    if (row.room_ > 0) std::memcpy(row.data_, value.data(), value.size());
    row.size_ = value.size();
  }

  void erase(domain::Table table, ByteView key) {
    Row& row = row_at(table, key);
    row.erased_ = true;
    row.size_ = 0;
  }

 private:
  Row& row_at(domain::Table table, ByteView key) {
    const bool is_entry = table == domain::Table::Entry;
    if (const auto found = is_entry ? entries_.find(key) : entries_.end();
        found != entries_.end()) {
      return *found->second;
    }
    Rows& rows = tables_[static_cast<std::size_t>(table)];
    // Half of all keys are log positions or times, which only ascend.
    auto at = rows.empty() || rows.rbegin()->first < key ? rows.end() : rows.lower_bound(key);
    if (at == rows.end() || at->first != key) {
      constexpr std::size_t kNodeBytes = sizeof(Rows::value_type) + 4 * sizeof(void*);
      bytes_ += kNodeBytes;
      char* copy = allocate(keys_, key.size());
      std::memcpy(copy, key.data(), key.size());
      at = rows.emplace_hint(at, ByteView{copy, key.size()}, Row{});
      if (is_entry) entries_.emplace(at->first, &at->second);
    }
    return at->second;
  }
  char* allocate(std::pmr::memory_resource& arena, std::size_t size) {
    bytes_ += size;
    return static_cast<char*>(arena.allocate(size, 1));
  }

  static constexpr std::size_t kFirstBlockBytes = 64 * 1024;
  std::pmr::monotonic_buffer_resource keys_{kFirstBlockBytes};
  std::pmr::monotonic_buffer_resource values_{kFirstBlockBytes};
  std::pmr::vector<Rows> tables_{domain::kTableCount, &keys_};
  // The one table that is both large and asked for single keys by every command; a walk down its
  // tree is a dozen cache misses.
  std::pmr::unordered_map<ByteView, Row*> entries_{&keys_};
  std::size_t bytes_ = 0;
  char* last_data_ = nullptr;
  ByteView last_;
};

}  // namespace confman::sqlite
