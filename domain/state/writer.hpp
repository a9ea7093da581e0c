#pragma once

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
  // Puts the event at the end of the audit chain.
  void add_event(AuditRow event);

  // Writes Meta and ends the command in the store.
  void finish();

 private:
  void add(Table table, ByteView key, ByteView value);
  void subtract(Table table, ByteView key, ByteView value);

  StateStore& store_;
  MetaRow meta_;
};

}  // namespace confman::domain
