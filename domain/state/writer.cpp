#include "domain/state/writer.hpp"

#include <algorithm>

#include "domain/base/assert.hpp"
#include "domain/catalogue.hpp"
#include "domain/state/digest.hpp"

namespace confman::domain {

StateWriter::StateWriter(StateStore& store) : store_(store), meta_(meta_of(store)) {}

void StateWriter::insert(Table table, ByteView key, ByteView value) {
  note(table, key, std::nullopt);
  add(table, key, value);
  store_.put(table, key, value);
}

void StateWriter::replace(Table table, ByteView key, ByteView old, ByteView value) {
  note(table, key, old);
  subtract(table, key, old);
  add(table, key, value);
  store_.put(table, key, value);
}

void StateWriter::remove(Table table, ByteView key, ByteView old) {
  note(table, key, old);
  subtract(table, key, old);
  store_.erase(table, key);
}

void StateWriter::begin() {
  CONFMAN_ASSERT(!open_, "A state is written in one step within another.");
  open_ = true;
  meta_before_ = meta_;
  events_before_ = events_;
}

void StateWriter::commit() {
  CONFMAN_ASSERT(open_, "A step that didn't begin is kept.");
  open_ = false;
  journal_.clear();
}

// The rows go back by themselves: the digest is in Meta, which goes back whole.
void StateWriter::abort() {
  CONFMAN_ASSERT(open_, "A step that didn't begin is taken back.");
  open_ = false;
  for (auto before = journal_.rbegin(); before != journal_.rend(); ++before) {
    if (before->row) {
      store_.put(before->table, before->key, *before->row);
    } else {
      store_.erase(before->table, before->key);
    }
  }
  journal_.clear();
  meta_ = meta_before_;
  events_ = events_before_;
}

void StateWriter::advance_to(const LogPosition& position) {
  CONFMAN_ASSERT(position.index == meta_.applied.index + 1,
                 "A log entry is applied out of order: its index does not follow the last one.");
  meta_.applied = position.revision();
  meta_.log_chain = position.chain;
}

HlcStamp StateWriter::advance_time(HlcStamp proposed) {
  meta_.last_stamp = std::max(proposed, successor(meta_.last_stamp));
  return meta_.last_stamp;
}

void StateWriter::add_event(AuditRow event) {
  event.ordinal = events_++;
  insert(Table::Audit, keys::of_audit(event.revision.index, event.ordinal),
         encode_chained(meta_.audit_head, event));
  meta_.audit_head = event.chain;
  ++meta_.audit_events;
}

void StateWriter::finish() {
  CONFMAN_ASSERT(!open_, "A command ends amid a step that is neither kept nor taken back.");
  store_.put(Table::Meta, keys::kMeta, encode(meta_));
  store_.command_applied();
}

void StateWriter::note(Table table, ByteView key, std::optional<ByteView> row) {
  if (!open_) return;
  journal_.push_back({table, Bytes(key), row ? std::optional(Bytes(*row)) : std::nullopt});
}

void StateWriter::add(Table table, ByteView key, ByteView value) {
  if (is_derived(table)) return;
  const RowDigest row = digest_of_row(table, key, value);
  meta_.digest_low += row.low;
  meta_.digest_high += row.high;
}

void StateWriter::subtract(Table table, ByteView key, ByteView value) {
  if (is_derived(table)) return;
  const RowDigest row = digest_of_row(table, key, value);
  meta_.digest_low -= row.low;
  meta_.digest_high -= row.high;
}

}  // namespace confman::domain
