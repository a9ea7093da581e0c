#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "domain/base/bytes.hpp"
#include "domain/state/table.hpp"

namespace confman::domain {

// SQLite's integers have a sign, and a bound may lie one beyond the last number.
inline constexpr std::uint64_t kNumbersOfKeysEnd = INT64_MAX;

// Port: the ordered tables that apply writes and queries read. Keys and values are the encodings of
// the records in domain/catalogue.hpp; keys order bytewise.
//
// A store has one user thread (the node's loop). Writes are visible to reads at once; they become
// durable later, in whole commands and in order: after a crash the store holds the state as of some
// applied index at or before the last one, never a part of a command. Failures of the medium don't
// come back through this port: the implementation ends the process (or the simulated node).
class StateStore {
 public:
  virtual ~StateStore() = default;

  // A key may be looked up with any number in it, as a client may name it: from kNumbersOfKeysEnd
  // on there is no row.
  virtual std::optional<Bytes> get(Table table, ByteView key) const = 0;

  // Visits rows with from <= key < to in key order (an empty `to` is unbounded) until the visitor
  // returns false. The views die with the visit. The visitor must not write to the store.
  using Visitor = std::function<bool(ByteView key, ByteView value)>;
  void scan(Table table, ByteView from, ByteView to, const Visitor& visit) const {
    scan(table, from, to, visit, {});
  }
  // `pass`, if there is one, is told of rows that were erased and that the store steps over all the
  // same, because what it keeps on disk still has them: a thousand of these are work, too. False
  // ends the scan. In key order with the rows that are visited.
  using Passer = std::function<bool(ByteView key)>;
  virtual void scan(Table table, ByteView from, ByteView to, const Visitor& visit,
                    const Passer& pass) const = 0;
  // The same from the greatest key below `to` (unbounded when empty) down to `from`.
  virtual void scan_backwards(Table table, ByteView from, ByteView to,
                              const Visitor& visit) const = 0;

  // No number in the key is kNumbersOfKeysEnd or more.
  virtual void put(Table table, ByteView key, ByteView value) = 0;
  virtual void erase(Table table, ByteView key) = 0;

  // The end of a command: what was written since the last call becomes durable together or not at
  // all.
  virtual void command_applied() = 0;
};

}  // namespace confman::domain
