#include "domain/review/query.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "domain/access/principal.hpp"
#include "domain/access/role_names.hpp"
#include "domain/cluster/cluster.hpp"
#include "domain/codec/must_decode.hpp"
#include "domain/command/command.hpp"
#include "domain/model/path.hpp"
#include "domain/query/page_builder.hpp"
#include "domain/review/held_request.hpp"
#include "domain/review/publish.hpp"
#include "domain/review/standing.hpp"
#include "domain/state/meta.hpp"

namespace confman::domain {
namespace {

bool is_under_review(const RequestRow& row) {
  return row.lies_in() == RequestState::Pending || row.lies_in() == RequestState::Approved;
}

RequestPhase phase_of(const RequestRow& row, std::int64_t now_ms, bool moved) {
  if (is_under_review(row)) {
    if (row.has_expired(now_ms)) return RequestPhase::Expired;
    if (moved) return RequestPhase::Superseded;
    if (row.is_scheduled()) return RequestPhase::Scheduled;
  }
  switch (row.lies_in()) {
    case RequestState::Draft:
      return RequestPhase::Draft;
    case RequestState::Pending:
      return RequestPhase::Pending;
    case RequestState::Approved:
      return RequestPhase::Approved;
    case RequestState::Published:
      return RequestPhase::Published;
    case RequestState::Rejected:
      return RequestPhase::Rejected;
    case RequestState::Withdrawn:
      return RequestPhase::Withdrawn;
  }
  CONFMAN_UNREACHABLE("A request lies in a state that isn't known.");
}

std::optional<EntryRow> version_of(const StateStore& store, const ChangeTarget& target,
                                   std::optional<std::uint64_t> version) {
  if (target.key.empty() || version.value_or(0) == 0) return std::nullopt;
  const auto bytes = store.get(Table::Version, keys::of_version(target.path, target.key, *version));
  if (!bytes) return std::nullopt;
  EntryRow row = must_decode(decode_entry_row(*bytes));
  if (row.is_destroyed()) return std::nullopt;  // there is nothing to show
  return row;
}

// As it is asked for by itself: roles in a namespace are told to who manages access there.
bool may_see_standing(const CommandBody& change, Rights& rights) {
  return std::visit(
      [&rights](const auto& body) {
        if constexpr (requires { body.principal; }) {
          return rights.may(Permission::ManageAccess, body.path);
        }
        return true;
      },
      change);
}

// No more of the rows, once there are so many bytes.
// `own`: who asks had a hand in it.
FoundChange found_change(const StateStore& store, const Bytes& body, Rights& rights, bool live,
                         bool own, Work& work) {
  const ChangeTarget target = target_of_change(body);
  FoundChange found;
  found.path = target.path;
  found.unread = !rights.may(Permission::Read, target.path);
  found.hidden = !rights.may(Permission::Draft, target.path) || (live && found.unread && !own);
  found.change = must_decode(decode_body(body));
  found.base = base_of(*found.change);
  found.live = live_version_of(store, *found.change);
  work += {3, body.size()};
  if (found.hidden) {
    found.change.reset();
    return found;
  }
  if (found.unread) return found;
  if (!is_of_entry(*found.change)) {
    found.tells_standing = !live && found.live && may_see_standing(*found.change, rights);
    if (found.tells_standing) found.standing = standing(store, *found.change);
    return found;
  }
  found.left_out = work.bytes >= kMaxPageBytes;
  if (!found.left_out) {
    found.base_row = version_of(store, target, found.base);
    found.live_row =
        found.live == found.base ? found.base_row : version_of(store, target, found.live);
    if (const auto* rollback = std::get_if<RollbackEntry>(&*found.change)) {
      found.restored_row = version_of(store, target, rollback->to_version);
    }
    work += {3, size_of(found.base_row) + size_of(found.live_row) + size_of(found.restored_row)};
  }
  return found;
}

std::vector<FoundNote> newest_notes(const StateStore& store, std::uint64_t id) {
  std::vector<FoundNote> notes;
  const Bytes prefix = keys::of_request(id);
  store.scan_backwards(Table::RequestNote, prefix, keys::end_of_prefix(prefix),
                       [&](ByteView key, ByteView value) {
                         const auto part = keys::parse_key<keys::PartOfRequestKey>(key);
                         CONFMAN_ASSERT(part, "A row of RequestNote has a key that doesn't parse.");
                         notes.push_back({part->ordinal, must_decode(decode_note_row(value))});
                         return notes.size() < kMaxNotesOfView;
                       });
  std::ranges::reverse(notes);
  return notes;
}

constexpr std::optional<RequestStep> step_of(RequestVerb verb) {
  switch (verb) {
    case RequestVerb::Edit:
      return std::nullopt;
    case RequestVerb::Submit:
      return RequestStep::Submit;
    case RequestVerb::Approve:
      return RequestStep::Approve;
    case RequestVerb::Reject:
      return RequestStep::Reject;
    case RequestVerb::Withdraw:
      return RequestStep::Withdraw;
    case RequestVerb::Comment:
      return RequestStep::Comment;
    case RequestVerb::Rebase:
      return RequestStep::Rebase;
    case RequestVerb::Publish:
      return RequestStep::Publish;
    case RequestVerb::Emergency:
      return RequestStep::Emergency;
    case RequestVerb::Review:
      return RequestStep::Review;
  }
  CONFMAN_UNREACHABLE("A verb of requests isn't known.");
}

bool starts_from_live(RequestVerb verb) {
  return verb == RequestVerb::Submit || verb == RequestVerb::Approve ||
         verb == RequestVerb::Publish || verb == RequestVerb::Emergency;
}

AllowedAction action_of(RequestVerb verb, RequestRules& rules, const RequestView& view,
                        const std::optional<Refusal>& cant_publish) {
  const auto step = step_of(verb);
  std::optional<Refusal> no = step ? rules.step(*step) : rules.edit();
  const bool publishes = verb == RequestVerb::Publish || verb == RequestVerb::Emergency;
  if (!no && publishes) no = cant_publish;
  const bool moved = std::ranges::any_of(view.changes, &FoundChange::has_moved);
  if (!no && moved && starts_from_live(verb)) no = Refusal::BaseMoved;
  return {verb, no};
}

// A path by itself, and all that are below it.
bool touches(const RequestRow& row, std::string_view path) {
  return std::ranges::any_of(split_paths(row.namespaces),
                             [path](std::string_view touched) { return is_within(touched, path); });
}

std::string author_of(const RequestRow& row) {
  const std::string principal = principal_of(row.author);
  return principal.empty() ? std::string(kAnonymous) : principal;
}

// What can be told by the row alone.
bool is_asked_for(const ListRequests& query, const RequestRow& row, const std::string& caller) {
  return touches(row, query.path) && (!query.author || author_of(row) == *query.author) &&
         (!query.before_ms || row.created_at.wall_ms < *query.before_ms) &&
         (query.inbox != Inbox::Mine || had_a_hand_in(row, caller));
}

bool is_in_inbox(const ListRequests& query, const RequestRow& row, RequestRules& rules) {
  if (!rules.sees()) return false;
  const RequestStep step = row.awaits_review() ? RequestStep::Review : RequestStep::Approve;
  return query.inbox != Inbox::Waiting || !rules.step(step);
}

}  // namespace

std::expected<RequestView, QueryFault> find_request(const StateStore& store, std::uint64_t id,
                                                    const Caller& caller) {
  const MetaRow meta = meta_of(store);
  const HeldRequest held = hold_request(store, id);
  const std::uint64_t level = cluster_of(store).feature_level;
  RequestRules rules(store, meta, id, held.row, caller, level);
  if (!held.bytes || !rules.sees()) return std::unexpected(QueryFault::RequestNotFound);
  RequestView view;
  view.request = {id, held.row, {}};
  Rights rights(store, caller);
  for (const Bytes& body : changes_of(store, id, held.row)) {
    view.changes.push_back(found_change(store, body, rights,
                                        held.row.lies_in() == RequestState::Published,
                                        had_a_hand_in(held.row, who_is(caller)), view.work));
  }
  const bool moved = std::ranges::any_of(view.changes, &FoundChange::has_moved);
  view.request.phase = phase_of(held.row, meta.last_stamp.wall_ms, moved);
  view.approvals = rules.approvals();
  view.requirements = rules.requirements();
  view.notes = newest_notes(store, id);
  const auto cant_publish = may_publish_changes(store, caller, id, held.row, level).refusal;
  for (const auto& [verb, name] : kRequestVerbs) {
    view.actions.push_back(action_of(verb, rules, view, cant_publish));
  }
  view.work += rights.take_work();
  view.work += rules.take_work();
  view.work += {1 + view.approvals.size() + view.notes.size(), 0};
  return view;
}

RequestPage list_requests(const StateStore& store, const ListRequests& query,
                          const Caller& caller) {
  const MetaRow meta = meta_of(store);
  const std::uint64_t level = cluster_of(store).feature_level;
  const std::string identity = who_is(caller);
  PageBuilder<FoundRequest> page(query.limit, query.max_visited, query.max_bytes);
  const Bytes before = query.after ? keys::of_request(*query.after) : Bytes{};
  const Table table = query.open ? Table::OpenRequest : Table::Request;
  store.scan_backwards(table, {}, before, [&](ByteView key, ByteView) {
    const auto at = keys::parse_key<keys::RequestKey>(key);
    CONFMAN_ASSERT(at, "A row of requests has a key that doesn't parse.");
    const HeldRequest held = hold_request(store, at->id);
    CONFMAN_ASSERT(held.bytes, "A request that is open isn't there.");
    if (!page.visit(key, held.bytes->size())) return false;
    const RequestRow& row = held.row;
    if (!is_asked_for(query, row, identity)) return true;
    RequestRules rules(store, meta, at->id, row, caller, level);
    const bool shown = is_in_inbox(query, row, rules);
    page.look_up(rules.take_work());
    if (!shown) return true;
    // Its changes are small or few, and each is a look-up.
    bool moved = false;
    if (is_under_review(row)) {
      moved = first_moved(store, changes_of(store, at->id, row)) != 0;
      page.look_up(Work{2 * std::size_t{row.changes}, row.bytes});
    }
    const RequestPhase phase = phase_of(row, meta.last_stamp.wall_ms, moved);
    if (query.phase && phase != *query.phase) return true;
    return page.add({at->id, row, phase}, held.bytes->size());
  });
  return page.take([](ByteView key) { return keys::parse_key<keys::RequestKey>(key)->id; });
}

EffectivePolicy find_effective_policy(const StateStore& store, std::string_view path) {
  return policy_at(store, meta_of(store).policies, path);
}

std::optional<DueRequest> first_due(const StateStore& store) {
  std::optional<DueRequest> due;
  store.scan(Table::DueRequest, {}, {}, [&](ByteView key, ByteView) {
    const auto at = keys::parse_key<keys::DueRequestKey>(key);
    CONFMAN_ASSERT(at, "A row of DueRequest has a key that doesn't parse.");
    due = {at->at_ms, at->id};
    return false;
  });
  return due;
}

}  // namespace confman::domain
