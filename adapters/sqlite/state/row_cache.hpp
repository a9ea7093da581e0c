#pragma once

#include <optional>
#include <unordered_map>

#include "domain/base/bytes.hpp"
#include "domain/state/table.hpp"

namespace confman::sqlite {

// Rows of the tables that nearly every command and query looks into (who may do what, what a policy
// asks, what is bound), as state.db has them; also that there is none. One thread.
//
// A row that is written must be forgotten: until it is in state.db, readers find it in a
// generation, and then it is read anew.
class RowCache {
 public:
  // A row in the cache takes its own bytes and some 100 more.
  static constexpr std::size_t kMaxRows = 8192;
  static constexpr std::size_t kMaxRowBytes = 1024;  // of key and value; longer ones aren't kept

  static bool keeps(domain::Table table);

  // Null: it isn't known.
  const std::optional<Bytes>* find(domain::Table table, ByteView key);
  void learn(domain::Table table, ByteView key, const std::optional<Bytes>& value);
  void forget(domain::Table table, ByteView key);
  void clear() { rows_.clear(); }

 private:
  // The key behind the number of its table, in a buffer that is used again.
  const Bytes& name(domain::Table table, ByteView key);

  std::unordered_map<Bytes, std::optional<Bytes>> rows_;
  Bytes name_;
};

}  // namespace confman::sqlite
