#include "sim/reference/answers.hpp"

#include <algorithm>
#include <utility>

#include "sim/failure.hpp"
#include "sim/reference/asked_requests.hpp"
#include "sim/reference/expected.hpp"
#include "sim/reference/may_ask.hpp"

namespace confman::sim {
namespace {

using domain::Revision;
using node::Failure;

std::string text(Revision revision) {
  return domain::to_string(revision);
}

// One answer and what is known about it. Each check throws.
class Verdict {
 public:
  Verdict(const node::Request& request, const node::Response& response,
          const AnswerContext& context, ReferenceState& state)
      : request_(request), response_(response), context_(context), state_(state) {}

  void judge() const {
    if (!state_.was(response_.revision)) {
      say("revision", "names revision " + text(response_.revision) + ", which the log never had");
    }
    if (!std::holds_alternative<node::WriteDone>(response_.outcome)) reflects_what_is_applied();
    if (!context_.valid && !refuses_all()) say("invalid", "takes a command that breaks a rule");
    std::visit([this](const auto& outcome) { check(outcome); }, response_.outcome);
  }

 private:
  template <class Op>
  const Op* asked() const {
    return std::get_if<Op>(&request_.operation);
  }
  // For what is wrong with the command, or before anybody looks at it.
  bool refuses_all() const {
    const auto* failed = std::get_if<node::Failed>(&response_.outcome);
    return failed != nullptr &&
           (failed->why == Failure::InvalidCommand || failed->why == Failure::ShuttingDown ||
            failed->why == Failure::Removed);
  }
  bool is_late() const { return context_.now >= request_.deadline; }
  bool has_redirectable() const {
    const auto* write = asked<node::Write>();
    const bool admin =
        asked<node::ChangeMembers>() != nullptr || asked<node::Transfer>() != nullptr;
    return admin || (write != nullptr && !write->forward);
  }

  [[noreturn]] void say(const char* what, const std::string& sentence) const {
    broken(std::string("answer-") + what,
           "The answer of node " + std::to_string(context_.node + 1) + " to request " +
               std::to_string(request_.id.value) + " " + sentence + ".");
  }

  void reflects_what_is_applied() const {
    const std::uint64_t index = response_.revision.index;
    if (index >= context_.applied_least && index <= context_.applied_most) return;
    say("revision", "names revision " + text(response_.revision) + ", and the node had applied " +
                        std::to_string(context_.applied_least) + " to " +
                        std::to_string(context_.applied_most));
  }

  // --- what was asked for is done

  void check(const node::WriteDone& done) const {
    const auto* write = asked<node::Write>();
    if (write == nullptr) say("kind", "is one to a write");
    if (response_.revision != done.reply.revision) {
      say("revision", "names revision " + text(response_.revision) +
                          ", and the write was decided at " + text(done.reply.revision));
    }
    const auto* decided = state_.decided(write->command.request_id);
    if (decided == nullptr) say("reply", "says that it was decided, and the log hasn't got it");
    const bool right = std::ranges::any_of(
        *decided, [&](const ReferenceState::Decided& one) { return one.reply == done.reply; });
    if (right) return;
    const domain::Reply& expected = decided->back().reply;
    const auto describe = [](const domain::Reply& reply) {
      return (reply.refusal ? std::string(domain::code_of(*reply.refusal)) : "done") + " at " +
             text(reply.revision) + ", version " + std::to_string(reply.version) +
             (reply.created ? ", created" : "") + (reply.replayed ? ", replayed" : "");
    };
    say("reply", "says " + describe(done.reply) + ", and the log has " + describe(expected));
  }

  void check(const node::ReadDone& done) const {
    const auto* read = asked<node::Read>();
    if (read == nullptr) say("kind", "is one to a read");
    const std::uint64_t index = response_.revision.index;
    const bool linearizable = read->consistency == node::Consistency::Linearizable;
    if (linearizable && done.staleness) say("staleness", "says how old it is and mustn't be old");
    // One that is older than was asked for is made linearizable, too.
    const bool fresh = linearizable || (read->max_staleness && !done.staleness);
    if (fresh && index < context_.committed_when_asked) {
      say("fresh", "reflects entry " + std::to_string(index) + ", and entry " +
                       std::to_string(context_.committed_when_asked) +
                       " was applied before it was asked");
    }
    if (done.staleness && read->max_staleness && *done.staleness > *read->max_staleness) {
      say("staleness", "is older than was asked for");
    }
    if (read->min_version) holds(*read->min_version, index);
    const auto asker = who(read->from, index, context_.wall_ms);
    if (!asker) say("access", "tells something to somebody unknown");
    if (!may_ask(read->query, *asker, state_.access(), index)) {
      say("access", "tells something to who may not ask for it");
    }
    const PageBounds bounds{context_.max_page_bytes, context_.max_step_rows};
    const std::string wrong =
        AskedRequests::are_asked(read->query)
            ? AskedRequests(state_, *asker, index).wrong_in(read->query, done.answer, bounds)
            : wrong_in(read->query, done.answer, state_, *asker, index, bounds);
    if (!wrong.empty()) say("content", "as of entry " + std::to_string(index) + " " + wrong);
  }

  // --- who asks

  std::expected<Asker, domain::Refusal> who(const domain::Credentials& from, std::uint64_t index,
                                            std::int64_t wall_ms) const {
    return state_.access().who(from, index, std::max(state_.log_time_at(index), wall_ms));
  }
  // Nothing if they may.
  std::optional<domain::Refusal> denied(const domain::Credentials& from, domain::Need need,
                                        std::uint64_t index, std::int64_t wall_ms) const {
    const auto asker = who(from, index, wall_ms);
    if (!asker) return asker.error();
    const bool may = state_.access().may(*asker, need.permission, std::string(need.path), index);
    return may ? std::nullopt : std::optional(domain::Refusal::Forbidden);
  }
  std::optional<domain::Refusal> denied(const node::Read& read, std::uint64_t index) const {
    const auto asker = who(read.from, index, context_.wall_ms);
    if (!asker) return asker.error();
    const bool may = may_ask(read.query, *asker, state_.access(), index);
    return may ? std::nullopt : std::optional(domain::Refusal::Forbidden);
  }
  // The member or leader is changed by who may as of the state that the leader had.
  std::optional<domain::Refusal> denies_admin() const {
    const auto* change = asked<node::ChangeMembers>();
    const domain::Credentials& from =
        change != nullptr ? change->from : asked<node::Transfer>()->from;
    return denied(from, {domain::Permission::ManageCluster, "/"}, context_.applied_when_asked,
                  context_.wall_ms_when_asked);
  }
  // What a watch may tell: as of its last look, which is now, or for what it leaves out at any
  // index since it was asked.
  Seen seen_by(const node::Watch& watch) const {
    const std::uint64_t now = response_.revision.index;
    const auto sees = [this, &watch](const std::string& path, std::uint64_t index) {
      const domain::Need need{domain::Permission::Read, path};
      return !denied(watch.from, need, index, context_.wall_ms);
    };
    const auto since = [this, sees, now](const std::string& path, std::uint64_t index) {
      for (index = std::max(index, context_.applied_when_asked); index <= now; ++index) {
        if (!sees(path, index)) return false;
      }
      return true;
    };
    return {now, [sees, now](const std::string& path) { return sees(path, now); }, since};
  }

  // A position that an answer took for one of this log.
  void holds(Revision named, std::uint64_t index) const {
    if (index < named.index) say("position", "is from before " + text(named));
    if (!state_.could_be(named, index)) {
      say("position", "takes " + text(named) + " for a position of the log");
    }
  }

  void check(const node::WatchDone& done) const {
    const auto* watch = asked<node::Watch>();
    if (watch == nullptr) say("kind", "is one to a watch");
    if (!watch->after) {
      const std::uint64_t now = context_.applied_when_asked;
      if (done.from != state_.position_at(now)) say("from", "doesn't start from now");
    } else if (!watch->with_after || watch->after->index == 0) {
      if (done.from != *watch->after) say("from", "starts elsewhere than was asked");
      holds(*watch->after, response_.revision.index);
    } else {
      const std::size_t end = state_.events_up_to(watch->after->index - 1);
      const Revision before = end == 0 ? Revision{} : state_.trail()[end - 1].revision;
      if (done.from != before) say("from", "doesn't start before " + text(*watch->after));
      holds(*watch->after, response_.revision.index);
    }
    const bool stays = done.to == done.from;
    if (!stays && !state_.was(done.to)) say("to", "goes to " + text(done.to) + ", which never was");
    if (done.to < done.from) say("to", "goes back to " + text(done.to));
    if (done.to.index > context_.applied_most || done.page.through > context_.applied_most) {
      say("to", "goes beyond what the node had applied");
    }
    if (done.page.through < done.to.index) say("to", "goes further than it has looked");
    const std::uint64_t now = response_.revision.index;
    const domain::Need need{domain::Permission::Read, watch->scope.path};
    if (!done.page.changes.empty() && denied(watch->from, need, now, context_.wall_ms)) {
      say("access", "tells of changes to who may not read there");
    }
    const std::string wrong =
        wrong_in(done.page, *watch, state_, seen_by(*watch), done.from.index, done.to.index);
    if (!wrong.empty()) say("changes", wrong);
    if (done.page.changes.empty() && !watch->at_once && !context_.stopping && !is_late()) {
      say("early", "comes before its time and tells of nothing");
    }
  }

  void check(const node::AdminDone& done) const {
    may_administer();
    if (asked<node::Transfer>() != nullptr) {
      if (context_.leads || !response_.leader) say("leader", "says that another one leads");
      return;
    }
    const auto* change = asked<node::ChangeMembers>();
    if (change == nullptr) say("kind", "is one to an operator");
    const bool noted = context_.applied_when_asked >= state_.noted_from();
    if (noted && !state_.has_change(change->request_id)) {
      say("members", "says that they are changed, and the log hasn't got it");
    }
    const auto in_force = [&](const ReferenceState::MembersAt& one) {
      return one.index <= response_.revision.index && one.membership == done.membership;
    };
    if (noted) names_its_author(*change);
    if (done.membership.joint() || std::ranges::none_of(state_.members(), in_force)) {
      say("members", "names members that were never in force");
    }
    const consensus::Member* member = done.membership.find(consensus::subject_of(change->change));
    using consensus::MemberRole;
    const std::optional<MemberRole> role =
        member != nullptr ? std::optional(member->role) : std::nullopt;
    const std::optional<MemberRole> expected[] = {MemberRole::Learner, MemberRole::Voter,
                                                  MemberRole::Learner, std::nullopt};
    if (role != expected[change->change.index()]) {
      say("members", "says that they are changed, and member " +
                         std::to_string(consensus::subject_of(change->change).value) + " isn't");
    }
  }

  void check(const node::AdminRefused&) const {
    const bool admin =
        asked<node::ChangeMembers>() != nullptr || asked<node::Transfer>() != nullptr;
    if (!admin) say("kind", "is one to an operator");
    may_administer();
  }

  // The audit trail has it as of the owner of the key that it came with.
  void names_its_author(const node::ChangeMembers& change) const {
    const auto asker = who(change.from, context_.applied_when_asked, context_.wall_ms_when_asked);
    const auto& trail = state_.trail();
    const auto event = std::ranges::find(trail, change.request_id, &domain::AuditRow::request_id);
    if (!asker || event == trail.end() || event->actor == asker->actor) return;
    say("members", "was asked for by " + asker->actor.id +
                       ", and stands in the audit trail as of " + event->actor.id);
  }

  void may_administer() const {
    if (denies_admin()) say("access", "does, or would do, what who asks may not");
  }

  void check(const node::Denied& told) const {
    std::optional<domain::Refusal> right;
    const std::uint64_t index = response_.revision.index;
    if (const auto* write = asked<node::Write>()) return check_denied(*write, told.why);
    if (const auto* read = asked<node::Read>()) {
      if (index < context_.committed_when_asked) say("fresh", "denies by an older state");
      right = denied(*read, index);
    } else if (const auto* watch = asked<node::Watch>()) {
      // Decided at once, maybe, and the answer leaves with the end of the turn: a key may have
      // expired in between.
      const domain::Need need{domain::Permission::Read, watch->scope.path};
      right = denied(watch->from, need, index, context_.wall_ms);
      if (right != told.why) right = denied(watch->from, need, index, context_.wall_ms_when_asked);
    } else {
      right = denies_admin();
    }
    if (right != told.why) {
      say("denied", "says " + std::string(domain::code_of(told.why)) + ", and it is " +
                        (right ? std::string(domain::code_of(*right)) : "allowed"));
    }
  }

  // By a leader, whose state isn't this node's. That it has applied what was committed before its
  // term is why a key that this node knows isn't unknown to it. When a key expires is by its clock.
  void check_denied(const node::Write& write, domain::Refusal why) const {
    const domain::Credentials from = write.command.credentials();
    const Access& access = state_.access();
    const auto* row_then =
        from.key ? access.keys.at(domain::api_key_id(*from.key), context_.applied_when_asked)
                 : nullptr;
    const auto* row_now =
        from.key ? access.keys.at(domain::api_key_id(*from.key), state_.last_index()) : nullptr;
    bool right = false;
    switch (why) {
      case domain::Refusal::CredentialsRequired:
        right = !from.key && from.actor.type != domain::ActorType::System &&
                access.closed_at <= state_.last_index();
        break;
      case domain::Refusal::ApiKeyUnknown:
        right = from.key && row_then == nullptr;
        break;
      case domain::Refusal::ApiKeyRevoked:
        right = row_now != nullptr && row_now->revoked_at != HlcStamp{};
        break;
      case domain::Refusal::ApiKeyExpired:
        right = row_now != nullptr && row_now->expires_ms != 0 &&
                row_now->expires_ms <= state_.log_time_at(state_.last_index());
        break;
      default:
        break;
    }
    if (!right) say("denied", "says " + std::string(domain::code_of(why)) + " of a write");
  }

  // Nobody here binds anything.
  void check(const node::Judged&) const {
    say("judged", "holds a write to a schema, and there is none");
  }

  void check(const node::Redirect&) const {
    if (!has_redirectable()) say("redirect", "sends elsewhere what could be passed on");
    if (!response_.leader) say("redirect", "sends elsewhere and doesn't say where to");
    const bool here = response_.leader->value == static_cast<std::uint64_t>(context_.node) + 1;
    if (here) say("redirect", "sends elsewhere, and names this very node");
  }

  // --- it is not

  void check(const node::Failed& failed) const {
    const auto* write = asked<node::Write>();
    const auto* read = asked<node::Read>();
    const auto* watch = asked<node::Watch>();
    const bool too_early = !is_late() && (write != nullptr || read != nullptr);
    const auto named = position_named();
    switch (failed.why) {
      case Failure::NoLeader:
        if (too_early) say("early", "says before its time that there is no leader");
        if ((read != nullptr || watch != nullptr) && response_.leader) {
          say("leader", "says that there is no leader, and who it is");
        }
        if (watch != nullptr && watch->without_leader &&
            (!named || named->index <= context_.applied_least)) {
          say("leader", "says that there is no leader, and wasn't to mind");
        }
        return;
      case Failure::ReadTimeout:
        if (read == nullptr) say("kind", "is one to a read");
        if (too_early) say("early", "gives up before its time");
        if (!response_.leader) say("leader", "waits for a leader's word, and there is none");
        return;
      case Failure::VersionWaitTimeout:
        if (read == nullptr && watch == nullptr) say("kind", "is one to a read");
        if (too_early || (watch != nullptr && !is_late())) say("early", "gives up before its time");
        // One that is confirmed waits for what the leader had committed, too.
        if (read != nullptr && (read->consistency == node::Consistency::Linearizable ||
                                read->max_staleness || may_have_been_denied(*read))) {
          return;
        }
        if (!named || named->index <= context_.applied_least) {
          say("position", "says that it isn't applied, and it was");
        }
        return;
      case Failure::PositionUnknown:
        if (!named) say("position", "speaks of a position, and none was named");
        if (named->index <= context_.committed_when_asked && state_.was(*named)) {
          say("position", "says that there never was " + text(*named));
        }
        return;
      case Failure::Busy:
        if (read != nullptr && is_late()) return;  // its turn didn't come
        if (!context_.may_be_busy) say("busy", "says that there is too much to do");
        return;
      case Failure::NoSpace:
        if (!context_.may_lack_space) say("space", "says that a disk is full");
        return;
      case Failure::ShuttingDown:
        if (!context_.stopping) say("stopping", "says that the node stops");
        return;
      case Failure::InvalidCommand:
        if (write == nullptr || context_.valid) say("invalid", "says that the command is invalid");
        return;
      case Failure::Removed:
        if (!context_.removed) say("removed", "says that the node is no member");
        return;
      case Failure::NoState:
        if (context_.applied_least != 0) say("state", "says that there is no state");
        return;
      case Failure::FeatureLevel:
        if (!context_.may_lack_level &&
            (write == nullptr || domain::since_of(write->command) <= kFirstFeatureLevel)) {
          say("feature", "says that the cluster can't do that yet");
        }
        return;
      case Failure::SecretsUnavailable:
        say("secrets", "says that it can't seal anything, and nothing was to be sealed");
        return;
      case Failure::OutcomeUnknown:
        if (read != nullptr || watch != nullptr) say("kind", "is one to a write");
        return;
    }
  }

  // As of an older state; then it is asked of the cluster's.
  bool may_have_been_denied(const node::Read& read) const {
    return read.from.key || state_.access().closed_at <= response_.revision.index;
  }

  std::optional<Revision> position_named() const {
    if (const auto* read = asked<node::Read>()) return read->min_version;
    if (const auto* watch = asked<node::Watch>()) return watch->after;
    return std::nullopt;
  }

  const node::Request& request_;
  const node::Response& response_;
  const AnswerContext& context_;
  ReferenceState& state_;
};

// The id that a write, or a change of members, has in the log; empty: it is neither.
const std::string& id_in_log(const node::Request& request) {
  static const std::string kNone;
  if (const auto* write = std::get_if<node::Write>(&request.operation)) {
    return write->command.request_id;
  }
  const auto* change = std::get_if<node::ChangeMembers>(&request.operation);
  return change != nullptr ? change->request_id : kNone;
}

std::string how_not_done(const node::Response& response) {
  if (std::holds_alternative<node::Redirect>(response.outcome)) return "redirected";
  if (std::holds_alternative<node::AdminRefused>(response.outcome)) return "refused";
  if (std::holds_alternative<node::Denied>(response.outcome)) return "denied";
  const auto* failed = std::get_if<node::Failed>(&response.outcome);
  const bool sure = failed != nullptr && failed->why != Failure::OutcomeUnknown;
  return sure ? "called certainly not done" : "";
}

[[noreturn]] void done_all_the_same(const std::string& id, const std::string& told) {
  broken("answer-not-done", "Request " + id + " was " + told + ", and it is in the log.");
}

}  // namespace

void Answers::committed(const consensus::Entry& entry) {
  whole_ = whole_ && state_.apply(entry);
  if (!whole_) return;
  const std::string& id = state_.last_id();
  // What nodes ask for themselves, step by step, has no id.
  const auto* decided = id.empty() ? nullptr : state_.decided(id);
  if (decided != nullptr && decided->size() > 1) {
    const auto command = domain::decode_command(*entry.payload);
    if (command && command->idempotency_key.empty()) {
      broken("answer-once", "Request " + id + " has no idempotency key, and is in the log twice.");
    }
  }
  const auto told = not_done_.find(id);
  if (told != not_done_.end()) done_all_the_same(id, told->second);
}

void Answers::judge(const node::Request& request, const node::Response& response,
                    const AnswerContext& context) {
  if (!whole_) return;
  Verdict(request, response, context, state_).judge();
  const std::string& id = id_in_log(request);
  const std::string told = how_not_done(response);
  if (id.empty() || told.empty()) return;
  const bool write = std::holds_alternative<node::Write>(request.operation);
  if (write ? state_.decided(id) != nullptr : state_.has_change(id)) done_all_the_same(id, told);
  not_done_.emplace(id, told);
}

void Answers::judge_state(const domain::StateStore& state) const {
  // Before the first entry there may be no state at all.
  if (!whole_ || state_.last_index() == 0) return;
  if (domain::meta_of(state).applied.index != state_.last_index()) return;
  const std::string wrong = state_.difference(state);
  if (!wrong.empty()) {
    broken("state", "The cluster's state isn't what its log makes: " + wrong + ".");
  }
}

}  // namespace confman::sim
