#include <algorithm>
#include <initializer_list>
#include <map>
#include <string>
#include <utility>

#include "domain/cluster/cluster.hpp"
#include "domain/command/command.hpp"
#include "sim/reference/state.hpp"

// A node's state, all of its tables, held against what the log makes.
namespace confman::sim {
namespace {

using domain::Table;
using Tables = std::map<Table, std::map<Bytes, Bytes>>;

// The first of these tables that isn't as it should be, in words; empty: there is none.
std::string differing(const domain::StateStore& state, Tables& right,
                      std::initializer_list<std::pair<Table, const char*>> tables) {
  for (const auto& [table, what] : tables) {
    std::map<Bytes, Bytes> rows;
    state.scan(table, {}, {}, [&rows](ByteView key, ByteView value) {
      rows.emplace(key, value);
      return true;
    });
    if (rows != right[table]) return std::string("the ") + what + " are others";
  }
  return {};
}

}  // namespace

std::string ReferenceState::difference(const domain::StateStore& state) const {
  const domain::MetaRow meta = domain::meta_of(state);
  const auto differ = [](const char* what, std::uint64_t has, std::uint64_t should) {
    return std::string(what) + " is " + std::to_string(has) + " and should be " +
           std::to_string(should);
  };
  if (meta.applied != position_at(last_index())) {
    return differ("what is applied", meta.applied.index, last_index());
  }
  if (meta.audit_events != trail_.size()) {
    return differ("the number of audit events", meta.audit_events, trail_.size());
  }
  if (meta.live_entries != live_entries_) {
    return differ("the number of entries", meta.live_entries, live_entries_);
  }
  if (meta.namespaces != live_namespaces_) {
    return differ("the number of namespaces", meta.namespaces, live_namespaces_);
  }
  if (meta.outcomes != outcomes_.size()) {
    return differ("the number of outcomes", meta.outcomes, outcomes_.size());
  }
  if (meta.last_stamp != last_stamp_) return "log time is another";
  return difference_of_tables(state);
}

std::string ReferenceState::difference_of_tables(const domain::StateStore& state) const {
  std::string found;
  std::size_t rows = 0;
  const auto check = [&](Table table, std::size_t expected, const char* what,
                         const auto& is_right) {
    if (!found.empty()) return;
    rows = 0;
    state.scan(table, {}, {}, [&](ByteView key, ByteView value) {
      ++rows;
      found = is_right(key, value);
      if (!found.empty()) found = std::string(what) + " " + found;
      return found.empty();
    });
    if (found.empty() && rows != expected) {
      found = "there are " + std::to_string(rows) + " rows of the kind '" + what + "' instead of " +
              std::to_string(expected);
    }
  };
  std::size_t versions = 0;
  for (const auto& [name, all] : entries_) {
    versions +=
        static_cast<std::size_t>(std::ranges::count(all, std::uint64_t{0}, &Version::pruned_at));
  }
  check(Table::Entry, entries_.size(), "entry", [&](ByteView key, ByteView value) -> std::string {
    const auto name = domain::keys::parse_entry(key);
    const auto row = domain::decode_entry_row(value);
    if (!name || !row) return "doesn't decode";
    const auto* right = head({std::string(name->path), std::string(name->key)}, last_index());
    return right != nullptr && *right == *row
               ? std::string()
               : std::string(name->path) + " " + std::string(name->key);
  });
  check(Table::Version, versions, "version", [&](ByteView key, ByteView value) -> std::string {
    const auto name = domain::keys::parse_version(key);
    const auto row = domain::decode_entry_row(value);
    if (!name || !row) return "doesn't decode";
    const auto* right =
        version({std::string(name->path), std::string(name->key)}, name->version, last_index());
    if (right != nullptr && *right == *row) return {};
    return std::to_string(name->version) + " of " + std::string(name->path) + " " +
           std::string(name->key);
  });
  check(Table::Namespace, live_namespaces_, "namespace",
        [&](ByteView key, ByteView value) -> std::string {
          const auto row = domain::decode_namespace_row(value);
          if (!row) return "doesn't decode";
          const auto* right = name_space(std::string(key), last_index());
          return right != nullptr && *right == *row ? std::string() : std::string(key);
        });
  std::size_t next = 0;
  check(Table::Audit, trail_.size(), "audit event", [&](ByteView, ByteView value) -> std::string {
    auto row = domain::decode_audit_row(value);
    if (!row || next >= trail_.size()) return "doesn't belong there";
    row->chain = {};
    return *row == trail_[next++] ? std::string() : domain::audit_id(*row);
  });
  check(Table::Outcome, outcomes_.size(), "outcome",
        [&](ByteView key, ByteView value) -> std::string {
          const auto name = domain::keys::parse_outcome(key);
          const auto row = domain::decode_outcome_row(value);
          const auto reply =
              row ? domain::decode_reply(row->reply) : std::unexpected(domain::DecodeFault{});
          if (!name || !reply) return "doesn't decode";
          const auto right =
              outcomes_.find({std::string(name->actor_id), std::string(name->idempotency_key)});
          const bool same = right != outcomes_.end() && right->second.reply == *reply &&
                            row->expires_at == HlcStamp{right->second.expires_ms, 0};
          return same ? std::string() : std::string(name->idempotency_key);
        });
  check(Table::OutcomeExpiry, outcomes_.size(), "expiry",
        [&](ByteView key, ByteView) -> std::string {
          const auto name = domain::keys::parse_outcome_expiry(key);
          if (!name) return "doesn't decode";
          const bool same = by_expiry_.contains(
              {name->expires_wall_ms,
               {std::string(name->actor_id), std::string(name->idempotency_key)}});
          return same ? std::string() : std::string(name->idempotency_key);
        });
  if (found.empty()) found = difference_of_access(state);
  if (found.empty()) found = difference_of_review(state);
  if (found.empty()) found = difference_of_past(state);
  if (!found.empty()) return found;
  const domain::ClusterRow cluster = domain::cluster_of(state);
  if (cluster.feature_level != feature_level_) return "the feature level is another";
  if (members_.empty()) return {};
  if (cluster.membership != consensus::encode(members_.back().membership)) {
    return "the members are others";
  }
  if (cluster.named_at != position_at(members_.back().index)) return "the members are of elsewhere";
  return {};
}

std::string ReferenceState::difference_of_access(const domain::StateStore& state) const {
  const std::uint64_t now = last_index();
  std::string found;
  const auto compare = [&]<class Row>(domain::Table table, std::size_t expected, const char* what,
                                      auto decode, auto find) {
    std::size_t rows = 0;
    state.scan(table, {}, {}, [&](ByteView key, ByteView value) {
      ++rows;
      const auto row = decode(value, nullptr);
      const Row* right = find(key);
      if (!row || right == nullptr || *row != *right) found = std::string(what) + " " + Bytes(key);
      return found.empty();
    });
    if (found.empty() && rows != expected) {
      found = "there are " + std::to_string(rows) + " rows of the kind '" + what + "' instead of " +
              std::to_string(expected);
    }
  };
  compare.template operator()<domain::ApiKeyRow>(
      domain::Table::ApiKey, access_.keys.count(now), "API key", domain::decode_api_key_row,
      [&](ByteView key) { return access_.keys.at(std::string(key), now); });
  compare.template operator()<domain::RoleRow>(
      domain::Table::Role, access_.roles.count(now), "role", domain::decode_role_row,
      [&](ByteView key) { return access_.roles.at(std::string(key), now); });
  compare.template operator()<domain::AssignmentRow>(
      domain::Table::Assignment, access_.assignments.count(now), "assignment",
      domain::decode_assignment_row, [&](ByteView key) -> const domain::AssignmentRow* {
        const auto name = domain::keys::parse_assignment(key);
        if (!name) return nullptr;
        return access_.assignments.at({std::string(name->path), std::string(name->principal)}, now);
      });
  compare.template operator()<domain::GroupMemberRow>(
      domain::Table::GroupMember, access_.members.count(now), "group member",
      domain::decode_group_member_row, [&](ByteView key) -> const domain::GroupMemberRow* {
        const auto name = domain::keys::parse_group_member(key);
        if (!name) return nullptr;
        return access_.members.at({std::string(name->group), std::string(name->member)}, now);
      });
  if (!found.empty()) return found;
  std::size_t turned = 0;
  bool right = true;
  state.scan(domain::Table::MemberGroup, {}, {}, [&](ByteView key, ByteView) {
    ++turned;
    const auto name = domain::keys::parse_member_group(key);
    right = right && name &&
            access_.members.at({std::string(name->group), std::string(name->member)}, now);
    return right;
  });
  if (!right || turned != access_.members.count(now)) return "the groups of members are others";
  const domain::MetaRow meta = domain::meta_of(state);
  if (meta.closed != (access_.closed_at <= now)) return "whether the cluster is closed";
  if (meta.access_changed != access_changed_) return "when access was last changed";
  if (meta.api_keys != access_.keys.count(now)) return "the number of API keys";
  if (meta.roles != access_.roles.count(now)) return "the number of roles";
  if (meta.assignments != access_.assignments.count(now)) return "the number of assignments";
  return {};
}

std::string ReferenceState::difference_of_review(const domain::StateStore& state) const {
  Tables right;
  std::size_t open = 0;
  for (const auto& [path, row] : review_.policies) {
    right[Table::Policy][domain::keys::of_policy(path)] = domain::encode(row);
  }
  for (const auto& [id, request] : review_.requests) {
    const Bytes key = domain::keys::of_request(id);
    right[Table::Request][key] = domain::encode(request.row);
    for (std::uint32_t i = 0; i < request.changes.size(); ++i) {
      right[Table::RequestChange][domain::keys::of_request_part(id, i)] =
          domain::encode(domain::RequestChangeRow{domain::encode_body(request.changes[i])});
    }
    for (const auto& [who, approval] : request.approvals) {
      right[Table::Approval][domain::keys::of_approval(id, who)] = domain::encode(approval);
    }
    for (std::uint32_t i = 0; i < request.notes.size(); ++i) {
      right[Table::RequestNote][domain::keys::of_request_part(id, i)] =
          domain::encode(request.notes[i]);
    }
    if (request.is_open()) {
      ++open;
      right[Table::OpenRequest][key] = {};
    }
    if (!request.row.scheduled_by.empty()) {
      right[Table::DueRequest][domain::keys::of_due_request(request.row.publish_at_ms, id)] = {};
    }
  }
  const std::string found = differing(state, right,
                                      {{Table::Policy, "policies"},
                                       {Table::Request, "requests"},
                                       {Table::RequestChange, "changes of requests"},
                                       {Table::Approval, "approvals"},
                                       {Table::RequestNote, "notes of requests"},
                                       {Table::OpenRequest, "open requests"},
                                       {Table::DueRequest, "due requests"}});
  if (!found.empty()) return found;
  const domain::MetaRow meta = domain::meta_of(state);
  if (meta.policies != review_.policies.size()) return "the number of policies";
  if (meta.open_requests != open) return "the number of open requests";
  if (meta.due_requests != right[Table::DueRequest].size()) return "the number of due requests";
  return {};
}

std::string ReferenceState::difference_of_past(const domain::StateStore& state) const {
  Tables right;
  for (const auto& [path, row] : quotas_) {
    domain::QuotaRow counted = row;
    const Used used = used_in(path);
    counted.used_entries = static_cast<std::uint64_t>(used.entries);
    counted.used_bytes = static_cast<std::uint64_t>(used.bytes);
    right[Table::Quota][domain::keys::of_quota(path)] = domain::encode(counted);
  }
  for (const auto& [path, row] : retentions_) {
    right[Table::Retention][domain::keys::of_retention(path)] = domain::encode(row);
    if (row.keeps_all()) continue;
    const auto kind = static_cast<std::uint64_t>(domain::ChoreKind::PruneVersions);
    const domain::keys::ChoreKey chore{row.next_pass_ms, kind, path};
    right[Table::Chore][domain::keys::encode_key(chore)] = {};
  }
  for (const auto& [id, request] : review_.requests) {
    if (!request.is_open() || request.row.holds == 0) continue;
    const std::string holder = "request/" + std::to_string(id);
    const domain::keys::HeldIndexKey held{request.row.holds, holder};
    right[Table::HeldIndex][domain::keys::encode_key(held)] = {};
  }
  restore_points_.for_each(last_index(), [&right](const std::string& name, const auto& row) {
    right[Table::RestorePoint][domain::keys::of_restore_point(name)] = domain::encode(row);
    const std::string holder = "restore-point/" + name;
    const domain::keys::HeldIndexKey held{row.revision.index, holder};
    right[Table::HeldIndex][domain::keys::encode_key(held)] = {};
  });
  if (domain::meta_of(state).restore_points != right[Table::RestorePoint].size()) {
    return "the number of restore points";
  }
  return differing(state, right,
                   {{Table::Quota, "quotas"},
                    {Table::Retention, "terms of retention"},
                    {Table::RestorePoint, "restore points"},
                    {Table::Chore, "chores"},
                    {Table::HeldIndex, "held indexes"}});
}

}  // namespace confman::sim
