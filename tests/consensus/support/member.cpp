#include "tests/consensus/support/member.hpp"

#include <algorithm>
#include <utility>

#include "consensus/hash_chain.hpp"
#include "domain/base/assert.hpp"
#include "domain/base/hash.hpp"

namespace confman::consensus::test {
namespace {

// The entry is there, or is there again; so is what follows it up to the next hole.
void close_first_hole(RestoredLog& disk, const Entry& entry) {
  DamagedTail& tail = *disk.damaged;
  tail.slots.front() = {entry, next_chain(tail.chain_before, entry)};
  while (!tail.slots.empty() && tail.slots.front().entry) {
    disk.entries.push_back(*tail.slots.front().entry);
    tail.before = {disk.entries.back().index, disk.entries.back().term};
    tail.chain_before = tail.slots.front().chain;
    tail.slots.pop_front();
  }
  if (tail.slots.empty()) disk.damaged.reset();
}

}  // namespace

void lose(RestoredLog& disk, LogIndex from, LogIndex to) {
  CONFMAN_ASSERT(!disk.base.index && !disk.damaged && from <= to && to.value <= disk.entries.size(),
                 "A test loses what isn't in the log, or of a log that doesn't begin at 1.");
  DamagedTail tail;
  LogPoint end;
  for (Entry& entry : disk.entries) {
    end = {{entry.index, entry.term}, next_chain(end.chain, entry)};
    if (entry.index < from) {
      tail.before = end.id;
      tail.chain_before = end.chain;
      continue;
    }
    tail.slots.emplace_back();
    if (entry.index > to) tail.slots.back() = {entry, end.chain};
  }
  tail.promised = end.id;
  tail.promised_chain = end.chain;
  disk.entries.resize(from.value - 1);
  disk.damaged = std::move(tail);
}

void write(RestoredLog& disk, const PersistRequest& r) {
  const auto last = [&] { return disk.base.index.value + disk.entries.size(); };
  if (r.founders) disk.founders = r.founders;
  if (r.reset_to) {
    disk.base = r.reset_to->id;
    disk.entries.clear();
  }
  if (r.reset_to || r.truncate_from) disk.damaged.reset();
  if (r.truncate_from) {
    CONFMAN_ASSERT(*r.truncate_from > disk.base.index,
                   "The disk was asked to cut what it compacted.");
    while (last() >= r.truncate_from->value) disk.entries.pop_back();
  }
  for (const Entry& entry : r.append) {
    CONFMAN_ASSERT(entry.index.value == last() + 1, "The disk was given a log with a hole.");
    disk.entries.push_back(entry);
  }
  if (r.hard_state) disk.hard_state = *r.hard_state;
  if (r.compact_to) {
    while (!disk.entries.empty() && disk.entries.front().index <= r.compact_to->index) {
      disk.base = {disk.entries.front().index, disk.entries.front().term};
      disk.entries.erase(disk.entries.begin());
    }
  }
  for (const Entry& entry : r.fill) {
    if (!disk.damaged || entry.index != disk.damaged->first())
      continue;  // filled by the one before
    close_first_hole(disk, entry);
  }
}

LogPoint end_of(const std::vector<Entry>& entries) {
  LogPoint end;
  for (const Entry& entry : entries) {
    end = {{entry.index, entry.term}, next_chain(end.chain, entry)};
  }
  return end;
}

std::optional<Membership> membership_of(const std::vector<Entry>& entries) {
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    if (entry->kind == EntryKind::Membership) {
      return decode_membership_change(*entry->payload)->membership;
    }
  }
  return std::nullopt;
}

std::uint64_t feature_level_of(const std::vector<Entry>& entries) {
  std::uint64_t level = kFirstFeatureLevel;
  for (const Entry& entry : entries) {
    if (entry.kind == EntryKind::FeatureLevel) level = ByteReader(*entry.payload).varint();
  }
  return level;
}

Bytes encode_entries(const std::vector<Entry>& entries) {
  Bytes out;
  ByteWriter w(out);
  for (const Entry& entry : entries) {
    w.varint(entry.term.value);
    w.u8(static_cast<std::uint8_t>(entry.kind));
    w.bytes(*entry.payload);
  }
  return out;
}

std::vector<Entry> decode_entries(ByteView bytes) {
  ByteReader r(bytes);
  std::vector<Entry> entries;
  while (!r.at_end()) {
    Entry entry;
    entry.index = LogIndex{entries.size() + 1};
    entry.term = Term{r.varint()};
    entry.kind = static_cast<EntryKind>(r.u8());
    entry.payload = make_payload(Bytes(r.bytes(UINT64_MAX)));
    entries.push_back(std::move(entry));
  }
  CONFMAN_ASSERT(r.ok(), "A test's snapshot stream is damaged.");
  return entries;
}

void Member::start(Time now) {
  Restored restored{.log = disk,
                    .applied = end_of(applied),
                    .membership = membership_of(applied),
                    .feature_level = feature_level_of(applied)};
  auto core = std::make_unique<RaftNode>(config_, std::move(restored), now);
  core_ = core.get();
  driver_ = std::make_unique<Driver>(config_.group, std::move(core),
                                     Driver::Ports{*this, *this, *this, *this, *this});
}

void Member::crash() {
  driver_.reset();
  writes.clear();
  applied.resize(durable_applied_);
  staged_.reset();
  building_ = false;
  installing_.reset();
}

void Member::wipe_state() {
  crash();
  applied.clear();
  durable_applied_ = 0;
  built_.reset();
}

void Member::wipe() {
  wipe_state();
  disk = {};
  ++config_.self.incarnation;
}

void Member::finish_writes(Time now, std::size_t count) {
  PersistSeq done;
  for (std::size_t i = 0; i < count && !writes.empty(); ++i) {
    done = writes.front().seq;
    write(disk, writes.front());
    writes.pop_front();
  }
  if (done) input([&](Driver& d) { d.persisted(now, done); });
}

void Member::make_state_durable(Time now) {
  if (applied.size() <= durable_applied_ || installing_) return;
  durable_applied_ = applied.size();
  input([&](Driver& d) { d.state_durable(now, LogIndex{durable_applied_}); });
}

bool Member::finish_snapshot_work(Time now) {
  if (building_) {
    Snapshot built;
    const std::vector<Entry> state(applied.begin(),
                                   applied.begin() + static_cast<std::ptrdiff_t>(durable_applied_));
    built.stream = encode_entries(state);
    const LogPoint end = end_of(state);
    built.meta = {.last = end.id,
                  .chain = end.chain,
                  .membership = encode(*membership_of(state)),
                  .feature_level = feature_level_of(state),
                  .size = built.stream.size(),
                  .checksum = crc32c(built.stream)};
    building_ = false;
    built_ = built;
    ++snapshots_built;
    input([&](Driver& d) { d.snapshot_built(now, built.meta); });
    return true;
  }
  if (installing_) {
    const SnapshotMeta meta = *installing_;
    installing_.reset();
    const bool damaged = std::exchange(damage_next_install, false) || !staged_ ||
                         crc32c(staged_->stream) != meta.checksum;
    const std::optional<Snapshot> staged = std::exchange(staged_, std::nullopt);
    if (damaged) {
      input([&](Driver& d) { d.snapshot_rejected(now, meta); });
      return true;
    }
    applied = decode_entries(staged->stream);
    durable_applied_ = applied.size();
    ++snapshots_installed;
    input([&](Driver& d) { d.snapshot_installed(now, meta); });
    return true;
  }
  return false;
}

void Member::send(Message message) {
  // Persist-before-send: what is on the disk must bear out what is said.
  CONFMAN_ASSERT(std::holds_alternative<VoteReply>(message.body) ||
                     std::holds_alternative<VoteRequest>(message.body) ||
                     std::holds_alternative<Introduction>(message.body) ||
                     message.term <= disk.hard_state.term,
                 "A term was spoken before it was durable.");
  if (const auto* vote = std::get_if<VoteReply>(&message.body); vote && !vote->pre_vote) {
    CONFMAN_ASSERT(!vote->granted || (disk.hard_state.term > message.term) ||
                       disk.hard_state == (HardState{message.term, message.to.member}),
                   "A vote was spoken before it was durable.");
  }
  if (const auto* chunk = std::get_if<SnapshotChunk>(&message.body)) {
    chunk_offsets_sent.insert(chunk->offset);
    ++chunks_sent;
  }
  network_.push_back(std::move(message));
}

std::optional<Bytes> Member::read(LogId last, std::uint64_t offset, std::size_t max_bytes) {
  if (!built_ || built_->meta.last != last || offset > built_->stream.size()) return std::nullopt;
  return built_->stream.substr(offset, max_bytes);
}

std::uint64_t Member::stage(const SnapshotMeta& meta, std::uint64_t offset, ByteView data) {
  if (!staged_ || staged_->meta != meta) staged_ = Snapshot{meta, {}};
  if (offset == staged_->stream.size()) staged_->stream.append(data);
  return staged_->stream.size();
}

void Member::apply(std::span<const Entry> entries) {
  CONFMAN_ASSERT(!installing_, "Entries were applied in the middle of an installation.");
  for (const Entry& entry : entries) {
    CONFMAN_ASSERT(entry.index.value == applied.size() + 1, "Entries were applied out of order.");
    applied.push_back(entry);
  }
}

void Member::restored(LogId last) {
  CONFMAN_ASSERT(last.index.value == applied.size(), "A snapshot ends elsewhere than it says.");
}

}  // namespace confman::consensus::test
