#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>

#include "domain/base/bytes.hpp"

namespace confman::domain {

// The tables of the replicated state, in the order of the snapshot stream. The numbers are on disk
// and on the wire.
enum class Table : std::uint8_t {
  Meta = 0,           // one row: applied position, digest, audit head, counters
  Namespace = 1,      // path → NamespaceRow
  Entry = 2,          // path, key → EntryRow: the newest version, also when it is a tombstone
  Version = 3,        // path, key, version → EntryRow, immutable
  Audit = 4,          // log index, ordinal → AuditRow, immutable
  Outcome = 5,        // actor id, idempotency key → OutcomeRow
  OutcomeExpiry = 6,  // expiry, actor id, idempotency key → nothing
  Cluster = 7,        // one row: members, feature level
  Label = 8,          // derived: label name, label value, path, key → nothing; of live entries
  LabelName = 9,      // derived: label name, path, key → nothing; of live entries
};
inline constexpr std::size_t kTableCount = 10;

// The rows of a derived table follow from those of the others (domain/label_index.hpp). They are
// neither in the digest nor in the snapshot stream, so builds with and without them agree; who
// makes a state from a stream makes them anew.
constexpr bool is_derived(Table table) {
  return table == Table::Label || table == Table::LabelName;
}

// Port: the ordered tables that apply writes and queries read. Keys and values are the encodings of
// domain/rows.hpp; keys order bytewise.
//
// A store has one user thread (the node's loop). Writes are visible to reads at once; they become
// durable later, in whole commands and in order: after a crash the store holds the state as of some
// applied index at or before the last one, never a part of a command. Failures of the medium don't
// come back through this port: the implementation ends the process (or the simulated node).
class StateStore {
 public:
  virtual ~StateStore() = default;

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

  virtual void put(Table table, ByteView key, ByteView value) = 0;
  virtual void erase(Table table, ByteView key) = 0;

  // The end of a command: what was written since the last call becomes durable together or not at
  // all.
  virtual void command_applied() = 0;
};

}  // namespace confman::domain
