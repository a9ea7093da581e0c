#include <algorithm>

#include "app/node/service.hpp"
#include "domain/base/assert.hpp"

// The way of a read. A linearizable one takes part in a read index round (thesis §6.4), which all
// reads of a turn share, and is answered from this node's own state once that is applied and its
// turn has come (turns.cpp).
namespace confman::node {
namespace {

// A stale read that finds its state's age older than this asks for a round, to learn the age anew.
constexpr Duration kStalenessRefresh = Duration::millis(500);

}  // namespace

void Node::Service::submit_read(RequestId id, Read read) {
  OpenRead& open = open_.at(id.value).work.emplace<OpenRead>();
  ++open_reads_;
  if (open_reads_ > config_.max_open_reads) return fail(id, Failure::Busy);
  open.read = std::move(read);
  if (open.read.min_version) {
    open.applied_at_least = consensus::LogIndex{open.read.min_version->index};
  }
  if (open.read.consistency == Consistency::Linearizable) return confirm(id, open);

  if (is_too_old(open.read)) {
    open.read.consistency = Consistency::Linearizable;
    return confirm(id, open);
  }
  // The state of a node that waits to be added isn't empty: there is none.
  if (applied_.index == 0 && !open.applied_at_least) return fail(id, Failure::NoState);
  const std::optional<Duration> age = staleness();
  const bool refresh = !age || *age > kStalenessRefresh;
  if (refresh && leader_ && rounds_.empty()) {
    const consensus::ReadId round{next_read_++};
    rounds_.emplace(round, ReadRound{{}, now_.mono});
    driver_.request_read(now_.mono, round);
  }
  // The round may have been answered at once; this read is in no round.
  settle(id, *find<OpenRead>(id));
}

// True when the state is older than this stale read may be answered from.
bool Node::Service::is_too_old(const Read& read) const {
  if (read.consistency != Consistency::Stale || !read.max_staleness) return false;
  const std::optional<Duration> age = staleness();
  return !age || *age > *read.max_staleness;
}

void Node::Service::confirm(RequestId id, OpenRead& read) {
  read.confirming = true;
  to_confirm_.push_back(id);
}

void Node::Service::ask_read_index() {
  if (confirm_again_at_ && *confirm_again_at_ > now_.mono) return;
  confirm_again_at_.reset();
  if (to_confirm_.empty() || rounds_.size() >= config_.max_read_rounds) return;
  if (!leader_) {
    confirm_again_at_ = now_.mono + config_.read_retry;
    std::erase_if(to_confirm_, [this](RequestId id) { return !open_.contains(id.value); });
    return;
  }
  const consensus::ReadId round{next_read_++};
  rounds_.emplace(round, ReadRound{std::move(to_confirm_), now_.mono});
  to_confirm_.clear();
  driver_.request_read(now_.mono, round);
}

void Node::Service::read_ready(consensus::ReadId id, consensus::LogIndex index) {
  auto it = rounds_.find(id);
  if (it == rounds_.end()) return;
  const ReadRound round = std::move(it->second);
  rounds_.erase(it);
  note_fresh(index, round.asked_at);
  for (RequestId read_id : round.reads) {
    if (const OpenWatch* watch = find<OpenWatch>(read_id)) {
      committed_up_to(read_id, *watch, index);
      continue;
    }
    if (OpenWrite* write = find<OpenWrite>(read_id)) {
      verdict_confirmed(read_id, *write, index);
      continue;
    }
    OpenRead* read = find<OpenRead>(read_id);
    if (read == nullptr) continue;
    read->confirming = false;
    if (read->applied_at_least > index) {  // a version that nobody was given
      fail(read_id, Failure::PositionUnknown);
      continue;
    }
    read->applied_at_least = std::max(read->applied_at_least.value_or(index), index);
    settle(read_id, *read);
  }
}

void Node::Service::read_failed(consensus::ReadId id) {
  auto it = rounds_.find(id);
  if (it == rounds_.end()) return;
  to_confirm_.insert(to_confirm_.end(), it->second.reads.begin(), it->second.reads.end());
  rounds_.erase(it);
  if (!to_confirm_.empty()) confirm_again_at_ = now_.mono + config_.read_retry;
}

void Node::Service::settle(RequestId id, OpenRead& read) {
  if (read.applied_at_least.value_or(consensus::LogIndex{}).value > applied_.index) {
    waiting_applied_.emplace(*read.applied_at_least, id);
    return;
  }
  read.queued = true;
  const bool single = std::visit(
      []<class Query>(const Query&) { return !requires(Query q) { q.limit; }; }, read.read.query);
  (single ? quick_ : looks_).push_back(id);
}

void Node::Service::answer_applied_reads() {
  if (fresh_once_applied_ && fresh_once_applied_->first.value <= applied_.index) {
    fresh_as_of_ = std::max(fresh_as_of_.value_or(Time{INT64_MIN}), fresh_once_applied_->second);
    fresh_once_applied_.reset();
  }
  while (!waiting_applied_.empty() && waiting_applied_.begin()->first.value <= applied_.index) {
    const RequestId id = waiting_applied_.begin()->second;
    waiting_applied_.erase(waiting_applied_.begin());
    if (OpenRead* read = find<OpenRead>(id)) settle(id, *read);
    if (OpenWrite* write = find<OpenWrite>(id)) {
      write->behind ? caught_up(id, *write) : check_again(id, *write);
    }
    if (OpenWatch* watch = find<OpenWatch>(id)) position_applied(id, *watch);
  }
}

// A round asked for at `as_of` gave `index`: a state that has applied it is at most as old as the
// asking. Measured by this node's own clock only: a message that lay in a buffer while the process
// was paused can't make an old state look young.
void Node::Service::note_fresh(consensus::LogIndex index, Time as_of) {
  if (index.value <= applied_.index) {
    fresh_as_of_ = std::max(fresh_as_of_.value_or(Time{INT64_MIN}), as_of);
  } else {
    fresh_once_applied_ = {index, as_of};
  }
}

std::optional<Duration> Node::Service::staleness() const {
  if (!fresh_as_of_) return std::nullopt;
  return now_.mono - *fresh_as_of_;
}

// An answer that was made at `since`, and has waited.
void Node::Service::grow_older(ReadDone& done, Time since) const {
  if (done.staleness) done.staleness = *done.staleness + (now_.mono - since);
}

namespace {

std::size_t bytes_of(const domain::EntryRow& row) {
  return row.value.size() + row.description.size();
}
std::size_t bytes_of(const domain::NamespaceRow& row) {
  return row.description.size();
}

// Whether somebody may ask a query, and what it took to find that out.
struct Gate {
  const domain::StateStore& state;
  domain::AccessMemo& memo;
  const domain::Caller& caller;
  domain::Work& work;

  // Of entries, namespaces and audit events, in a namespace and below.
  template <class OfPath>
  bool operator()(const OfPath& q) const {
    return may({domain::Permission::Read, q.path});
  }
  bool operator()(const MayDo& q) const { return may({q.permission, q.path}); }
  // By its id it is found first, and then it may turn out to be somebody else's.
  bool operator()(const GetApiKey&) const { return true; }
  bool operator()(const GetRole&) const { return true; }
  // Each is for who may see it.
  bool operator()(const GetRequest&) const { return true; }
  bool operator()(const domain::ListRequests&) const { return true; }
  bool operator()(const domain::ListRoles&) const { return true; }
  bool operator()(const domain::GetRestorePoint&) const {
    return may({domain::Permission::ManageCluster, "/"});
  }
  bool operator()(const domain::ListRestorePoints&) const {
    return may({domain::Permission::ManageCluster, "/"});
  }
  bool operator()(const GetAssignment& q) const {
    return with_rights([&](domain::Rights& rights) {
      return domain::may_ask_assignment(rights, caller, q.path, q.principal);
    });
  }
  // Of a copy: a later look may find that they may see more.
  bool operator()(const domain::ListApiKeys& q) const { return may_ask(domain::ListApiKeys(q)); }
  bool operator()(const domain::ListAssignments& q) const { return may_ask(q); }
  bool operator()(const domain::ListGroupMembers& q) const { return may_ask(q); }
  bool operator()(const domain::CheckAccess& q) const { return may_ask(q); }

 private:
  bool may(const domain::Need& need) const { return memo.may(state, caller, need, work); }
  template <class Query>
  bool may_ask(Query&& q) const {
    return with_rights([&](domain::Rights& rights) { return domain::may_ask(rights, caller, q); });
  }
  template <class Ask>
  bool with_rights(Ask&& ask) const {
    domain::Rights rights(state, caller);
    const bool allowed = ask(rights);
    work += rights.take_work();
    return allowed;
  }
};

// Runs a query: its answer, and what it took.
struct Runner {
  const domain::StateStore& state;
  domain::AccessMemo& memo;
  const domain::Caller& caller;
  const std::size_t max_rows;
  const std::size_t max_bytes;
  domain::Work work{};
  bool cut = false;                            // the page ended because of that many rows
  std::optional<domain::Sight> caller_sees{};  // made for who needs it

  Answer operator()(const GetEntry& q) {
    if (q.as_of) return looked_up(domain::find_as_of(state, q.path, q.key, *q.as_of, work));
    if (q.version) return single(domain::find_version(state, q.path, q.key, *q.version));
    return single(domain::find_entry(state, q.path, q.key));
  }
  Answer operator()(const GetNamespace& q) {
    auto row = domain::find_namespace(state, q.path);
    if (!row) return row.error();
    auto quotas = domain::find_quotas(state, {q.path});
    work += {domain::kMaxPathDepth, bytes_of(*row)};
    if (!quotas) return quotas.error();
    return NamespaceView{std::move(*row), std::move(*quotas)};
  }
  Answer operator()(const domain::ListEntries& q) {
    return page(domain::list_entries(state, bounded(q), sight()));
  }
  Answer operator()(const domain::ListNamespaces& q) {
    return page(domain::list_namespaces(state, bounded(q), sight()));
  }
  Answer operator()(const domain::ListVersions& q) {
    return page(domain::list_versions(state, bounded(q)));
  }
  Answer operator()(const domain::ListAudit& q) {
    return page<domain::AuditPage>(domain::list_audit(state, bounded(q), sight()));
  }
  Answer operator()(const domain::ListPast& q) {
    return page(domain::list_past(state, bounded(q), sight()));
  }
  Answer operator()(const domain::CompareVersions& q) {
    return looked_up(domain::compare_versions(state, q, work));
  }
  Answer operator()(const domain::CompareNamespace& q) {
    return page(domain::compare_namespace(state, bounded(q), sight()));
  }
  Answer operator()(const domain::ResolveEntry& q) {
    auto found = domain::resolve_entry(state, q, work);
    if (!found) return found.error();
    // What it comes from is a namespace above.
    const domain::Need need{domain::Permission::Read, found->path};
    if (!memo.may(state, caller, need, work)) return domain::QueryFault::EntryNotFound;
    return std::move(*found);
  }
  Answer operator()(const domain::ResolveNamespace& q) {
    return page(domain::resolve_namespace(state, bounded(q), sight()));
  }
  Answer operator()(const GetApiKey& q) { return plain(domain::find_api_key(state, q.id)); }
  Answer operator()(const GetRole& q) { return plain(domain::find_role(state, q.name)); }
  Answer operator()(const GetAssignment& q) {
    return plain(domain::find_assignment(state, q.path, q.principal));
  }
  Answer operator()(const domain::ListApiKeys& q) {
    domain::ListApiKeys list = bounded(q);
    domain::Rights rights(state, caller);
    domain::may_ask(rights, caller, list);  // one's own alone, if not all
    return page(domain::list_api_keys(state, list));
  }
  Answer operator()(const domain::ListRoles& q) {
    return page(domain::list_roles(state, bounded(q)));
  }
  Answer operator()(const domain::ListAssignments& q) {
    return page(domain::list_assignments(state, bounded(q)));
  }
  Answer operator()(const domain::ListGroupMembers& q) {
    return page(domain::list_group_members(state, bounded(q)));
  }
  Answer operator()(const domain::CheckAccess& q) { return domain::check_access(state, q, caller); }
  Answer operator()(const domain::FindPolicy& q) {
    work += {domain::kMaxPathDepth, 0};
    return domain::find_effective_policy(state, q.path);
  }
  Answer operator()(const GetRequest& q) {
    auto found = domain::find_request(state, q.id, caller);
    if (found) work += found->work;
    return looked_up(std::move(found));
  }
  Answer operator()(const domain::ListRequests& q) {
    return page<domain::RequestPage>(domain::list_requests(state, bounded(q), caller));
  }
  Answer operator()(const MayDo&) { return std::monostate(); }
  Answer operator()(const GetSchema& q) {
    auto found = domain::find_schema(state, q.path, q.name, q.version);
    if (!found) return found.error();
    work.bytes += found->row.text.size();
    return std::move(*found);
  }
  Answer operator()(const GetBinding& q) { return plain(domain::find_binding(state, q.path)); }
  Answer operator()(const domain::ListSchemas& q) {
    return page(domain::list_schemas(state, bounded(q)));
  }
  Answer operator()(const domain::FindQuotas& q) {
    work += {domain::kMaxPathDepth, 0};
    return plain(domain::find_quotas(state, q));
  }
  Answer operator()(const domain::FindRetention& q) {
    work += {domain::kMaxPathDepth, 0};
    return domain::retention_at(state, domain::meta_of(state).retentions, q.path);
  }
  Answer operator()(const domain::PlanRollback& q) {
    auto plan = domain::plan_rollback(state, q.path, q.prefix, q.to, work);
    if (plan) return domain::FoundPlan{.refusal = {}, .about = {}, .plan = std::move(*plan)};
    return domain::FoundPlan{
        .refusal = plan.error().why, .about = std::move(plan.error().key), .plan = {}};
  }
  Answer operator()(const domain::GetRestorePoint& q) {
    return plain(domain::find_restore_point(state, q.name));
  }
  Answer operator()(const domain::ListRestorePoints& q) {
    return page(domain::list_restore_points(state, bounded(q)));
  }
  Answer operator()(const domain::ListSchemaVersions& q) {
    return page(domain::list_schema_versions(state, bounded(q)));
  }

 private:
  // Null: the caller sees everything.
  domain::Sight* sight() {
    if (caller.unrestricted) return nullptr;
    if (!caller_sees) caller_sees.emplace(state, caller);
    return &*caller_sees;
  }
  // Its look-ups are in `work` already.
  template <class Found>
  Answer looked_up(std::expected<Found, domain::QueryFault> found) {
    if (!found) return found.error();
    return std::move(*found);
  }
  template <class Row>
  Answer single(std::expected<Row, domain::QueryFault> found) {
    if (!found) return found.error();
    work.bytes += bytes_of(*found);
    return std::move(*found);
  }
  template <class Found>
  Answer plain(std::expected<Found, domain::QueryFault> found) {
    if (!found) return found.error();
    return std::move(*found);
  }
  template <class Page>
  Answer page(std::expected<Page, domain::QueryFault> found) {
    if (!found) return found.error();
    work += found->work;
    cut = found->resume && found->work.rows >= max_rows;
    return std::move(*found);
  }
  template <class List>
  List bounded(List list) const {
    list.max_visited = std::min(list.max_visited, max_rows);
    list.max_bytes = std::min(list.max_bytes, max_bytes);
    return list;
  }
};

}  // namespace

// A key that was made, or a role that was given, a moment ago may not have come to this node:
// whoever asked for its state as it is, is denied only as of the cluster's.
domain::Work Node::Service::deny(RequestId id, OpenRead& read, domain::Refusal why) {
  if (read.read.consistency == Consistency::Stale) {
    read.read.consistency = Consistency::Linearizable;
    read.queued = false;
    confirm(id, read);
  } else {
    respond(id, Denied{why});
  }
  return {.rows = 1, .bytes = 0};
}

domain::Work Node::Service::answer(RequestId id, OpenRead& read) {
  const auto& version = read.read.min_version;
  if (version && version->index <= applied_.index &&
      !domain::was_position(ports_.state, *version)) {
    fail(id, Failure::PositionUnknown);
    return {.rows = 1, .bytes = 0};
  }
  // The read may have waited, and the state that it waited for may be older than it asked for.
  if (is_too_old(read.read)) {
    read.read.consistency = Consistency::Linearizable;
    read.queued = false;
    confirm(id, read);
    return {.rows = 1, .bytes = 0};
  }
  const std::size_t max_rows =
      read.looked ? config_.max_step_rows : std::min(config_.max_look_rows, config_.max_step_rows);
  domain::Caller caller{.unrestricted = true};
  domain::Work work{.rows = 1, .bytes = 0};
  if (!is_anybody(read.read.from)) {
    auto known = identify(read.read.from);
    if (!known) return deny(id, read, known.error());
    caller = std::move(*known);
    if (!std::visit(Gate{ports_.state, memo_, caller, work}, read.read.query)) {
      return deny(id, read, domain::Refusal::Forbidden);
    }
  }
  Runner runner{ports_.state, memo_, caller, max_rows, config_.max_page_bytes, work};
  Answer answer = std::visit(runner, read.read.query);
  if (const auto* key = std::get_if<domain::FoundApiKey>(&answer)) {
    domain::Rights rights(ports_.state, caller);
    if (!domain::may_ask(rights, caller, *key)) return deny(id, read, domain::Refusal::Forbidden);
  }
  if (runner.cut && !read.looked) {
    read.looked = true;
    long_.push_back(id);
    return runner.work;
  }
  const domain::Work shown = show_secrets(read, answer, caller);
  const bool stale = read.read.consistency == Consistency::Stale;
  runner.work += shown;
  ReadDone done{std::move(answer), stale ? staleness() : std::nullopt, std::nullopt};
  if (!ask_deprecated(id, read, done, runner.work)) give(id, read, std::move(done), applied_);
  return runner.work;
}

}  // namespace confman::node
