#pragma once

#include <cstring>
#include <map>
#include <memory_resource>
#include <unordered_map>
#include <vector>

#include "domain/catalogue.hpp"
#include "domain/state/store.hpp"

namespace confman::sqlite {

// What was written to the state since some command boundary, in table and key order. Rewrites of a
// key coalesce. All memory comes from arenas, which give none back before the generation dies: a
// write costs no malloc, and a whole generation is freed at once. Keys and values have one each:
// a search touches many keys and no value.
class Generation {
 public:
  class Row {
   public:
    domain::Table table() const { return table_; }
    bool erased() const { return erased_; }
    ByteView value() const { return {data_, size_}; }
    bool shares_value_with(const Row& other) const {
      return !erased_ && !other.erased_ && data_ == other.data_ && size_ == other.size_;
    }

   private:
    friend class Generation;
    explicit Row(domain::Table table) : table_(table) {}

    char* data_ = nullptr;
    std::size_t size_ = 0;
    std::size_t room_ = 0;  // bytes at data_ that are this row's own, to be written over
    domain::Table table_;
    bool erased_ = false;
  };
  // Entries and versions stand together in one tree, each entry right before its versions: so the
  // place of a new version is known, and a flush has what belongs together side by side.
  using Rows = std::pmr::map<ByteView, Row>;

  Generation() = default;
  Generation(const Generation&) = delete;
  Generation& operator=(const Generation&) = delete;

  // The rows of a table in key order, and perhaps others between them (Row::table).
  const Rows& of(domain::Table table) const { return trees_[tree_of(table)]; }
  const Row* find(domain::Table table, ByteView key) const {
    if (table == domain::Table::Entry) {
      const auto at = entries_.find(key);
      return at == entries_.end() ? nullptr : &at->second->second;
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
  static std::size_t tree_of(domain::Table table) {
    return static_cast<std::size_t>(table == domain::Table::Version ? domain::Table::Entry : table);
  }
  // Where the key is or would be.
  Rows::iterator place_of(domain::Table table, ByteView key) {
    Rows& rows = trees_[tree_of(table)];
    // Log positions and times only ascend.
    if (rows.empty() || rows.rbegin()->first < key) return rows.end();
    if (table == domain::Table::Version && last_entry_ != rows.end() &&
        key.starts_with(last_entry_->first)) {
      const auto next = std::next(last_entry_);
      if (next == rows.end() || next->first >= key) return next;
    }
    return rows.lower_bound(key);
  }
  Row& row_at(domain::Table table, ByteView key) {
    const bool is_entry = table == domain::Table::Entry;
    if (const auto found = is_entry ? entries_.find(key) : entries_.end();
        found != entries_.end()) {
      last_entry_ = found->second;
      return last_entry_->second;
    }
    Rows& rows = trees_[tree_of(table)];
    auto at = place_of(table, key);
    if (at == rows.end() || at->first != key) {
      constexpr std::size_t kNodeBytes = sizeof(Rows::value_type) + 4 * sizeof(void*);
      bytes_ += kNodeBytes;
      char* copy = allocate(keys_, key.size());
      std::memcpy(copy, key.data(), key.size());
      at = rows.emplace_hint(at, ByteView{copy, key.size()}, Row(table));
      if (is_entry) {
        entries_.emplace(at->first, at);
        last_entry_ = at;
      }
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
  std::pmr::vector<Rows> trees_{domain::kTableCount, &keys_};
  // The one table that is both large and asked for single keys by every command; a walk down its
  // tree is a dozen cache misses.
  std::pmr::unordered_map<ByteView, Rows::iterator> entries_{&keys_};
  Rows::iterator last_entry_ = trees_[tree_of(domain::Table::Entry)].end();  // that was put
  std::size_t bytes_ = 0;
  char* last_data_ = nullptr;
  ByteView last_;
};

}  // namespace confman::sqlite
