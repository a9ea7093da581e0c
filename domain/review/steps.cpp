#include <algorithm>
#include <utility>

#include "domain/access/principal.hpp"
#include "domain/base/feature_level.hpp"
#include "domain/codec/must_decode.hpp"
#include "domain/command/command.hpp"
#include "domain/limits.hpp"
#include "domain/review/bases.hpp"
#include "domain/review/changes.hpp"
#include "domain/review/commands.hpp"
#include "domain/review/held_request.hpp"
#include "domain/review/publish.hpp"
#include "domain/review/rules.hpp"
#include "domain/state/writer.hpp"

// What is done with a request: each step as its rules allow it (rules.hpp).
namespace confman::domain {
namespace {

class Steps {
 public:
  Steps(StateWriter& state, const Act& act, const StepRequest& command, const HeldRequest& held,
        RequestRules& before, Decision decision)
      : state_(state),
        act_(act),
        command_(command),
        held_(held),
        before_(before),
        decision_(std::move(decision)),
        row_(held.row) {}

  Decision take(RequestStep step) {
    switch (step) {
      case RequestStep::Submit:
        return submit_it();
      case RequestStep::Approve:
        return approve();
      case RequestStep::Reject:
        return reject();
      case RequestStep::Withdraw:
        return withdraw();
      case RequestStep::Comment:
        return done();
      case RequestStep::Rebase:
        return rebase();
      case RequestStep::Publish:
        return row_.publish_at_ms > act_.stamp.wall_ms ? schedule() : publish(false);
      case RequestStep::Emergency:
        return publish(true);
      case RequestStep::Review:
        return review();
    }
    CONFMAN_UNREACHABLE("A step of a request isn't known.");
  }

 private:
  Decision refused(Refusal refusal, std::uint32_t change = 0) {
    decision_.refusal = refusal;
    decision_.refused_change = change;
    return decision_;
  }
  Decision done() {
    add_note(state_, act_, held_.id, row_, decision_.action, command_.text);
    write_request(state_, act_, held_, row_);
    decision_.new_version = row_.version;
    return decision_;
  }
  std::vector<Bytes> changes() const { return changes_of(state_.store(), held_.id, row_); }

  Decision submit_it() {
    if (const auto moved = first_moved(state_.store(), changes())) {
      return refused(Refusal::BaseMoved, moved);
    }
    ++row_.version;
    submit(state_, act_, held_.id, row_);
    return done();
  }

  Decision approve() {
    if (const auto moved = first_moved(state_.store(), changes())) {
      return refused(Refusal::BaseMoved, moved);
    }
    give_approval();
    RequestRules rules(state_.store(), state_.meta(), held_.id, row_, act_.caller,
                       act_.feature_level);
    if (!rules.all_met()) return done();
    row_.becomes(RequestState::Approved);
    const bool publishes = std::ranges::all_of(rules.requirements(), [](const Requirement& r) {
      return r.policy.terms().publish_on_approval;
    });
    const bool at_once = row_.publish_at_ms <= act_.stamp.wall_ms;
    if (publishes && at_once && !rules.step(RequestStep::Publish)) {
      return approve_and_publish();
    }
    return done();
  }
  // One of another content doesn't lie there, since who edits voids them; but there may be one of
  // other schemas.
  void give_approval() {
    const Bytes key = keys::of_approval(held_.id, who_is(act_.caller));
    const Bytes given =
        encode(ApprovalRow{row_.content, act_.actor, act_.stamp, act_.position, before_.schemas()});
    if (const auto before = state_.store().get(Table::Approval, key)) {
      state_.replace(Table::Approval, key, *before, given);
    } else {
      state_.insert(Table::Approval, key, given);
      ++row_.approvals;
    }
  }
  // The approval stands, whatever becomes of the publication.
  Decision approve_and_publish() {
    Decision given = decision_;
    given.new_version = row_.version;
    const Published published = publish_changes(state_, act_, held_.id, row_, command_.checked,
                                                EventBefore{command_, given});
    if (published.refusal) return done();
    add_note(state_, act_, held_.id, row_, decision_.action, command_.text);
    decision_.action = Action::RequestPublished;
    is_live(false);
    return done();
  }

  Decision reject() {
    ++row_.version;
    void_approvals(state_, held_.id, row_);
    unschedule(row_);
    row_.becomes(RequestState::Rejected);
    return done();
  }

  Decision withdraw() {
    ++row_.version;
    unschedule(row_);
    row_.becomes(RequestState::Withdrawn);
    return done();
  }

  Decision rebase() {
    if (!add_contributor(row_, who_is(act_.caller), kMaxContributors)) {
      return refused(Refusal::TooMany);
    }
    std::vector<Bytes> bodies;
    for (const Bytes& body : changes()) {
      bodies.push_back(encode_body(rebased(state_.store(), must_decode(decode_body(body)))));
    }
    back_to_draft(state_, held_.id, row_);
    write_changes(state_, act_, held_, row_, {bodies.begin(), bodies.end()}, row_.publish_at_ms);
    return done();
  }

  Decision schedule() {
    if (row_.is_scheduled()) return refused(Refusal::WrongRequestState);
    if (const auto no =
            may_publish_changes(state_.store(), act_.caller, held_.id, row_, act_.feature_level)
                .refusal) {
      return refused(*no);
    }
    ++row_.version;
    row_.scheduled_by = who_is(act_.caller);
    row_.scheduled_scopes = act_.caller.scopes;
    // It waits as long behind its time as it would have waited for a decision.
    if (act_.feature_level >= kSchedulesLast) {
      row_.expires_ms = std::max(row_.expires_ms, expiry_from(before_, row_.publish_at_ms));
    }
    decision_.action = Action::RequestScheduled;
    return done();
  }

  Decision publish(bool emergency) {
    const Published published = publish_changes(state_, act_, held_.id, row_, command_.checked);
    if (published.refusal) {
      if (published.about) say(*published.about);
      return refused(*published.refusal, published.refused_change);
    }
    is_live(emergency);
    return done();
  }
  void say(const Exceeded& about) {
    decision_.about = about.path;
    decision_.limit = about.limit;
    decision_.used = about.used;
    decision_.asked = about.asked;
  }
  void is_live(bool emergency) {
    ++row_.version;
    unschedule(row_);
    row_.becomes(RequestState::Published);
    row_.published = act_.position;
    row_.emergency = emergency;
    if (!emergency) return;
    // Who passed over the others doesn't look at it for them afterwards.
    const bool added = add_contributor(row_, who_is(act_.caller), kMaxContributors + 1);
    CONFMAN_ASSERT(added, "A request has more contributors than it may.");
  }

  Decision review() {
    ++row_.version;
    row_.reviewed_by = who_is(act_.caller);
    return done();
  }

  StateWriter& state_;
  const Act& act_;
  const StepRequest& command_;
  const HeldRequest& held_;
  RequestRules& before_;  // of the request as the step finds it
  Decision decision_;
  RequestRow row_;
};

// Below kCommentsEnd; since then it is a rule like others (rules.hpp).
bool added_without_end(RequestStep step) {
  return step == RequestStep::Submit || step == RequestStep::Approve ||
         step == RequestStep::Reject || step == RequestStep::Comment || step == RequestStep::Rebase;
}

// Who published ahead of the time, with what they may do now.
Caller caller_of(const RequestRow& row, bool closed) {
  Caller caller;
  if (row.scheduled_by == kAnonymous) {
    caller.actor = {ActorType::Anonymous, std::string(kAnonymous), {}};
    caller.unrestricted = !closed;
    return caller;
  }
  auto actor = actor_for(row.scheduled_by);
  CONFMAN_ASSERT(actor, "A request was scheduled by nobody who could act.");
  caller.actor = std::move(*actor);
  caller.principal = row.scheduled_by;
  caller.scopes = row.scheduled_scopes;
  return caller;
}

}  // namespace

Decision decide(StateWriter& state, const Act& act, const StepRequest& command) {
  const HeldRequest held = hold_request(state.store(), command.id);
  Decision decision = begin_decision(held, command.attempted());
  RequestRules rules(state.store(), state.meta(), held.id, held.row, act.caller, act.feature_level);
  if (!held.bytes || !rules.sees()) return refuse(decision, Refusal::RequestNotFound);
  const auto step = static_cast<RequestStep>(command.step);
  if (const auto no = rules.step(step)) return refuse(decision, *no);
  if (const auto no =
          check_precondition(command.precondition, held.row.version, Refusal::VersionMismatch)) {
    return refuse(decision, *no);
  }
  const bool before = act.feature_level < kCommentsEnd;
  if (before && added_without_end(step) && held.row.notes >= kMaxNotes) {
    return refuse(decision, Refusal::TooMany);
  }
  return Steps(state, act, command, held, rules, std::move(decision)).take(step);
}

Decision decide(StateWriter& state, const Act& act, const PublishDue& command) {
  const HeldRequest held = hold_request(state.store(), command.id);
  Decision decision = begin_decision(held, command.attempted());
  if (act.actor.type != ActorType::System) return refuse(decision, Refusal::Forbidden);
  if (!held.bytes) return refuse(decision, Refusal::RequestNotFound);
  RequestRow row = held.row;
  const bool due = row.is_scheduled() && row.publish_at_ms <= act.stamp.wall_ms;
  if (!due) return refuse(decision, Refusal::WrongRequestState);

  const Caller caller = caller_of(row, state.meta().closed);
  const Act in_their_name{.position = act.position,
                          .stamp = act.stamp,
                          .actor = caller.actor,
                          .feature_level = act.feature_level,
                          .caller = caller,
                          .request_id = act.request_id,
                          .author = caller.actor};
  RequestRules rules(state.store(), state.meta(), held.id, row, caller, act.feature_level);
  Published published{rules.step(RequestStep::Publish), 0, {}};
  // The timeline tells nobody what they could have learnt by it alone.
  if (!published.refusal && command.violates && act.feature_level >= kWholeRights) {
    published = may_publish_changes(state.store(), caller, held.id, row, act.feature_level);
  }
  if (!published.refusal && command.violates) published.refusal = Refusal::SchemaViolated;
  if (!published.refusal) {
    published = publish_changes(state, in_their_name, held.id, row, command.checked);
    // The leader holds it to what it has to be held to now, and asks again.
    if (published.refusal == Refusal::SchemaMoved) return refuse(decision, Refusal::SchemaMoved);
  }
  ++row.version;
  unschedule(row);
  if (published.refusal) {
    decision.action = Action::RequestUnscheduled;
  } else {
    row.becomes(RequestState::Published);
    row.published = act.position;
  }
  add_note(state, act, held.id, row, decision.action, {}, published.refusal);
  write_request(state, act, held, row);
  decision.new_version = row.version;
  return decision;
}

}  // namespace confman::domain
