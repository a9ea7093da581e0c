#include "sim/workload/history_recorder.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "domain/access/credentials.hpp"
#include "domain/audit/action.hpp"
#include "domain/entries/entry.hpp"
#include "domain/model/revision.hpp"
#include "sim/check/final_state.hpp"
#include "sim/check/linearizability.hpp"
#include "sim/check/session.hpp"
#include "sim/failure.hpp"
#include "sim/oracle/label_index.hpp"
#include "sim/workload/names.hpp"

namespace confman::sim {
namespace {

std::string full_key(const ClientOp& op) {
  return entry_path(namespace_path(op.name_space), key_name(op.key));
}

// The revision that it names.
std::pair<std::uint64_t, std::uint64_t> named_revision(const ClientOp& op) {
  const Revision named = std::visit([](const auto& body) { return body.named(); }, op.body);
  return {named.term, named.index};
}

// Refusals that tell what the entry's state was.
bool speaks_of_entry(domain::Refusal refusal) {
  return refusal == domain::Refusal::VersionMismatch || refusal == domain::Refusal::EntryExists ||
         refusal == domain::Refusal::EntryNotFound;
}

// What requests for publication change is judged by the log alone.
bool is_reviewed(std::string_view key) {
  return number_in(std::string(key)) >= kFirstReviewedKey;
}

FinalVersion version_of(std::string key, const domain::EntryRow& row) {
  return {.key = std::move(key),
          .version = row.version,
          .revision = row.revision,
          .tombstone = row.deleted,
          .value = row.deleted ? 0 : value_of(row.value)};
}

FinalHistory final_history(const domain::StateStore& state) {
  FinalHistory versions;
  state.scan(domain::Table::Version, {}, {}, [&](ByteView key, ByteView value) {
    const auto name = domain::keys::parse_version(key);
    const auto row = domain::decode_entry_row(value);
    if (!name || !row) broken("final-state", "A row of the Version table does not decode.");
    if (name->key.empty()) return true;  // what a deleted namespace leaves
    if (is_reviewed(name->key)) return true;
    versions.push_back(
        version_of(entry_path(std::string(name->path), std::string(name->key)), *row));
    return true;
  });
  std::stable_sort(versions.begin(), versions.end(), [](const auto& a, const auto& b) {
    return a.revision.index < b.revision.index;
  });
  return versions;
}

void raise(const Violations& violations) {
  if (!violations.empty()) broken(violations.front().property, violations.front().sentence);
}

}  // namespace

void HistoryRecorder::submitted(const ClientOp& op, Moment moment) {
  if (told_.contains(named_revision(op))) names_what_was_told_.insert(op.request);
  std::visit([&](const auto& body) { body.submitted(*this, op, moment); }, op.body);
}

// A request of a script that was cut may name a revision that no answer of this run had told then.
void HistoryRecorder::note_refused_position(const ClientOp& op, const node::Response& response) {
  const auto* failed = std::get_if<node::Failed>(&response.outcome);
  if (failed == nullptr || failed->why != node::Failure::PositionUnknown) return;
  if (!refused_position_.empty() || !names_what_was_told_.contains(op.request)) return;
  const auto [term, index] = named_revision(op);
  refused_position_ = "Request " + std::to_string(op.request) + " names revision " +
                      std::to_string(term) + ":" + std::to_string(index) +
                      ", which an answer had told, and is told that there never was one.";
}

void HistoryRecorder::answered(const ClientOp& op, const node::Response& response, Moment moment) {
  note_refused_position(op, response);
  told_.emplace(response.revision.term, response.revision.index);
  // A watch that has seen nothing is told what it said itself.
  const auto* done = std::get_if<node::WatchDone>(&response.outcome);
  if (done != nullptr && std::pair{done->to.term, done->to.index} != named_revision(op)) {
    told_.emplace(done->to.term, done->to.index);
  }
  std::visit([&](const auto& body) { body.answered(*this, op, response, moment); }, op.body);
}

void HistoryRecorder::lost(const ClientOp& op, Moment moment) {
  std::visit([&](const auto& body) { body.lost(*this, op, moment); }, op.body);
}

// --- writes of entries

void HistoryRecorder::write_submitted(const ClientOp& op, const WriteOp& write,
                                      EntryAction::Kind kind, std::uint64_t value, Moment moment) {
  const auto [known, is_new] = writes_.try_emplace(op.logical, Write{history_.operations.size()});
  if (!is_new) {  // a further try
    OpRecord& record = history_.operations[known->second.record];
    record.outcome = Outcome::Unknown;
    record.returned = kNever;
    return;
  }
  OpRecord record;
  record.id = op.logical;
  record.client = record.session = op.client;
  record.key = full_key(op);
  record.kind = kind;
  record.precondition = write.precondition;
  record.idempotency_key = write.borrows_key() ? 0 : write.idempotency;
  record.called = moment;
  record.value = value;
  history_.operations.push_back(std::move(record));
}

void HistoryRecorder::write_answered(const ClientOp& op, const WriteOp& asked,
                                     const node::Response& response, Moment moment) {
  Write& write = writes_.at(op.logical);
  OpRecord& record = history_.operations[write.record];
  record.returned = moment;
  if (const auto* done = std::get_if<node::WriteDone>(&response.outcome)) {
    const domain::Reply& reply = done->reply;
    record.revision = reply.revision;
    record.version = reply.version;
    record.outcome = Outcome::Done;
    if (!reply.refusal) return;
    record.outcome = speaks_of_entry(*reply.refusal) ? Outcome::Refused : Outcome::NotDone;
    // Who is known no longer is told so, whatever became of an earlier try.
    if (write.maybe_done && domain::concerns_credentials(*reply.refusal)) {
      record.outcome = Outcome::Unknown;
    }
    const bool misplaced =
        *reply.refusal == domain::Refusal::IdempotencyKeyReused && !asked.borrows_key();
    if (misplaced || *reply.refusal == domain::Refusal::BadCommand) {
      broken("refusals", "A write of client " + std::to_string(op.client) + " was refused as " +
                             std::string(domain::code_of(*reply.refusal)) + ", which it isn't.");
    }
    return;
  }
  const auto* failed = std::get_if<node::Failed>(&response.outcome);
  if (failed != nullptr && failed->why == node::Failure::OutcomeUnknown) write.maybe_done = true;
  record.outcome = write.maybe_done ? Outcome::Unknown : Outcome::NotDone;
}

void HistoryRecorder::write_lost(const ClientOp& op, Moment moment) {
  Write& write = writes_.at(op.logical);
  write.maybe_done = true;
  OpRecord& record = history_.operations[write.record];
  record.outcome = Outcome::Unknown;
  record.returned = moment;
}

// --- reads of entries

void HistoryRecorder::read_submitted(const ClientOp& op, Moment moment) {
  reads_.emplace(op.request, moment);
}

void HistoryRecorder::read_lost(const ClientOp& op) {
  reads_.erase(op.request);
}

OpRecord HistoryRecorder::new_read(const ClientOp& op, const ReadOp& read, Moment called) {
  OpRecord record;
  record.client = record.session = op.client;
  record.kind = EntryAction::Kind::Read;
  record.called = called;
  if (read.min_index != 0) record.min_revision = read.named();
  if (read.stale) {
    record.consistency = read.min_index != 0 ? Consistency::ReadYourWrites : Consistency::Stale;
  }
  return record;
}

void HistoryRecorder::get_answered(const ClientOp& op, const GetOp& get,
                                   const node::Response& response, Moment moment) {
  OpRecord record = new_read(op, get, reads_.extract(op.request).mapped());
  const auto* done = std::get_if<node::ReadDone>(&response.outcome);
  if (done == nullptr) return;  // says nothing
  record.id = op.logical;
  record.key = full_key(op);
  record.returned = moment;
  record.outcome = Outcome::Done;
  record.revision = response.revision;
  record.version = 0;
  if (const auto* row = std::get_if<domain::EntryRow>(&done->answer)) {
    record.version = row->version;
    record.value = value_of(row->value);
  }
  history_.operations.push_back(std::move(record));
}

// A page is a read, at one instant, of every key up to where it ends; what is missing there was
// read as absent. With a label it says nothing of what is missing.
void HistoryRecorder::list_answered(const ClientOp& op, const ListOp& list,
                                    const node::Response& response, Moment moment) {
  const Moment called = reads_.extract(op.request).mapped();
  const auto* done = std::get_if<node::ReadDone>(&response.outcome);
  if (done == nullptr) return;
  const auto* page = std::get_if<domain::EntryPage>(&done->answer);
  const bool ends_early = page != nullptr && page->resume;
  // The others are judged one by one, by the log alone.
  const bool plain = !list.recursive && list.prefix == 0 && list.after_namespace == 0;
  if (!plain) return;
  if (page != nullptr) {
    for (const std::string& label : label_texts(list.label)) check_labelled(*page, label);
  }
  for (std::uint64_t key = 1; key <= op.key; ++key) {
    if (ends_early && key_name(key) > page->resume->second) continue;
    OpRecord record = new_read(op, list, called);
    record.id = op.logical;
    record.key = entry_path(namespace_path(op.name_space), key_name(key));
    record.returned = moment;
    record.outcome = Outcome::Done;
    record.revision = response.revision;
    record.version = 0;
    for (std::size_t i = 0; page != nullptr && i < page->items.size(); ++i) {
      if (page->items[i].key != key_name(key)) continue;
      record.version = page->items[i].row.version;
      record.value = value_of(page->items[i].row.value);
    }
    if (list.label != 0 && record.version == 0) continue;
    history_.operations.push_back(std::move(record));
  }
}

// --- watches

void HistoryRecorder::watch_submitted(const ClientOp& op, const WatchOp& watch) {
  if (watches_.contains(op.logical)) return;
  const auto start = static_cast<std::uint64_t>(watch.after);
  watches_.emplace(op.logical, WatchRecord{.watcher = op.logical,
                                           .scope = watch.about(op),
                                           .start = {0, start},
                                           .received = {},
                                           .complete_to = {}});
  watched_up_to_.emplace(op.logical, start);
}

void HistoryRecorder::watch_answered(const ClientOp& op, const WatchOp& watch,
                                     const node::Response& response) {
  const auto* done = std::get_if<node::WatchDone>(&response.outcome);
  if (done == nullptr) return;
  WatchRecord& record = watches_.at(op.logical);
  std::uint64_t& position = watched_up_to_.at(op.logical);
  // In a recording with pieces cut out a watcher may jump; what it sees then proves nothing. And
  // some look aside: those answers are judged one by one.
  const bool aside = (watch.flags & WatchOp::kWithAfter) != 0;
  // Of who comes with a key some changes are kept, as the log alone can tell.
  const bool filtered = op.api_key > kAsSystem;
  if (filtered || aside || watch.after < 0 || static_cast<std::uint64_t>(watch.after) != position)
    return;
  for (const domain::Change& change : done->page.changes) {
    if (is_reviewed(change.key)) continue;
    FinalVersion version{.key = entry_path(change.path, change.key),
                         .version = change.version,
                         .revision = change.revision,
                         .tombstone = change.action == domain::Action::ConfigDeleted};
    if (change.entry) version.value = value_of(change.entry->value);
    record.received.push_back(std::move(version));
  }
  position = std::max(position, done->to.index);
  record.complete_to = {0, position};
}

// --- the verdict

namespace {

// Whether all versions of all entries are there; retention may have let some go.
bool keeps_all(const FinalHistory& history) {
  std::map<std::string, std::uint64_t> oldest;
  for (const FinalVersion& version : history) {
    const auto known = oldest.try_emplace(version.key, version.version).first;
    known->second = std::min(known->second, version.version);
  }
  return std::ranges::all_of(oldest, [](const auto& entry) { return entry.second == 1; });
}

}  // namespace

// What clients were told is held against what is kept. Where that isn't all, what was let go is
// judged by the log alone (sim/reference).
void HistoryRecorder::judge_against(const domain::StateStore& final_state) {
  history_.final_history = final_history(final_state);
  if (!keeps_all(history_.final_history)) return;
  raise(check_no_lost_acknowledgement(history_));
  raise(check_no_duplicate_apply(history_));
  raise(check_no_phantom(history_));
  for (const auto& [watcher, record] : watches_) {
    raise(check_watch(record, history_.final_history));
  }
}

void HistoryRecorder::judge(const domain::StateStore& final_state, bool incomplete) {
  check_label_index(final_state);
  if (!incomplete && !refused_position_.empty()) broken("refused_position", refused_position_);
  if (!incomplete) judge_against(final_state);
  raise(check_read_your_writes(history_.operations));
  raise(check_monotonic_reads(history_.operations));
  auto operations = linearizable_operations(history_.operations);
  if (!incomplete && keeps_all(history_.final_history)) {
    settle_unknown_puts(operations, history_.final_history);
  }
  const LinearizabilityResult result = check_entries(operations);
  if (result.verdict == Verdict::NotLinearizable) {
    broken("linearizability", result.explanation ? result.explanation->sentence : std::string());
  }
  if (result.verdict == Verdict::BudgetExhausted) {
    broken("linearizability",
           "No verdict: the search was given up after " + std::to_string(result.steps) + " steps.");
  }
}

}  // namespace confman::sim
