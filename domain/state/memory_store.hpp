#pragma once

#include <array>
#include <map>

#include "domain/catalogue.hpp"
#include "domain/state/store.hpp"

namespace confman::domain {

// The reference implementation of the port: ordered maps. The simulator runs on it, and the
// contract suite compares the SQLite store with it.
class MemoryStateStore final : public StateStore {
 public:
  std::optional<Bytes> get(Table table, ByteView key) const override;
  using StateStore::scan;
  void scan(Table table, ByteView from, ByteView to, const Visitor& visit,
            const Passer& pass) const override;
  void scan_backwards(Table table, ByteView from, ByteView to, const Visitor& visit) const override;
  void put(Table table, ByteView key, ByteView value) override;
  void erase(Table table, ByteView key) override;
  // put(), and what was there before.
  std::optional<Bytes> exchange(Table table, ByteView key, ByteView value);
  void command_applied() override {}

  friend bool operator==(const MemoryStateStore& a, const MemoryStateStore& b) {
    return a.tables_ == b.tables_;
  }

 private:
  using Rows = std::map<Bytes, Bytes, std::less<>>;
  const Rows& rows(Table table) const { return tables_[static_cast<std::size_t>(table)]; }
  Rows& rows(Table table) { return tables_[static_cast<std::size_t>(table)]; }

  std::array<Rows, kTableCount> tables_;
};

}  // namespace confman::domain
