#include "domain/review/held_request.hpp"

#include <algorithm>
#include <utility>

#include "domain/access/role_names.hpp"
#include "domain/codec/must_decode.hpp"
#include "domain/command/command.hpp"
#include "domain/limits.hpp"
#include "domain/retention/held_index.hpp"
#include "domain/review/bases.hpp"
#include "domain/review/changes.hpp"
#include "domain/review/rules.hpp"
#include "domain/state/writer.hpp"

namespace confman::domain {
namespace {

bool is_open(const RequestRow& row) {
  return !is_final(row.lies_in()) || row.awaits_review();
}

void mark(StateWriter& state, Table table, const Bytes& key, bool was, bool is) {
  if (was && !is) state.remove(table, key, {});
  if (!was && is) state.insert(table, key, {});
}

// What is live when it is edited is what it starts from, and what it goes back to is older.
std::uint64_t oldest_needed(const StateStore& store, const std::vector<ByteView>& bodies,
                            std::uint64_t index) {
  std::uint64_t oldest = index;
  for (const ByteView bytes : bodies) {
    const CommandBody body = must_decode(decode_body(bytes));
    if (const auto* all = std::get_if<RollbackNamespace>(&body)) {
      oldest = std::min(oldest, all->to_revision.index);
    }
    const auto* one = std::get_if<RollbackEntry>(&body);
    if (one == nullptr) continue;
    const auto version =
        store.get(Table::Version, keys::of_version(one->path, one->key, one->to_version));
    if (version) {
      oldest = std::min(oldest, must_decode(decode_entry_row(*version)).revision.index);
    }
  }
  return oldest;
}

}  // namespace

std::int64_t expiry_from(RequestRules& rules, std::int64_t from_ms) {
  std::int64_t shortest = kMaxRequestLifetimeMs;
  for (const Requirement& required : rules.requirements()) {
    const std::int64_t lifetime = required.policy.terms().lifetime_ms;
    shortest = std::min(shortest, lifetime == 0 ? kRequestLifetimeMs : lifetime);
  }
  return std::min(from_ms, INT64_MAX - shortest) + shortest;
}

HeldRequest hold_request(const StateStore& store, std::uint64_t id) {
  HeldRequest held{id, store.get(Table::Request, keys::of_request(id)), {}};
  if (held.bytes) held.row = must_decode(decode_request_row(*held.bytes));
  return held;
}

void write_request(StateWriter& state, const Act& act, const HeldRequest& before, RequestRow row) {
  row.updated_at = act.stamp;
  row.revision = act.position;
  const Bytes key = keys::of_request(before.id);
  const bool was_open = before.bytes && is_open(before.row);
  mark(state, Table::OpenRequest, key, was_open, is_open(row));
  if (!was_open && is_open(row)) ++state.meta().open_requests;
  if (was_open && !is_open(row)) --state.meta().open_requests;
  if (!before.row.is_scheduled() && row.is_scheduled()) ++state.meta().due_requests;
  if (before.row.is_scheduled() && !row.is_scheduled()) --state.meta().due_requests;
  // An edit takes it off the schedule, so the time of one that is on it doesn't change.
  mark(state, Table::DueRequest, keys::of_due_request(before.row.publish_at_ms, before.id),
       before.row.is_scheduled(), before.row.is_scheduled() && row.is_scheduled());
  mark(state, Table::DueRequest, keys::of_due_request(row.publish_at_ms, before.id),
       before.row.is_scheduled(), row.is_scheduled() || before.row.is_scheduled());
  const bool is_now_open = is_open(row);
  const std::uint64_t held_before = was_open ? before.row.holds : 0;
  const std::uint64_t held_now = is_now_open ? row.holds : 0;
  if (held_before != held_now) {
    const std::string holder = request_subject(before.id);
    let_index_go(state, held_before, holder);
    hold_index(state, held_now, holder);
  }
  const Bytes bytes = encode(row);
  before.bytes ? state.replace(Table::Request, key, *before.bytes, bytes)
               : state.insert(Table::Request, key, bytes);
}

Decision begin_decision(const HeldRequest& held, Action action) {
  Decision decision;
  decision.action = action;
  decision.change_request = held.id;
  decision.key = request_subject(held.id);
  decision.current_version = held.row.version;
  // The first of its namespaces stands for all of them.
  const auto paths = split_paths(held.row.namespaces);
  if (!paths.empty()) decision.path = paths.front();
  return decision;
}

std::vector<Bytes> changes_of(const StateStore& store, std::uint64_t id, const RequestRow& row) {
  std::vector<Bytes> bodies;
  for (std::uint32_t i = 0; i < row.changes; ++i) {
    const auto bytes = store.get(Table::RequestChange, keys::of_request_part(id, i));
    CONFMAN_ASSERT(bytes, "A request counts a change that isn't there.");
    bodies.push_back(must_decode(decode_request_change_row(*bytes)).body);
  }
  return bodies;
}

std::vector<CommandBody> decoded_changes_of(const StateStore& store, std::uint64_t id,
                                            const RequestRow& row) {
  std::vector<CommandBody> changes;
  for (const Bytes& body : changes_of(store, id, row)) {
    changes.push_back(must_decode(decode_body(body)));
  }
  return changes;
}

void write_changes(StateWriter& state, const Act& act, const HeldRequest& before, RequestRow& row,
                   const std::vector<ByteView>& bodies, std::int64_t publish_at_ms) {
  const auto old = changes_of(state.store(), before.id, before.row);
  for (std::uint32_t i = 0; i < old.size(); ++i) {
    state.remove(Table::RequestChange, keys::of_request_part(before.id, i),
                 encode(RequestChangeRow{old[i]}));
  }
  row.bytes = 0;
  for (std::uint32_t i = 0; i < bodies.size(); ++i) {
    state.insert(Table::RequestChange, keys::of_request_part(before.id, i),
                 encode(RequestChangeRow{Bytes(bodies[i])}));
    row.bytes += bodies[i].size();
  }
  row.changes = static_cast<std::uint32_t>(bodies.size());
  row.publish_at_ms = publish_at_ms;
  row.content = content_of(bodies, publish_at_ms);
  if (act.feature_level >= kPast) {
    row.holds = oldest_needed(state.store(), bodies, act.position.index);
  }

  const auto paths = namespaces_of_changes(bodies);
  row.namespaces = join_paths({paths.begin(), paths.end()});
}

std::uint32_t first_moved(const StateStore& store, const std::vector<Bytes>& changes) {
  for (std::uint32_t i = 0; i < changes.size(); ++i) {
    if (has_moved(store, must_decode(decode_body(changes[i])))) return i + 1;
  }
  return 0;
}

void add_note(StateWriter& state, const Act& act, std::uint64_t id, RequestRow& row, Action action,
              std::string text, std::optional<Refusal> refusal) {
  state.insert(Table::RequestNote, keys::of_request_part(id, row.notes),
               encode(NoteRow{.action = action,
                              .actor = act.actor,
                              .stamp = act.stamp,
                              .revision = act.position,
                              .version = row.version,
                              .text = std::move(text),
                              .refusal = refusal}));
  ++row.notes;
}

void void_approvals(StateWriter& state, std::uint64_t id, RequestRow& row) {
  for (const Approval& approval : approvals_of(state.store(), id)) {
    state.remove(Table::Approval, keys::of_approval(id, approval.identity), encode(approval.row));
  }
  row.approvals = 0;
}

void unschedule(RequestRow& row) {
  row.scheduled_by.clear();
  row.scheduled_scopes.clear();
}

bool may_contribute(const RequestRow& row, std::string_view identity, std::size_t most) {
  return had_a_hand_in(row, identity) || split_list(row.contributors).size() < most;
}

bool add_contributor(RequestRow& row, std::string_view identity, std::size_t most) {
  if (!may_contribute(row, identity, most)) return false;
  if (had_a_hand_in(row, identity)) return true;
  auto names = split_list(row.contributors);
  names.push_back(identity);
  row.contributors = join_roles(std::move(names));
  return true;
}

void submit(StateWriter& state, const Act& act, std::uint64_t id, RequestRow& row) {
  row.becomes(RequestState::Pending);
  row.submitted_at = act.stamp;
  RequestRules rules(state.store(), state.meta(), id, row, act.caller, act.feature_level);
  row.expires_ms = expiry_from(rules, act.stamp.wall_ms);
  if (rules.all_met()) row.becomes(RequestState::Approved);
}

void back_to_draft(StateWriter& state, std::uint64_t id, RequestRow& row) {
  void_approvals(state, id, row);
  unschedule(row);
  row.becomes(RequestState::Draft);
  ++row.version;
  row.submitted_at = {};
  row.expires_ms = 0;
}

}  // namespace confman::domain
