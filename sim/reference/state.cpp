#include "sim/reference/state.hpp"

#include <algorithm>

#include "domain/base/hash.hpp"
#include "domain/base/hlc.hpp"
#include "domain/cluster/cluster.hpp"
#include "domain/command/validate.hpp"
#include "sim/reference/change.hpp"

namespace confman::sim {

using domain::Action;
using domain::Refusal;
using domain::Revision;

namespace {

std::string parent(const std::string& path) {
  if (path == "/") return {};
  const std::size_t slash = path.rfind('/');
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

ReferenceState::ReferenceState(domain::OutcomeLimits outcomes) : limits_(outcomes) {
  domain::NamespaceRow root;
  root.version = 1;
  root.author = {domain::ActorType::System, "system", {}};
  namespaces_["/"].push_back({0, root});
  live_namespaces_ = 1;
}

// --- looking

bool ReferenceState::was(Revision position) const {
  if (position.index == 0) return position.term == 0;
  return position.index <= terms_.size() && terms_[position.index - 1] == position.term;
}

bool ReferenceState::could_be(Revision position, std::uint64_t index) const {
  if (position.index > index) return false;
  if (was(position)) return true;
  const std::size_t end = events_up_to(position.index);
  const Revision before = end == 0 ? Revision{} : trail_[end - 1].revision;
  const Revision next = end < events_up_to(index) ? trail_[end].revision : position_at(index);
  const bool known =
      before.index == position.index || position.index == index || position.index == 0;
  return !known && position.term != 0 && position.term >= before.term && position.term <= next.term;
}

Revision ReferenceState::position_at(std::uint64_t index) const {
  return index == 0 ? Revision{} : Revision{terms_.at(index - 1), index};
}

const std::vector<ReferenceState::Decided>* ReferenceState::decided(
    const std::string& request_id) const {
  const auto found = decided_.find(request_id);
  return found == decided_.end() ? nullptr : &found->second;
}

const domain::EntryRow* ReferenceState::head(const Name& name, std::uint64_t index) const {
  return head_of(name, index, index);
}

const domain::EntryRow* ReferenceState::head_of(const Name& name, std::uint64_t then,
                                                std::uint64_t index) const {
  const auto found = entries_.find(name);
  if (found == entries_.end()) return nullptr;
  for (auto it = found->second.rbegin(); it != found->second.rend(); ++it) {
    if (it->row.revision.index <= then) return &it->seen_at(index);
  }
  return nullptr;
}

const domain::EntryRow* ReferenceState::live(const Name& name, std::uint64_t index) const {
  const domain::EntryRow* row = head(name, index);
  return row != nullptr && !row->deleted ? row : nullptr;
}

const domain::EntryRow* ReferenceState::version(const Name& name, std::uint64_t version,
                                                std::uint64_t index) const {
  const auto found = entries_.find(name);
  if (found == entries_.end()) return nullptr;
  for (const Version& one : found->second) {
    const bool gone = one.pruned_at != 0 && one.pruned_at <= index;
    if (one.row.version == version && one.row.revision.index <= index && !gone) {
      return &one.seen_at(index);
    }
  }
  return nullptr;
}

const domain::NamespaceRow* ReferenceState::name_space(const std::string& path,
                                                       std::uint64_t index) const {
  const auto found = namespaces_.find(path);
  if (found == namespaces_.end()) return nullptr;
  for (auto it = found->second.rbegin(); it != found->second.rend(); ++it) {
    if (it->index <= index) return it->row ? &*it->row : nullptr;
  }
  return nullptr;
}

std::size_t ReferenceState::events_up_to(std::uint64_t index) const {
  const auto end = std::ranges::upper_bound(
      trail_, index, {}, [](const domain::AuditRow& row) { return row.revision.index; });
  return static_cast<std::size_t>(end - trail_.begin());
}

// --- applying

bool ReferenceState::apply(const consensus::Entry& entry) {
  if (entry.index.value != terms_.size() + 1) return false;
  terms_.push_back(entry.term.value);
  at_ = {entry.term.value, entry.index.value};
  last_id_.clear();
  switch (entry.kind) {
    case consensus::EntryKind::Noop:
      break;
    case consensus::EntryKind::Command:
      command(entry);
      break;
    case consensus::EntryKind::Membership:
      membership(entry);
      break;
    case consensus::EntryKind::FeatureLevel:
      feature_level_ = std::max(feature_level_, ByteReader(*entry.payload).varint());
      if (feature_level_ >= kMemberNotes) noted_from_ = std::min(noted_from_, at_.index);
      break;
  }
  log_times_.push_back(last_stamp_.wall_ms);
  feature_levels_.push_back(feature_level_);
  remember_review();
  return true;
}

void ReferenceState::membership(const consensus::Entry& entry) {
  const auto change = consensus::decode_membership_change(*entry.payload);
  if (!change) return;
  members_.push_back({at_.index, change->membership});
  const auto note = domain::decode_member_note(change->note);
  if (!note || note->stamp.wall_ms < 0) return;
  changes_.insert(note->request_id);
  last_id_ = note->request_id;
  HlcStamp stamp = note->stamp;
  if (feature_level_ >= kStrictStamps) stamp = std::max(stamp, successor(last_stamp_));
  last_stamp_ = std::max(last_stamp_, stamp);
  domain::AuditRow event;
  event.revision = at_;
  event.stamp = stamp;
  event.action = note->action;
  event.actor = note->actor;
  event.path = "/";
  event.key = note->member;
  event.request_id = note->request_id;
  trail_.push_back(std::move(event));
}

void ReferenceState::command(const consensus::Entry& entry) {
  const auto command = domain::decode_command(*entry.payload);
  if (!command) return;
  const bool good = command->stamp.wall_ms >= 0 && domain::validate(*command).has_value();
  stamp_ = command->stamp;
  if (feature_level_ >= kStrictStamps) {
    stamp_ = std::max(good ? command->stamp : HlcStamp{}, successor(last_stamp_));
    last_stamp_ = stamp_;
  } else if (good) {
    last_stamp_ = std::max(last_stamp_, stamp_);
  }
  asker_ = {};
  asker_.actor = command->actor;
  std::optional<Refusal> refused;
  if (!good) {
    refused = Refusal::BadCommand;
  } else if (auto known = access_.who(command->credentials(), at_.index, stamp_.wall_ms)) {
    asker_ = std::move(*known);
  } else {
    refused = known.error();
  }
  actor_ = asker_.actor;
  author_ = actor_;
  asked_as_ = command->request_id;

  domain::Reply reply;
  if (refused || command->idempotency_key.empty()) {
    reply = execute(*command, refused);
  } else {
    domain::Command asked = *command;
    asked.stamp = {};
    asked.request_id.clear();
    asked.actor = actor_;
    asked.actor.ip.clear();
    asked.api_key.reset();
    const std::string& who = asker_.principal.empty() ? actor_.id : asker_.principal;
    const OutcomeName name{who, command->idempotency_key};
    const auto known = outcomes_.find(name);
    if (known == outcomes_.end() || known->second.expires_ms <= last_stamp_.wall_ms) {
      reply = execute(*command, std::nullopt);
      remember(name, asked, reply);
    } else if (known->second.asked == asked) {
      reply = known->second.reply;
      reply.replayed = true;
    } else {
      Change reused;
      reused.action = std::visit([](const auto& body) { return body.attempted(); }, command->body);
      reused.refusal = Refusal::IdempotencyKeyReused;
      add_event(reused, command->body, command->request_id);
      reply.refusal = reused.refusal;
      reply.revision = at_;
    }
  }
  note_use();
  const bool is_note = std::holds_alternative<domain::NoteRefusedChange>(command->body);
  if (!is_note) last_id_ = command->request_id;
  decided_[command->request_id].push_back({at_.index, reply});
}

void ReferenceState::add_event(const Change& change, const domain::CommandBody& body,
                               const std::string& request_id) {
  const domain::Subject about = std::visit([](const auto& b) { return b.subject(); }, body);
  domain::AuditRow event;
  event.revision = at_;
  // The events of one entry are numbered.
  if (!trail_.empty() && trail_.back().revision == at_) event.ordinal = trail_.back().ordinal + 1;
  event.stamp = stamp_;
  event.action = change.action;
  event.refusal = change.refusal;
  event.actor = actor_;
  event.path = change.path.empty() ? about.path : change.path;
  event.key = change.key.empty() ? about.key : change.key;
  event.previous_version = change.before;
  event.new_version = change.refusal ? 0 : change.after;
  event.previous_value = change.old_value;
  event.new_value = change.new_value;
  event.restored_version = change.restored;
  event.request_id = request_id;
  if (feature_level_ >= kReview) event.key_id = asker_.key_id;
  event.change_request = publishing_ != 0 ? publishing_ : change.request;
  trail_.push_back(std::move(event));
}

domain::Reply ReferenceState::execute(const domain::Command& command,
                                      std::optional<Refusal> refused) {
  Change change;
  if (!refused) refused = lacks(command.body);
  if (!refused) refused = held_up(command.body);
  if (!refused) {
    change = std::visit([this](const auto& body) { return decide(body); }, command.body);
  } else {
    change.action = std::visit([](const auto& body) { return body.attempted(); }, command.body);
    change.refusal = refused;
  }
  if (!change.refusal) {
    std::visit([&](const auto& body) { make(body, change); }, command.body);
  } else {
    change.after = 0;
  }
  add_event(change, command.body, command.request_id);

  domain::Reply reply;
  reply.refusal = change.refusal;
  reply.revision = at_;
  reply.version = change.refusal ? change.before : change.after;
  reply.created = !change.refusal && change.before == 0;
  reply.refused_change = change.refusal ? change.refused_change : 0;
  reply.about = change.about;
  reply.limit = change.limit;
  reply.used = change.used;
  reply.asked = change.asked;
  reply.changed = change.changed;
  return reply;
}

// --- entries

ReferenceState::Change ReferenceState::not_here(domain::Action attempted) const {
  Change change;
  change.action = attempted;
  change.refusal = Refusal::BadCommand;
  return change;
}

ReferenceState::Change ReferenceState::decide(const domain::PutEntry& put) const {
  Change change{.action = Action::ConfigCreated};
  if (name_space(put.path, at_.index) == nullptr) {
    change.refusal = Refusal::NamespaceNotFound;
    return change;
  }
  const auto known = entries_.find({put.path, put.key});
  const Version* newest = known == entries_.end() ? nullptr : &known->second.back();
  if (newest != nullptr && !newest->row.deleted) {
    change.action = Action::ConfigUpdated;
    change.before = newest->row.version;
  }
  change.refusal = broken_by(put.precondition, change.before, Refusal::EntryExists);
  if (change.refusal) return change;
  if (change.before != 0) change.old_value = newest->digest;
  change.new_value = sha256(put.value);
  change.after = newest == nullptr ? 1 : newest->row.version + 1;
  domain::EntryRow row;
  row.value = put.value;
  row.labels = put.labels;
  row.description = put.description;
  hold_to_quotas({put.path, put.key}, row, change);
  if (change.refusal) change.old_value = change.new_value = std::nullopt;
  return change;
}

void ReferenceState::make(const domain::PutEntry& put, const Change& change) {
  const domain::EntryRow* before = live({put.path, put.key}, at_.index);
  domain::EntryRow row;
  row.version = change.after;
  row.revision = at_;
  row.content_type = put.content_type;
  row.value = put.value;
  row.labels = put.labels;
  row.description = put.description;
  row.author = author_;
  row.created_at = before != nullptr ? before->created_at : stamp_;
  row.updated_at = stamp_;
  add_version({put.path, put.key}, std::move(row));
  entries_[{put.path, put.key}].back().digest = *change.new_value;
  if (change.before == 0) count(put.path, 1, 0);
}

ReferenceState::Change ReferenceState::decide(const domain::DeleteEntry& erase) const {
  Change change{.action = Action::ConfigDeleted};
  if (name_space(erase.path, at_.index) == nullptr) {
    change.refusal = Refusal::NamespaceNotFound;
    return change;
  }
  const domain::EntryRow* row = live({erase.path, erase.key}, at_.index);
  if (row != nullptr) change.before = row->version;
  change.refusal = broken_by(erase.precondition, change.before, Refusal::EntryExists);
  if (!change.refusal && row == nullptr) change.refusal = Refusal::EntryNotFound;
  if (change.refusal) return change;
  change.old_value = entries_.at({erase.path, erase.key}).back().digest;
  change.after = row->version + 1;
  return change;
}

void ReferenceState::make(const domain::DeleteEntry& erase, const Change& change) {
  const Name name{erase.path, erase.key};
  domain::EntryRow row;
  row.version = change.after;
  row.deleted = true;
  row.revision = at_;
  row.author = author_;
  row.created_at = live(name, at_.index)->created_at;
  row.updated_at = stamp_;
  add_version(name, std::move(row));
  count(erase.path, -1, 0);
}

// The version that is named, or the last one that isn't later than the moment that is.
ReferenceState::Change ReferenceState::decide(const domain::RollbackEntry& back) const {
  Change change{.action = Action::ConfigRolledBack};
  change.restored = back.to_version;
  const auto known = entries_.find({back.path, back.key});
  if (known == entries_.end()) {
    change.refusal = name_space(back.path, at_.index) != nullptr ? Refusal::EntryNotFound
                                                                 : Refusal::NamespaceNotFound;
    return change;
  }
  const Version& newest = known->second.back();
  if (!newest.row.deleted) change.before = newest.row.version;
  const bool by_revision = back.to_version == 0 && back.to_time_ms == 0;
  if (by_revision && !could_be(back.to_revision, at_.index - 1)) {
    change.refusal = Refusal::PositionUnknown;
    return change;
  }
  const Version* target = nullptr;
  for (const Version& one : known->second) {
    const bool wanted = back.to_version != 0 ? one.row.version == back.to_version
                        : by_revision        ? one.row.revision.index <= back.to_revision.index
                                             : one.row.updated_at.wall_ms <= back.to_time_ms;
    if (wanted) target = &one;
  }
  const Version& oldest = known->second.front();
  const bool none_known = target == nullptr && back.to_version == 0 && oldest.pruned_at != 0;
  if (none_known || (target != nullptr && target->pruned_at != 0)) {
    change.refusal = Refusal::VersionPruned;
    return change;
  }
  if (target == nullptr || target->destroyed_at != 0) {
    change.refusal = target == nullptr ? Refusal::VersionNotFound : Refusal::VersionDestroyed;
    return change;
  }
  change.restored = target->row.version;
  if (target->row.deleted) {
    change.refusal = Refusal::VersionIsDeletion;
    return change;
  }
  if (name_space(back.path, at_.index) == nullptr) {
    change.before = 0;
    change.refusal = Refusal::NamespaceNotFound;
    return change;
  }
  change.refusal = broken_by(back.precondition, change.before, Refusal::EntryExists);
  if (change.refusal) return change;
  if (change.before != 0) change.old_value = newest.digest;
  change.new_value = target->digest;
  change.after = newest.row.version + 1;
  hold_to_quotas({back.path, back.key}, target->row, change);
  if (change.refusal) change.old_value = change.new_value = std::nullopt;
  return change;
}

void ReferenceState::make(const domain::RollbackEntry& back, const Change& change) {
  const domain::EntryRow target = *version({back.path, back.key}, change.restored, at_.index);
  make(domain::PutEntry{.path = back.path,
                        .key = back.key,
                        .content_type = target.content_type,
                        .value = target.value,
                        .labels = target.labels,
                        .description = target.description},
       change);
}

void ReferenceState::add_version(const Name& name, domain::EntryRow row) {
  Version version;
  version.row = std::move(row);
  entries_[name].push_back(std::move(version));
}

// --- namespaces

ReferenceState::Change ReferenceState::decide(const domain::PutNamespace& put) const {
  Change change{.action = Action::NamespaceUpdated};
  const domain::NamespaceRow* row = name_space(put.path, at_.index);
  if (row != nullptr) {
    change.before = row->version;
  } else {
    change.action = Action::NamespaceCreated;
    if (name_space(parent(put.path), at_.index) == nullptr) {
      change.refusal = Refusal::ParentNotFound;
      return change;
    }
  }
  change.refusal = broken_by(put.precondition, change.before, Refusal::NamespaceExists);
  if (change.refusal) return change;
  if (put.inherit != 0 && put.path == "/") change.refusal = Refusal::RootImmutable;
  const bool inherits = access_.not_inheriting.at(put.path, at_.index) == nullptr;
  const bool turns = put.inherit != 0 && inherits != (put.inherit == 1);
  if (!change.refusal && turns && !may(domain::Permission::ManageAccess, put.path)) {
    change.refusal = Refusal::Forbidden;
  }
  if (change.refusal) return change;
  change.after = change.before + 1;
  if (row == nullptr && feature_level_ >= kNamespaceMemory) {
    if (const domain::EntryRow* left = head({put.path, {}}, at_.index)) {
      change.after = left->version + 1;
    }
  }
  return change;
}

void ReferenceState::make(const domain::PutNamespace& put, const Change& change) {
  const domain::NamespaceRow* before = name_space(put.path, at_.index);
  domain::NamespaceRow row = before != nullptr ? *before : domain::NamespaceRow{};
  row.no_inherit = access_.not_inheriting.at(put.path, at_.index) != nullptr;
  if (put.inherit != 0) row.no_inherit = put.inherit == 2;
  row.description = put.description;
  row.owner = put.owner;
  row.labels = put.labels;
  row.version = change.after;
  row.revision = at_;
  row.author = author_;
  row.updated_at = stamp_;
  if (before == nullptr) {
    row.created_at = stamp_;
    count(parent(put.path), 0, 1);
    ++live_namespaces_;
  }
  const bool inherits = !row.no_inherit;
  set_namespace(put.path, std::move(row));
  set_inheriting(put.path, inherits);
}

ReferenceState::Change ReferenceState::decide(const domain::DeleteNamespace& erase) const {
  Change change{.action = Action::NamespaceDeleted};
  if (erase.path == "/") {
    change.refusal = Refusal::RootImmutable;
    return change;
  }
  const domain::NamespaceRow* row = name_space(erase.path, at_.index);
  if (row != nullptr) change.before = row->version;
  change.refusal = broken_by(erase.precondition, change.before, Refusal::NamespaceExists);
  if (!change.refusal && row == nullptr) change.refusal = Refusal::NamespaceNotFound;
  if (!change.refusal && row->live_entries + row->children > 0) {
    change.refusal = Refusal::NamespaceNotEmpty;
  }
  return change;
}

void ReferenceState::make(const domain::DeleteNamespace& erase, const Change& /*change*/) {
  forget_access_in(erase.path);
  review_.policies.erase(erase.path);
  quotas_.erase(erase.path);
  retentions_.erase(erase.path);
  const domain::NamespaceRow last = *name_space(erase.path, at_.index);
  set_namespace(erase.path, std::nullopt);
  if (feature_level_ >= kNamespaceMemory) {
    domain::EntryRow row;
    row.version = last.version + 1;
    row.deleted = true;
    row.revision = at_;
    row.author = author_;
    row.created_at = last.created_at;
    row.updated_at = stamp_;
    if (last.no_inherit && feature_level_ >= kLastingPrivacy) {
      row.value = domain::encode(domain::NamespaceRow{.no_inherit = true});
    }
    add_version({erase.path, {}}, std::move(row));
  }
  count(parent(erase.path), 0, -1);
  --live_namespaces_;
}

void ReferenceState::set_namespace(const std::string& path,
                                   std::optional<domain::NamespaceRow> row) {
  namespaces_[path].push_back({at_.index, std::move(row)});
}

void ReferenceState::count(const std::string& path, std::int64_t entries, std::int64_t children) {
  domain::NamespaceRow row = *name_space(path, at_.index);
  row.live_entries += static_cast<std::uint64_t>(entries);
  row.children += static_cast<std::uint64_t>(children);
  live_entries_ += static_cast<std::uint64_t>(entries);
  set_namespace(path, std::move(row));
}

// --- members

ReferenceState::Change ReferenceState::decide(const domain::NoteRefusedChange& note) const {
  Change change{.action = note.action};
  change.refusal = note.refusal;
  return change;
}

// --- outcomes

void ReferenceState::forget(const OutcomeName& name) {
  const auto known = outcomes_.find(name);
  if (known == outcomes_.end()) return;
  by_expiry_.erase({known->second.expires_ms, name});
  outcomes_.erase(known);
}

void ReferenceState::remember(const OutcomeName& name, const domain::Command& asked,
                              const domain::Reply& reply) {
  for (std::size_t i = 0; i < limits_.max_evictions && !by_expiry_.empty(); ++i) {
    const auto [expires, oldest] = *by_expiry_.begin();
    if (outcomes_.size() < limits_.max && expires > last_stamp_.wall_ms) break;
    forget(oldest);
  }
  forget(name);
  const std::int64_t expires =
      std::min(last_stamp_.wall_ms, INT64_MAX - limits_.lifetime_ms) + limits_.lifetime_ms;
  outcomes_.emplace(name, Outcome{asked, reply, expires});
  by_expiry_.emplace(expires, name);
}

}  // namespace confman::sim
