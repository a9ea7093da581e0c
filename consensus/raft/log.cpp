#include "consensus/raft/log.hpp"

#include <algorithm>
#include <utility>

#include "domain/base/assert.hpp"
#include "domain/base/marks.hpp"

namespace confman::consensus {

Log::Log(NodeId self, LogId base, std::vector<Entry> entries, MembershipHistory history,
         LogIndex applied, Durability& durable)
    : LogView(base, std::move(entries)),
      self_(self),
      durable_(durable),
      history_(std::move(history)),
      commit_(std::max(applied, base.index)) {}

void Log::append(Entry entry) {
  durable_.append(entry);
  const bool names_configuration = entry.kind == EntryKind::Membership;
  if (names_configuration) note_membership(entry);
  LogView::append(std::move(entry));
  if (names_configuration) adopt_membership();
}

void Log::commit_to(LogIndex index) {
  if (index <= commit_) return;
  CONFMAN_ASSERT(index <= last(), "The commit index was about to pass the end of the log.");
  commit_ = index;
}

void Log::truncate_from(LogIndex index) {
  CONFMAN_ASSERT(index > commit_, "A committed entry was about to be removed from the log.");
  LogView::truncate_from(index);
  durable_.truncate_from(index);
  if (!history_.truncate_from(index)) return;
  CONFMAN_MARK("membership: a configuration that was in force is undone");
  adopt_membership();
}

void Log::compact(LogId to) {
  LogView::compact(to);
  durable_.compact(to);
  history_.forget_before(to.index);
}

void Log::reset(const LogPoint& base) {
  LogView::reset(base.id);
  durable_.reset(base);
}

void Log::fill(std::vector<Entry> entries, std::vector<Entry> filled) {
  take_back(std::move(entries));
  durable_.fill(std::move(filled));
}

void Log::rebase(const LogPoint& base, std::vector<Entry> entries) {
  LogView::reset(base.id);
  take_back(std::move(entries));
  durable_.rebase(base, last());
}

void Log::take_back(std::vector<Entry> entries) {
  for (Entry& entry : entries) {
    note_membership(entry);
    LogView::append(std::move(entry));
  }
  adopt_membership();
}

// --- configurations

void Log::note_membership(const Entry& entry) {
  if (entry.kind != EntryKind::Membership) return;
  auto change = decode_membership_change(*entry.payload);
  CONFMAN_ASSERT(change.has_value(), "The log names a configuration that none is.");
  history_.append(entry.index, std::move(change->membership));
}

void Log::note_memberships() {
  for (LogIndex i = std::max(first(), membership_index().next()); i <= last(); i = i.next()) {
    note_membership(at(i));
  }
  quorum_ = Quorum(membership());
}

void Log::restart_history(LogIndex index, ByteView membership) {
  auto decoded = decode_membership(membership);
  CONFMAN_ASSERT(decoded.has_value(), "A snapshot names no configuration.");
  history_.reset(index, std::move(*decoded));
  for (LogIndex i = std::max(first(), index.next()); i <= last(); i = i.next()) {
    note_membership(at(i));
  }
  adopt_membership();
  commit_ = std::max(commit_, index);
}

void Log::found(Membership membership) {
  history_.reset({}, std::move(membership));
  adopt_membership();
}

// What is in force has changed.
void Log::adopt_membership() {
  quorum_ = Quorum(membership());
  joining_ = joining_ && !membership().is_voter(self_);
}

void Log::caught_up() {
  joining_ = joining_ && !membership().contains(self_.member);
}

NodeId Log::node_of(MemberId id) const {
  const Member* member = membership().find(id);
  return {id, member ? member->incarnation : 0};
}

bool Log::is_left_out() const {
  return membership_index() <= commit_ && !membership().is_voter(self_);
}

}  // namespace confman::consensus
