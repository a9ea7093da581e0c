#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "domain/audit/event.hpp"
#include "domain/base/bytes.hpp"
#include "domain/base/hlc.hpp"
#include "domain/model/revision.hpp"
#include "domain/state/meta.hpp"
#include "domain/state/store.hpp"

namespace confman::domain {

// How one command writes: every row that comes or goes is added to or taken from the digest in
// Meta, unless its table is derived. The Meta row itself is written once, at the end. The caller
// knows what is there already, because it had to decide by it; so nothing is read twice.
class StateWriter {
 public:
  explicit StateWriter(StateStore& store);

  const StateStore& store() const { return store_; }
  MetaRow& meta() { return meta_; }

  // The key has no row.
  void insert(Table table, ByteView key, ByteView value);
  // `old` is the row that the key has.
  void replace(Table table, ByteView key, ByteView old, ByteView value);
  void remove(Table table, ByteView key, ByteView old);

  // Moves the applied position to the entry after the last one.
  void advance_to(const LogPosition& position);
  // The stamp of what is applied now: the proposed one, or the least behind the last stamp if that
  // isn't behind it. Moves log time.
  HlcStamp advance_time(HlcStamp proposed);
  // Puts the event at the end of the audit chain, and numbers it within its log entry.
  void add_event(AuditRow event);

  // What is written from begin() on is taken back as a whole by abort(), or kept by commit(). One
  // within another there isn't.
  void begin();
  void commit();
  void abort();

  // Writes Meta and ends the command in the store.
  void finish();

 private:
  // A row as it was, for abort(): nothing, if there was none.
  struct Before {
    Table table{};
    Bytes key;
    std::optional<Bytes> row;
  };

  void add(Table table, ByteView key, ByteView value);
  void subtract(Table table, ByteView key, ByteView value);
  void note(Table table, ByteView key, std::optional<ByteView> row);

  StateStore& store_;
  MetaRow meta_;
  std::uint32_t events_ = 0;  // of this log entry
  // Since begin().
  bool open_ = false;
  std::vector<Before> journal_;
  MetaRow meta_before_;
  std::uint32_t events_before_ = 0;
};

}  // namespace confman::domain
