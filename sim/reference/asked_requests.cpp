#include "sim/reference/asked_requests.hpp"

#include <algorithm>
#include <array>
#include <ranges>
#include <utility>

#include "domain/command/command.hpp"
#include "sim/reference/judging.hpp"

namespace confman::sim {

using domain::Permission;
using domain::QueryFault;
using domain::Refusal;
using domain::RequestPhase;
using domain::RequestState;
using domain::RequestStep;
using domain::RequestVerb;

namespace {

bool changes_entry(const domain::CommandBody& change) {
  return std::holds_alternative<domain::PutEntry>(change) ||
         std::holds_alternative<domain::DeleteEntry>(change) ||
         std::holds_alternative<domain::RollbackEntry>(change);
}

std::uint64_t starts_from(const domain::CommandBody& change) {
  return std::visit(
      []<class Body>(const Body& body) -> std::uint64_t {
        if constexpr (requires { body.precondition; }) {
          return body.precondition.if_version.value_or(0);
        }
        return 0;
      },
      change);
}

std::string identity(const domain::Actor& author) {
  if (author.type == domain::ActorType::User) return "user:" + author.id;
  if (author.type == domain::ActorType::Service) return "service:" + author.id;
  return "anonymous";
}

// In the order of RequestVerb; of an edit there is no step.
constexpr std::array<std::optional<RequestStep>, 10> kSteps = {
    std::nullopt,           RequestStep::Submit,  RequestStep::Approve, RequestStep::Reject,
    RequestStep::Withdraw,  RequestStep::Comment, RequestStep::Rebase,  RequestStep::Publish,
    RequestStep::Emergency, RequestStep::Review};

}  // namespace

AskedRequests::AskedRequests(ReferenceState& state, const Asker& asker, std::uint64_t index)
    : state_(state),
      at_(state.at_),
      stamp_(state.stamp_),
      asker_(state.asker_),
      actor_(state.actor_),
      feature_level_(state.feature_level_) {
  state.at_ = state.position_at(index);
  state.stamp_ = {.wall_ms = state.log_time_at(index)};
  state.asker_ = asker;
  state.actor_ = asker.actor;
  state.feature_level_ = state.feature_level_at(index);
  if (index != state.last_index()) newest_ = std::exchange(state.review_, state.review_at(index));
}

AskedRequests::~AskedRequests() {
  state_.at_ = at_;
  state_.stamp_ = stamp_;
  state_.asker_ = std::move(asker_);
  state_.actor_ = std::move(actor_);
  state_.feature_level_ = feature_level_;
  if (newest_) state_.review_ = std::move(*newest_);
}

bool AskedRequests::are_asked(const node::Query& query) {
  return std::holds_alternative<node::GetRequest>(query) ||
         std::holds_alternative<domain::ListRequests>(query) ||
         std::holds_alternative<domain::FindPolicy>(query);
}

std::string AskedRequests::wrong_in(const node::Query& query, const node::Answer& answer,
                                    PageBounds bounds) const {
  if (const auto* list = std::get_if<domain::ListRequests>(&query)) {
    return wrong(*list, answer, bounds);
  }
  if (const auto* find = std::get_if<domain::FindPolicy>(&query)) return wrong(*find, answer);
  return wrong(std::get<node::GetRequest>(query), answer);
}

// --- one request

std::string AskedRequests::wrong(const node::GetRequest& query, const node::Answer& answer) const {
  const auto found = state_.review_.requests.find(query.id);
  if (found == state_.review_.requests.end() || !sees(found->second)) {
    return expect_fault(answer, QueryFault::RequestNotFound);
  }
  const auto* told = std::get_if<domain::RequestView>(&answer);
  if (told == nullptr) return "says " + fault_name(answer) + " of a request that is there";
  if (told->request.id != query.id) return "is of another request";
  return wrong(*told, found->second);
}

std::string AskedRequests::wrong(const domain::RequestView& told,
                                 const ReviewedRequest& request) const {
  if (told.request.row != request.row) return "has another row of the request";
  if (told.request.phase != phase(request)) {
    return "calls the request " + std::string(name_of(told.request.phase)) + ", and it is " +
           std::string(name_of(phase(request)));
  }
  if (told.changes.size() != request.changes.size()) return "has another number of changes";
  for (std::size_t i = 0; i < told.changes.size(); ++i) {
    const std::string why = wrong(told.changes[i], request.changes[i], request);
    if (!why.empty()) return why + " of change " + std::to_string(i + 1);
  }
  const bool same = std::ranges::equal(told.approvals, request.approvals,
                                       [](const domain::Approval& a, const auto& given) {
                                         return a.identity == given.first && a.row == given.second;
                                       });
  if (!same) return "has other approvals";
  const std::set<std::string> paths = paths_of(request.changes);
  if (told.requirements.size() != paths.size()) return "says what other namespaces ask";
  auto required = told.requirements.begin();
  for (const std::string& path : paths) {
    const std::string why = wrong(*required++, path, request);
    if (!why.empty()) return why + " of " + path;
  }
  const std::size_t number = std::min(request.notes.size(), domain::kMaxNotesOfView);
  if (told.notes.size() != number) return "has another number of notes";
  for (std::size_t i = 0; i < number; ++i) {
    const std::size_t ordinal = request.notes.size() - number + i;
    if (told.notes[i].ordinal != ordinal || told.notes[i].row != request.notes[ordinal]) {
      return "has another note " + std::to_string(ordinal);
    }
  }
  if (told.actions.size() != kSteps.size()) return "has another number of actions";
  for (std::size_t i = 0; i < kSteps.size(); ++i) {
    const auto verb = static_cast<RequestVerb>(i);
    const auto expected = why_not(verb, request);
    if (told.actions[i].verb == verb && told.actions[i].why_not == expected) continue;
    const auto describe = [](const std::optional<Refusal>& why) {
      return why ? std::string(code_of(*why)) : "allowed";
    };
    return "says of " + std::string(domain::kRequestVerbs[i].second) + " " +
           describe(told.actions[i].why_not) + ", and it is " + describe(expected);
  }
  return {};
}

std::string AskedRequests::wrong(const domain::FoundChange& told, const domain::CommandBody& change,
                                 const ReviewedRequest& request) const {
  const std::string path = about_change(change).path;
  const bool published = request.is(RequestState::Published);
  const bool reads = state_.may(Permission::Read, path);
  const bool own = request.hands.contains(state_.me());
  const bool hidden = !state_.may(Permission::Draft, path) || (published && !reads && !own);
  if (told.path != path) return "has another namespace";
  if (told.hidden != hidden) return hidden ? "shows what is hidden" : "hides what may be seen";
  if (told.unread != !reads) return "says otherwise who may read";
  const auto live = state_.live_of(change);
  if (told.live != live) return "has another live version";
  if (told.base != (live ? std::optional(starts_from(change)) : std::nullopt)) {
    return "has another base";
  }
  if (hidden ? told.change.has_value() : told.change != change) return "has another command";
  if (told.left_out) return "leaves out rows";
  std::optional<domain::EntryRow> from;
  std::optional<domain::EntryRow> now;
  std::optional<domain::EntryRow> back;
  std::optional<domain::CommandBody> there;
  bool tells = false;
  if (!hidden && reads && changes_entry(change)) {
    from = version(change, starts_from(change));
    now = version(change, *live);
    const auto* rollback = std::get_if<domain::RollbackEntry>(&change);
    if (rollback != nullptr) back = version(change, rollback->to_version);
  } else if (!hidden && reads) {
    const bool of_roles = std::holds_alternative<domain::PutAssignment>(change) ||
                          std::holds_alternative<domain::DeleteAssignment>(change);
    tells = !published && live && (!of_roles || state_.may(Permission::ManageAccess, path));
    if (tells) there = standing(change);
  }
  if (told.base_row != from) return "has another row at the base";
  if (told.live_row != now) return "has another live row";
  if (told.restored_row != back) return "has another row to go back to";
  if (told.tells_standing != tells || told.standing != there) return "has something else standing";
  return {};
}

std::optional<domain::EntryRow> AskedRequests::version(const domain::CommandBody& change,
                                                       std::uint64_t number) const {
  const About about = about_change(change);
  const auto* row = state_.version({about.path, about.key}, number, state_.at_.index);
  return row == nullptr || row->is_destroyed() ? std::nullopt : std::optional(*row);
}

// The put that would make what is there.
std::optional<domain::CommandBody> AskedRequests::standing(
    const domain::CommandBody& change) const {
  const About about = about_change(change);
  if (std::holds_alternative<domain::PutNamespace>(change) ||
      std::holds_alternative<domain::DeleteNamespace>(change)) {
    const domain::NamespaceRow* row = state_.name_space(about.path, state_.at_.index);
    if (row == nullptr) return std::nullopt;
    domain::PutNamespace put{.path = about.path,
                             .description = row->description,
                             .owner = row->owner,
                             .labels = row->labels};
    put.inherit =
        static_cast<std::uint64_t>(row->no_inherit ? domain::Inherit::No : domain::Inherit::Yes);
    return put;
  }
  if (std::holds_alternative<domain::PutPolicy>(change) ||
      std::holds_alternative<domain::DeletePolicy>(change)) {
    const auto found = state_.review_.policies.find(about.path);
    if (found == state_.review_.policies.end()) return std::nullopt;
    return domain::PutPolicy{about.path, {}, found->second.terms};
  }
  const auto* row = state_.access_.assignments.at({about.path, about.key}, state_.at_.index);
  if (row == nullptr) return std::nullopt;
  return domain::PutAssignment{about.path, about.key, row->roles, {}};
}

std::string AskedRequests::wrong(const domain::Requirement& told, const std::string& path,
                                 const ReviewedRequest& request) const {
  if (told.path != path) return "has something else in place of what is asked";
  const domain::EffectivePolicy expected = policy(path);
  if (told.policy.from != expected.from || told.policy.row != expected.row) {
    return "has another policy";
  }
  std::set<std::string> agree;
  for (const auto& [who, approval] : request.approvals) {
    const bool counts = approval.content == request.row.content && !request.hands.contains(who) &&
                        state_.may_now(who, Permission::Approve, path);
    if (counts) agree.insert(who);
  }
  if (told.approvals != agree.size()) return "counts other approvals";
  std::vector<std::string> missing;
  for (const std::string& group : words_of(expected.row.terms.groups)) {
    if (std::ranges::none_of(agree, [&](auto& who) { return state_.belongs_to(who, group); })) {
      missing.push_back(group);
    }
  }
  return told.missing_groups == missing ? "" : "misses other groups";
}

domain::EffectivePolicy AskedRequests::policy(const std::string& path) const {
  domain::EffectivePolicy nearest;
  for (const std::string& level : levels_of(path)) {
    const auto found = state_.review_.policies.find(level);
    if (found != state_.review_.policies.end()) nearest = {level, found->second};
  }
  return nearest;
}

// Publishing is tried only when it is asked for: told is what the rules of its step and the rights
// of its changes say.
std::optional<Refusal> AskedRequests::why_not(RequestVerb verb,
                                              const ReviewedRequest& request) const {
  using enum RequestVerb;
  if (verb == Edit) {
    if (!state_.may_in_all(Permission::Draft, request.changes)) return Refusal::Forbidden;
    return request.is_over() ? std::optional(Refusal::WrongRequestState) : std::nullopt;
  }
  auto no = state_.cant(*kSteps.at(static_cast<std::size_t>(verb)), request);
  const bool publishes = verb == Publish || verb == Emergency;
  const auto lacks = [this](const auto& body) { return state_.lacks(body).has_value(); };
  if (!no && publishes && std::ranges::any_of(request.changes, lacks)) no = Refusal::Forbidden;
  const bool from_live = publishes || verb == Submit || verb == Approve;
  if (!no && from_live && state_.moved(request.changes) != 0) no = Refusal::BaseMoved;
  return no;
}

// --- all of them

bool AskedRequests::sees(const ReviewedRequest& request) const {
  return state_.may_in_some(Permission::Draft, request.changes);
}

RequestPhase AskedRequests::phase(const ReviewedRequest& request) const {
  if (request.is_in_review()) {
    const std::int64_t end = request.row.expires_ms;
    if (end != 0 && end <= state_.stamp_.wall_ms) return RequestPhase::Expired;
    if (state_.moved(request.changes) != 0) return RequestPhase::Superseded;
    if (!request.row.scheduled_by.empty()) return RequestPhase::Scheduled;
  }
  static constexpr std::array kPhases = {RequestPhase::Draft,    RequestPhase::Pending,
                                         RequestPhase::Approved, RequestPhase::Published,
                                         RequestPhase::Rejected, RequestPhase::Withdrawn};
  return kPhases.at(request.row.state - 1);
}

bool AskedRequests::is_asked_for(const domain::ListRequests& query,
                                 const ReviewedRequest& request) const {
  if (query.open && !request.is_open()) return false;
  const bool touches = std::ranges::any_of(paths_of(request.changes), [&](const std::string& path) {
    return path == query.path || is_below(path, query.path);
  });
  if (!touches || !sees(request)) return false;
  if (query.author && identity(request.row.author) != *query.author) return false;
  if (query.before_ms && request.row.created_at.wall_ms >= *query.before_ms) return false;
  if (query.inbox == domain::Inbox::Mine && !request.hands.contains(state_.me())) return false;
  if (query.inbox == domain::Inbox::Waiting) {
    const bool late = request.row.emergency && request.row.reviewed_by.empty();
    if (state_.cant(late ? RequestStep::Review : RequestStep::Approve, request)) return false;
  }
  return !query.phase || phase(request) == *query.phase;
}

std::string AskedRequests::wrong(const domain::ListRequests& query, const node::Answer& answer,
                                 PageBounds bounds) const {
  const auto* page = std::get_if<domain::RequestPage>(&answer);
  if (page == nullptr) return "says " + fault_name(answer) + " of requests";
  std::size_t next = 0;
  std::size_t bytes = 0;
  for (const auto& [id, request] : state_.review_.requests | std::views::reverse) {
    if (query.after && id >= *query.after) continue;
    if (page->resume && id < *page->resume) break;
    if (!is_asked_for(query, request)) continue;
    if (next >= page->items.size()) return "leaves out request " + std::to_string(id);
    const domain::FoundRequest& told = page->items[next++];
    if (told.id != id) {
      return (told.id < id ? "leaves out request " + std::to_string(id)
                           : "has request " + std::to_string(told.id) + " out of place");
    }
    if (told.row != request.row) return "has another row of request " + std::to_string(id);
    if (told.phase != phase(request)) return "has another phase of request " + std::to_string(id);
    bytes += encode(request.row).size();
  }
  if (next < page->items.size()) {
    return "has request " + std::to_string(page->items[next].id) + " out of place";
  }
  if (page->resume && query.after && *page->resume >= *query.after) return "doesn't get on";
  return bounds_kept(*page, query.limit, query.max_visited, bytes, bounds);
}

// --- policies

std::string AskedRequests::wrong(const domain::FindPolicy& query,
                                 const node::Answer& answer) const {
  const auto* told = std::get_if<domain::EffectivePolicy>(&answer);
  if (told == nullptr) return "says " + fault_name(answer) + " of a policy";
  const domain::EffectivePolicy expected = policy(query.path);
  const bool same = told->from == expected.from && told->row == expected.row;
  return same ? "" : "has another policy of " + query.path;
}

}  // namespace confman::sim
