#include <algorithm>

#include "domain/command/command.hpp"
#include "sim/reference/change.hpp"
#include "sim/reference/judging.hpp"

// Quotas, rollbacks of namespaces, retention, destruction and restore points, written a second
// time: what is used is counted anew whenever somebody asks, and what is pruned or destroyed is
// only marked.
namespace confman::sim {

using domain::Action;
using domain::Refusal;

namespace {

std::string above(const std::string& path) {
  if (path == "/") return {};
  const std::size_t slash = path.rfind('/');
  return slash == 0 ? "/" : path.substr(0, slash);
}

bool covers(const std::string& quota, const std::string& path) {
  return path == quota || is_below(path, quota);
}

std::int64_t bytes_taken(const std::string& key, const domain::EntryRow* row) {
  if (row == nullptr) return 0;
  std::size_t bytes = key.size() + row->value.size() + row->description.size();
  for (const auto& [name, value] : row->labels) bytes += name.size() + value.size();
  return static_cast<std::int64_t>(bytes);
}

bool is_same(const domain::EntryRow* a, const domain::EntryRow* b) {
  if (a != nullptr && a->deleted) a = nullptr;
  if (b != nullptr && b->deleted) b = nullptr;
  if (a == nullptr || b == nullptr) return a == b;
  return a->value == b->value && a->content_type == b->content_type && a->labels == b->labels &&
         a->description == b->description;
}

}  // namespace

// --- quotas

ReferenceState::Used ReferenceState::used_in(const std::string& path) const {
  Used used;
  for (const auto& [name, versions] : entries_) {
    if (!covers(path, name.first) || versions.back().row.deleted) continue;
    ++used.entries;
    used.bytes += bytes_taken(name.second, &versions.back().row);
  }
  return used;
}

// The first above that it would be too much for.
void ReferenceState::hold_to_quotas(const std::string& path, Used growth, Change& change) const {
  for (std::string level = path; !level.empty(); level = above(level)) {
    const auto quota = quotas_.find(level);
    if (quota == quotas_.end()) continue;
    const Used used = used_in(level);
    const auto over = [&](std::uint64_t limit, std::int64_t now, std::int64_t more, Refusal why) {
      if (limit == 0 || more <= 0 || now + more <= static_cast<std::int64_t>(limit)) return false;
      change.refusal = why;
      change.about = level;
      change.limit = limit;
      change.used = static_cast<std::uint64_t>(now);
      change.asked = static_cast<std::uint64_t>(now + more);
      return true;
    };
    if (over(quota->second.max_entries, used.entries, growth.entries,
             Refusal::QuotaEntriesExceeded) ||
        over(quota->second.max_bytes, used.bytes, growth.bytes, Refusal::QuotaBytesExceeded)) {
      return;
    }
  }
}

// Asked of each namespace in its order, and from it upwards.
std::optional<Refusal> ReferenceState::too_much_since(const std::map<std::string, Used>& before,
                                                      const std::set<std::string>& paths) {
  for (const std::string& path : paths) {
    for (std::string level = path; !level.empty(); level = above(level)) {
      const auto was = before.find(level);
      const auto quota = quotas_.find(level);
      if (was == before.end() || quota == quotas_.end()) continue;
      const Used now = used_in(level);
      const auto over = [&](std::uint64_t limit, std::int64_t then, std::int64_t used) {
        if (limit == 0 || used <= then || used <= static_cast<std::int64_t>(limit)) return false;
        obstacle_ = {level, limit, static_cast<std::uint64_t>(then),
                     static_cast<std::uint64_t>(used)};
        return true;
      };
      if (over(quota->second.max_entries, was->second.entries, now.entries)) {
        return Refusal::QuotaEntriesExceeded;
      }
      if (over(quota->second.max_bytes, was->second.bytes, now.bytes)) {
        return Refusal::QuotaBytesExceeded;
      }
    }
  }
  return std::nullopt;
}

// Of one entry that becomes this; not if others are changed with it.
void ReferenceState::hold_to_quotas(const Name& name, const domain::EntryRow& row,
                                    Change& change) const {
  if (publishing_ != 0 || change.refusal) return;
  const domain::EntryRow* now = live(name, at_.index);
  const Used growth{now == nullptr ? 1 : 0,
                    bytes_taken(name.second, &row) - bytes_taken(name.second, now)};
  hold_to_quotas(name.first, growth, change);
}

ReferenceState::Change ReferenceState::decide(const domain::PutQuota& put) const {
  Change change{.action = Action::QuotaPut, .after = at_.index};
  if (name_space(put.path, at_.index) == nullptr) {
    change.refusal = Refusal::NamespaceNotFound;
    return change;
  }
  const auto found = quotas_.find(put.path);
  if (found != quotas_.end()) change.before = found->second.revision.index;
  change.refusal = broken_by(put.precondition, change.before, Refusal::QuotaExists);
  return change;
}

void ReferenceState::make(const domain::PutQuota& put, const Change& /*change*/) {
  domain::QuotaRow row;
  row.revision = at_;
  row.author = author_;
  row.updated_at = stamp_;
  row.max_entries = put.max_entries;
  row.max_bytes = put.max_bytes;
  row.counted = true;  // no run has so many entries that this would take two steps
  quotas_[put.path] = row;
}

ReferenceState::Change ReferenceState::decide(const domain::DeleteQuota& erase) const {
  Change change{.action = Action::QuotaDeleted};
  const auto found = quotas_.find(erase.path);
  if (found != quotas_.end()) change.before = found->second.revision.index;
  change.refusal = broken_by(erase.precondition, change.before, Refusal::QuotaExists);
  if (!change.refusal && found == quotas_.end()) change.refusal = Refusal::QuotaNotFound;
  return change;
}

void ReferenceState::make(const domain::DeleteQuota& erase, const Change& /*change*/) {
  quotas_.erase(erase.path);
}

// --- rollback of a namespace

// The keys whose content isn't what it was at that index.
std::vector<std::string> ReferenceState::changed_since(const domain::RollbackNamespace& back,
                                                       std::uint64_t then) const {
  std::vector<std::string> keys;
  for (const auto& [name, versions] : entries_) {
    const bool there =
        name.first == back.path && !name.second.empty() && name.second.starts_with(back.prefix);
    if (there && !is_same(&versions.back().row, head(name, then))) keys.push_back(name.second);
  }
  return keys;
}

std::uint64_t ReferenceState::index_of(const domain::RollbackNamespace& back) const {
  if (back.to_time_ms == 0) return back.to_revision.index;
  std::uint64_t index = 0;
  for (const domain::AuditRow& event : trail_) {
    if (event.stamp.wall_ms <= back.to_time_ms) index = event.revision.index;
  }
  return index;
}

ReferenceState::Change ReferenceState::decide(const domain::RollbackNamespace& back) const {
  Change change{.action = Action::NamespaceRolledBack};
  const domain::NamespaceRow* row = name_space(back.path, at_.index);
  if (row == nullptr) {
    change.refusal = Refusal::NamespaceNotFound;
    return change;
  }
  change.before = row->version;
  if (back.to_time_ms == 0 && !could_be(back.to_revision, at_.index - 1)) {
    change.refusal = Refusal::PositionUnknown;
    return change;
  }
  const std::uint64_t then = index_of(back);
  Used growth;
  for (const auto& [name, versions] : entries_) {
    const bool there =
        name.first == back.path && !name.second.empty() && name.second.starts_with(back.prefix);
    if (!there || versions.back().row.revision.index <= then) continue;
    if (is_pruned(name, then, at_.index)) {
      change.refusal = Refusal::VersionPruned;
      change.about = name.second;
      change.changed = 0;
      return change;
    }
    const domain::EntryRow* target = head_of(name, then, at_.index);
    if (target != nullptr && target->is_destroyed()) {
      change.refusal = Refusal::VersionDestroyed;
      change.about = name.second;
      change.changed = 0;
      return change;
    }
    if (is_same(&versions.back().row, target)) continue;
    if (target != nullptr && target->deleted) target = nullptr;
    const domain::EntryRow* now = live(name, at_.index);
    growth.entries += (target != nullptr ? 1 : 0) - (now != nullptr ? 1 : 0);
    growth.bytes += bytes_taken(name.second, target) - bytes_taken(name.second, now);
    ++change.changed;
  }
  if (publishing_ == 0) hold_to_quotas(back.path, growth, change);
  change.after = row->version;
  if (change.refusal) change.changed = 0;
  return change;
}

// As the rollbacks and deletions that it comes to, with an event for each.
void ReferenceState::make(const domain::RollbackNamespace& back, const Change& /*change*/) {
  const std::uint64_t then = index_of(back);
  const std::uint64_t request = publishing_;
  for (const std::string& key : changed_since(back, then)) {
    const domain::EntryRow* target = head({back.path, key}, then);
    const auto one = [&](const auto& body) {
      publishing_ = UINT64_MAX;  // not each by itself held to quotas
      const Change change = decide(body);
      publishing_ = request;
      make(body, change);
      add_event(change, body, asked_as_);
    };
    if (target == nullptr || target->deleted) {
      one(domain::DeleteEntry{.path = back.path, .key = key, .precondition = {}});
    } else {
      one(domain::RollbackEntry{
          .path = back.path, .key = key, .precondition = {}, .to_version = target->version});
    }
  }
}

// --- retention

bool ReferenceState::is_pruned(const Name& name, std::uint64_t then, std::uint64_t index) const {
  const auto found = entries_.find(name);
  if (found == entries_.end()) return false;
  const auto gone = [index](const Version& one) {
    return one.pruned_at != 0 && one.pruned_at <= index;
  };
  const Version* last = nullptr;
  for (const Version& one : found->second) {
    if (one.row.revision.index <= then) last = &one;
  }
  return gone(last != nullptr ? *last : found->second.front());
}

std::string ReferenceState::keeper_of(const std::string& path) const {
  for (std::string level = path; !level.empty(); level = above(level)) {
    if (retentions_.contains(level)) return level;
  }
  return {};
}

ReferenceState::Change ReferenceState::decide(const domain::PutRetention& put) const {
  Change change{.action = Action::RetentionPut, .after = at_.index};
  if (name_space(put.path, at_.index) == nullptr) {
    change.refusal = Refusal::NamespaceNotFound;
    return change;
  }
  const auto found = retentions_.find(put.path);
  if (found != retentions_.end()) change.before = found->second.revision.index;
  change.refusal = broken_by(put.precondition, change.before, Refusal::RetentionExists);
  return change;
}

void ReferenceState::make(const domain::PutRetention& put, const Change& /*change*/) {
  domain::RetentionRow row;
  row.revision = at_;
  row.author = author_;
  row.updated_at = stamp_;
  row.keep_versions = put.keep_versions;
  row.keep_ms = put.keep_ms;
  retentions_[put.path] = row;
}

ReferenceState::Change ReferenceState::decide(const domain::DeleteRetention& erase) const {
  Change change{.action = Action::RetentionDeleted};
  const auto found = retentions_.find(erase.path);
  if (found != retentions_.end()) change.before = found->second.revision.index;
  change.refusal = broken_by(erase.precondition, change.before, Refusal::RetentionExists);
  if (!change.refusal && found == retentions_.end()) change.refusal = Refusal::RetentionNotFound;
  return change;
}

void ReferenceState::make(const domain::DeleteRetention& erase, const Change& /*change*/) {
  retentions_.erase(erase.path);
}

ReferenceState::Change ReferenceState::decide(const domain::DoChore& chore) const {
  Change change{.action = chore.attempted()};
  const auto found = retentions_.find(chore.path);
  const bool counts = chore.kind == static_cast<std::uint64_t>(domain::ChoreKind::CountQuota);
  const bool due = !counts && found != retentions_.end() && !found->second.keeps_all() &&
                   found->second.next_pass_ms == chore.at_ms && chore.at_ms <= stamp_.wall_ms;
  if (actor_.type != domain::ActorType::System) {
    change.refusal = Refusal::Forbidden;
  } else if (!due) {
    change.refusal = Refusal::NothingDue;
  }
  // The number of versions that go: tried on a copy.
  if (!change.refusal) change.after = ReferenceState(*this).prune(chore.path);
  return change;
}

void ReferenceState::make(const domain::DoChore& chore, const Change& /*change*/) {
  prune(chore.path);
}

std::uint64_t ReferenceState::oldest_held() const {
  std::uint64_t oldest = UINT64_MAX;
  for (const auto& [id, request] : review_.requests) {
    if (request.is_open() && request.row.holds != 0) oldest = std::min(oldest, request.row.holds);
  }
  restore_points_.for_each(at_.index, [&oldest](const std::string&, const auto& point) {
    oldest = std::min(oldest, point.revision.index);
  });
  return oldest;
}

// A step looks at so many rows; where it stops is part of what it does.
std::uint64_t ReferenceState::prune(const std::string& path) {
  domain::RetentionRow& terms = retentions_.at(path);
  const std::uint64_t held = oldest_held();
  std::size_t rows = 0;
  std::size_t bytes = 0;
  std::uint64_t gone = 0;
  const auto spent = [&] {
    return rows >= domain::kMaxChoreRows || bytes >= domain::kMaxChoreBytes;
  };
  const auto look = [&](std::size_t size) {
    ++rows;
    bytes += size;
  };
  const auto stays = [&](const domain::EntryRow& newest, const domain::EntryRow& next) {
    const bool by_number =
        terms.keep_versions != 0 && newest.version - (next.version - 1) < terms.keep_versions;
    const bool by_age =
        terms.keep_ms != 0 && next.updated_at.wall_ms > stamp_.wall_ms - terms.keep_ms;
    return by_number || by_age || next.revision.index > held;
  };
  const Bytes from = terms.pruned_to;
  Bytes resume = from;  // behind the last entry that was done with
  std::string looked_into;
  bool ours = false;
  bool cut = false;
  for (auto& [name, versions] : entries_) {
    const Bytes key = domain::keys::of_entry(name.first, name.second);
    if (!covers(path, name.first) || (!from.empty() && key <= from)) continue;
    if (name.first == looked_into && !ours) continue;  // leapt over
    if (spent()) break;
    look(domain::encode(versions.back().row).size());
    terms.pruned_to = key;
    if (name.first != looked_into) {
      looked_into = name.first;
      ours = keeper_of(name.first) == path;
      look(0);
    }
    if (!ours) {
      resume = key;
      continue;
    }
    const domain::EntryRow& newest = versions.back().row;
    if (name.second.empty() || newest.version == 1) continue;
    std::size_t looked = 0;
    for (std::size_t i = 0; i + 1 < versions.size(); ++i) {
      if (versions[i].pruned_at != 0) continue;
      cut = ++looked > 2 && spent();
      if (cut) break;
      look(domain::encode(versions[i].seen_at(at_.index)).size());
      const bool kept_before = i > 0 && versions[i - 1].pruned_at == 0;
      if (!kept_before) continue;
      if (stays(newest, versions[i].row)) break;
      versions[i - 1].pruned_at = at_.index;
      ++gone;
    }
    Version& last = versions[versions.size() - 2];
    const bool all_before = versions.size() == 2 || versions[versions.size() - 3].pruned_at != 0;
    if (!cut && last.pruned_at == 0 && all_before && !stays(newest, newest)) {
      last.pruned_at = at_.index;
      ++gone;
    }
    if (cut) {
      terms.pruned_to = resume;
      break;
    }
    resume = key;
  }
  const bool ended = !cut && !spent();
  if (ended) terms.pruned_to.clear();
  terms.next_pass_ms = ended ? stamp_.wall_ms + domain::kRetentionPassMs : 0;
  return gone;
}

// --- destruction

ReferenceState::Change ReferenceState::decide(const domain::DestroyVersion& destroy) const {
  Change change{.action = Action::VersionDestroyed};
  if (feature_level_ >= kWholeRights && !may(domain::Permission::Read, destroy.path)) {
    change.refusal = Refusal::Forbidden;
    return change;
  }
  const Name name{destroy.path, destroy.key};
  const auto known = entries_.find(name);
  if (known == entries_.end()) {
    change.refusal = name_space(destroy.path, at_.index) != nullptr ? Refusal::EntryNotFound
                                                                    : Refusal::NamespaceNotFound;
    return change;
  }
  const std::vector<Version>& all = known->second;
  const std::uint64_t newest = all.back().row.version;
  if (!all.back().row.deleted) change.before = newest;
  const auto one = std::ranges::find_if(
      all, [&](const Version& any) { return any.row.version == destroy.version; });
  if (one == all.end()) {
    change.refusal = Refusal::VersionNotFound;
  } else if (one->pruned_at != 0) {
    change.refusal = Refusal::VersionPruned;
  } else if (one->row.deleted) {
    change.refusal = Refusal::VersionIsDeletion;
  } else if (one->destroyed_at != 0) {
    change.refusal = Refusal::VersionDestroyed;
  } else if (destroy.version == newest) {
    change.refusal = Refusal::VersionIsLive;
  }
  if (change.refusal) return change;
  change.restored = destroy.version;
  change.old_value = one->digest;
  change.after = change.before;
  return change;
}

void ReferenceState::make(const domain::DestroyVersion& destroy, const Change& /*change*/) {
  std::vector<Version>& all = entries_.at({destroy.path, destroy.key});
  Version& one = *std::ranges::find_if(
      all, [&](const Version& any) { return any.row.version == destroy.version; });
  domain::Destruction how;
  how.revision = at_;
  how.at = stamp_;
  how.by = author_;
  how.why = destroy.reason;
  how.digest = one.digest;
  one.destroyed_at = at_.index;
  one.remains = one.row;
  one.remains.value.clear();
  one.remains.labels.clear();
  one.remains.description.clear();
  one.remains.destroyed = domain::encode_record(how);
  empty_request(destroy, one.row.revision.index);
}

// The value stands in the request, too, if a put of one made the version.
void ReferenceState::empty_request(const domain::DestroyVersion& destroy,
                                   std::uint64_t published_at) {
  std::uint64_t id = 0;
  for (const domain::AuditRow& event : trail_) {
    const bool made_it =
        event.revision.index == published_at && event.path == destroy.path &&
        event.key == destroy.key &&
        (event.action == Action::ConfigCreated || event.action == Action::ConfigUpdated ||
         event.action == Action::ConfigRolledBack);
    if (made_it) id = event.change_request;
  }
  const auto request = review_.requests.find(id);
  if (request == review_.requests.end()) return;
  for (domain::CommandBody& change : request->second.changes) {
    auto* put = std::get_if<domain::PutEntry>(&change);
    if (put == nullptr || put->path != destroy.path || put->key != destroy.key) continue;
    domain::PutEntry nothing;
    nothing.path = put->path;
    nothing.key = put->key;
    nothing.content_type = "text/plain";
    nothing.precondition = put->precondition;
    nothing.checked = put->checked;
    *put = nothing;
    emptied_.insert(id);
  }
}

// --- restore points

ReferenceState::Change ReferenceState::decide(const domain::CreateRestorePoint& create) const {
  Change change{.action = Action::RestorePointCreated, .after = at_.index};
  if (const auto* there = restore_points_.at(create.name, at_.index)) {
    change.before = there->revision.index;
    change.refusal = Refusal::RestorePointExists;
  } else if (restore_points_.count(at_.index) >= domain::kMaxRestorePoints) {
    change.refusal = Refusal::TooMany;
  }
  return change;
}

void ReferenceState::make(const domain::CreateRestorePoint& create, const Change& /*change*/) {
  domain::RestorePointRow row;
  row.revision = at_;
  row.author = author_;
  row.created_at = stamp_;
  row.comment = create.comment;
  restore_points_.set(at_.index, create.name, std::move(row));
}

ReferenceState::Change ReferenceState::decide(const domain::DeleteRestorePoint& erase) const {
  Change change{.action = Action::RestorePointDeleted};
  const auto* there = restore_points_.at(erase.name, at_.index);
  if (there != nullptr) change.before = there->revision.index;
  if (there == nullptr) change.refusal = Refusal::RestorePointNotFound;
  return change;
}

void ReferenceState::make(const domain::DeleteRestorePoint& erase, const Change& /*change*/) {
  restore_points_.set(at_.index, erase.name, std::nullopt);
}

}  // namespace confman::sim
