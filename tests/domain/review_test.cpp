#include <algorithm>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "domain/access/commands.hpp"
#include "domain/audit/changes.hpp"
#include "domain/audit/query.hpp"
#include "domain/command/validate.hpp"
#include "domain/entries/query.hpp"
#include "domain/past/listing.hpp"
#include "domain/review/bases.hpp"
#include "domain/review/changes.hpp"
#include "domain/review/commands.hpp"
#include "domain/review/gathering.hpp"
#include "domain/review/held_request.hpp"
#include "domain/review/held_to.hpp"
#include "domain/review/query.hpp"
#include "domain/secrets/data_key.hpp"
#include "tests/domain/support.hpp"
#include "tests/support/counting_sealer.hpp"

// Who must agree before something goes live, whatever the route. The names say what users of other
// systems were hurt by.
namespace confman::domain {
namespace {

using enum Refusal;
using enum RequestStep;

Bytes changes(const std::vector<CommandBody>& bodies) {
  std::vector<Bytes> encoded;
  for (const CommandBody& body : bodies) encoded.push_back(encode_body(body));
  return join_changes(encoded);
}

class Review : public ::testing::Test {
 protected:
  Review() {
    run(make_namespace("/pay"));
    run(make_namespace("/pay/stripe"));
    run(make_namespace("/ops"));
    run(put("/pay", "limit", "1"));
    Command mint = by_alice(MintBootstrapKey{sha256("root"), true});
    mint.actor = {ActorType::System, "bootstrap", {}};
    world_.run(mint);
    hire("ed", "/", "editor");
    hire("eva", "/", "editor");
    hire("pat", "/", "publisher");
    hire("pia", "/", "publisher");
    hire("adam", "/", "admin");
    hire("vic", "/", "viewer");
    policy("/pay", {.approvals = 1});
  }

  Reply run(CommandBody body, std::string_view key = {}) {
    Command command = by_alice(std::move(body));
    command.actor = {ActorType::Anonymous, "anonymous", "192.0.2.1"};
    if (!key.empty()) command.api_key = sha256(key);
    return world_.run(command);
  }
  std::optional<Refusal> refusal(CommandBody body, std::string_view key) {
    return run(std::move(body), key).refusal;
  }
  void hire(const std::string& name, const std::string& path, const std::string& roles) {
    ASSERT_FALSE(refusal(CreateApiKey{sha256(name), "user:" + name, {}, {}, 0}, "root"));
    ASSERT_FALSE(refusal(PutAssignment{path, "user:" + name, roles, {}}, "root"));
  }
  void policy(std::string path, PolicyTerms terms) {
    // Before there is one, or by the way around it.
    const Reply direct = run(PutPolicy{path, {}, terms}, "root");
    if (!direct.refusal) return;
    const std::uint64_t now = live_version_of(world_.store, PutPolicy{path, {}, {}}).value();
    const std::uint64_t id =
        submit({PutPolicy{path, now == 0 ? if_absent() : if_version(now), terms}}, "root");
    ASSERT_FALSE(step(id, Emergency, "root", "a test begins"));
  }

  std::uint64_t draft(const std::vector<CommandBody>& bodies, std::string_view key = "ed") {
    const Reply reply = run(CreateRequest{"A change", "because", changes(bodies), 0, false}, key);
    EXPECT_FALSE(reply.refusal) << code_of(reply.refusal.value_or(BadCommand));
    return reply.revision.index;
  }
  std::uint64_t submit(const std::vector<CommandBody>& bodies, std::string_view key = "ed",
                       std::int64_t at_ms = 0) {
    const Reply reply =
        run(CreateRequest{"A change", "because", changes(bodies), at_ms, true}, key);
    EXPECT_FALSE(reply.refusal) << code_of(reply.refusal.value_or(BadCommand));
    return reply.revision.index;
  }
  RequestRow row(std::uint64_t id) {
    return decode_request_row(world_.store.get(Table::Request, keys::of_request(id)).value())
        .value();
  }
  Reply take(std::uint64_t id, RequestStep step, std::string_view key, std::string text = "so",
             std::optional<std::uint64_t> version = std::nullopt) {
    return run(StepRequest{id, static_cast<std::uint64_t>(step),
                           if_version(version.value_or(row(id).version)), std::move(text)},
               key);
  }
  std::optional<Refusal> step(std::uint64_t id, RequestStep step, std::string_view key,
                              std::string text = "so") {
    return take(id, step, key, std::move(text)).refusal;
  }
  Reply edit(std::uint64_t id, const std::vector<CommandBody>& bodies, std::string_view key) {
    return run(EditRequest{id, if_version(row(id).version), "A change", "because", changes(bodies),
                           row(id).publish_at_ms},
               key);
  }
  Reply due(std::uint64_t id) {
    Command command = by_alice(PublishDue{id});
    command.actor = {ActorType::System, "schedule", {}};
    return world_.run(command);
  }
  // The request that is to be published then.
  std::optional<std::uint64_t> due_by(std::int64_t now_ms) {
    const auto first = first_due(world_.store);
    return first && first->at_ms <= now_ms ? std::optional(first->id) : std::nullopt;
  }
  Caller caller(std::string_view key) {
    return identify(world_.store, true, {{}, sha256(key)}, world_.now_ms).value();
  }
  RequestPhase phase(std::uint64_t id) {
    return find_request(world_.store, id, caller("root")).value().request.phase;
  }
  std::optional<Bytes> value(std::string_view path, std::string_view key) {
    const auto found = find_entry(world_.store, path, key);
    return found ? std::optional(found->value) : std::nullopt;
  }
  static CommandBody to(Bytes value, std::uint64_t base = 1) {
    return put("/pay", "limit", std::move(value), base == 0 ? if_absent() : if_version(base));
  }
  std::vector<AuditRow> events_of(std::uint64_t index) {
    std::vector<AuditRow> rows;
    for (const AuditEvent& event :
         list_audit(world_.store, {.path = "/", .newest_first = false, .limit = 1000}).items) {
      if (event.row.revision.index == index) rows.push_back(event.row);
    }
    return rows;
  }

  World world_;
};

// --- direct changes

TEST_F(Review, ADirectWriteIsRefusedWhereThePolicyAsksForOthers) {
  EXPECT_EQ(refusal(put("/pay", "limit", "2"), "adam"), ReviewRequired);
  EXPECT_EQ(refusal(put("/pay/stripe", "k"), "pat"), ReviewRequired) << "inherited";
  EXPECT_EQ(refusal(del("/pay", "limit"), "root"), ReviewRequired);
  EXPECT_FALSE(refusal(put("/ops", "k"), "pat")) << "elsewhere nobody asks";
  EXPECT_EQ(value("/pay", "limit"), "1");
}

TEST_F(Review, EverythingThatChangesWhatIsLiveIsGovernedNotOnlyValues) {
  EXPECT_EQ(refusal(make_namespace("/pay/new"), "adam"), ReviewRequired);
  EXPECT_EQ(refusal(drop_namespace("/pay/stripe"), "adam"), ReviewRequired);
  EXPECT_EQ(refusal(PutPolicy{"/pay", {}, {}}, "adam"), ReviewRequired);
  EXPECT_EQ(refusal(DeletePolicy{"/pay", {}}, "adam"), ReviewRequired);
  EXPECT_EQ(refusal(PutPolicy{"/pay/stripe", {}, {}}, "adam"), ReviewRequired);
  EXPECT_EQ(refusal(PutAssignment{"/pay", "user:ed", "admin", {}}, "adam"), ReviewRequired);
  EXPECT_EQ(refusal(DeleteAssignment{"/pay/stripe", "user:ed", {}}, "adam"), ReviewRequired);
}

TEST_F(Review, GroupsAndRolesAreGovernedByThePolicyOfTheRoot) {
  policy("/", {.approvals = 1});
  EXPECT_EQ(refusal(AddGroupMember{"payments/user:ed"}, "root"), ReviewRequired);
  EXPECT_EQ(refusal(PutRole{"own", 1, {}, {}}, "root"), ReviewRequired);
  const auto id = submit({AddGroupMember{"payments/user:ed"}}, "root");
  EXPECT_FALSE(step(id, Approve, "adam"));
  EXPECT_FALSE(step(id, Publish, "root"));
}

TEST_F(Review, WhoMayNotWriteIsToldThatFirst) {
  EXPECT_EQ(refusal(put("/pay", "limit", "2"), "vic"), Forbidden);
}

// --- the way it is meant

TEST_F(Review, ARequestGoesLiveWithTheApprovalsThatThePolicyAsksFor) {
  const auto id = draft({to("2")});
  EXPECT_EQ(phase(id), RequestPhase::Draft);
  EXPECT_FALSE(step(id, Submit, "ed"));
  EXPECT_EQ(phase(id), RequestPhase::Pending);
  EXPECT_EQ(step(id, Publish, "pat"), ApprovalsMissing);
  EXPECT_FALSE(step(id, Approve, "pia"));
  EXPECT_EQ(phase(id), RequestPhase::Approved);
  EXPECT_EQ(value("/pay", "limit"), "1") << "a draft is for nobody else";
  EXPECT_FALSE(step(id, Publish, "pat"));
  EXPECT_EQ(phase(id), RequestPhase::Published);
  EXPECT_EQ(value("/pay", "limit"), "2");
  EXPECT_EQ(find_entry(world_.store, "/pay", "limit")->author.id, "ed") << "who wrote it";
  EXPECT_EQ(world_.meta().open_requests, 0U);
}

TEST_F(Review, WithoutApprovalsToWaitForTheStatesAreTheSame) {
  const auto id = submit({put("/ops", "k", "1", if_absent())});
  EXPECT_EQ(phase(id), RequestPhase::Approved);
  EXPECT_FALSE(step(id, Publish, "pat"));
  EXPECT_EQ(value("/ops", "k"), "1");
}

TEST_F(Review, AnEditorWritesAndSubmitsAndDoesNothingMore) {
  const auto id = submit({to("2")});
  EXPECT_EQ(step(id, Approve, "eva"), Forbidden);
  EXPECT_EQ(step(id, Reject, "eva"), Forbidden);
  EXPECT_FALSE(step(id, Approve, "pia"));
  EXPECT_EQ(step(id, Publish, "ed"), Forbidden);
  EXPECT_EQ(value("/pay", "limit"), "1");
}

TEST_F(Review, WhoSeesNoDraftsSeesNoRequest) {
  const auto id = submit({to("2")});
  EXPECT_EQ(step(id, Comment, "vic"), RequestNotFound);
  EXPECT_FALSE(find_request(world_.store, id, caller("vic")));
  EXPECT_TRUE(list_requests(world_.store, {.path = "/", .limit = 10}, caller("vic")).items.empty());
}

// --- nobody approves their own

TEST_F(Review, NobodyApprovesTheirOwnAtAnyRoleOrRight) {
  for (const char* who : {"pat", "adam", "root"}) {
    const auto id = submit({to("2")}, who);
    EXPECT_EQ(step(id, Approve, who), SelfApproval) << who;
  }
}

TEST_F(Review, AnotherKeyOfTheSameOwnerIsTheSamePerson) {
  ASSERT_FALSE(refusal(CreateApiKey{sha256("pat's other"), "user:pat", {}, {}, 0}, "root"));
  const auto id = submit({to("2")}, "pat");
  EXPECT_EQ(step(id, Approve, "pat's other"), SelfApproval);
}

TEST_F(Review, WhoContributedDoesntApproveThoughAnotherBegan) {
  const auto id = draft({to("2")}, "ed");
  EXPECT_FALSE(edit(id, {to("3")}, "pat").refusal);
  EXPECT_FALSE(step(id, Submit, "ed"));
  EXPECT_EQ(step(id, Approve, "pat"), SelfApproval);
  EXPECT_FALSE(step(id, Approve, "pia"));
}

TEST_F(Review, WhoRebasesHasAHandInIt) {
  const auto id = submit({put("/ops", "k", "1", if_absent()), to("2")});
  ASSERT_FALSE(refusal(put("/ops", "k", "0"), "pat"));
  EXPECT_EQ(step(id, Approve, "pia"), BaseMoved);
  EXPECT_FALSE(step(id, Rebase, "pia"));
  EXPECT_FALSE(step(id, Submit, "ed"));
  EXPECT_EQ(step(id, Approve, "pia"), SelfApproval);
}

TEST_F(Review, TheSamePersonCountsOnce) {
  policy("/pay", {.approvals = 2});
  const auto id = submit({to("2")});
  EXPECT_FALSE(step(id, Approve, "pia"));
  EXPECT_EQ(step(id, Approve, "pia"), AlreadyApproved);
  EXPECT_EQ(step(id, Publish, "pat"), ApprovalsMissing);
}

TEST_F(Review, WithoutKeysAllAreOnePerson) {
  World open;
  const auto run = [&open](CommandBody body, std::string id) {
    Command command = by_alice(std::move(body));
    command.actor = {ActorType::User, std::move(id), {}};
    return open.run(command);
  };
  ASSERT_FALSE(run(PutPolicy{"/", {}, {.approvals = 1}}, "ann").refusal);
  const Reply made =
      run(CreateRequest{"t", {}, changes({put("/", "k", "1", if_absent())}), 0, true}, "ann");
  ASSERT_FALSE(made.refusal);
  const auto approve =
      StepRequest{made.revision.index, static_cast<std::uint64_t>(Approve), if_version(1), {}};
  EXPECT_EQ(run(approve, "bob").refusal, SelfApproval) << "an alias";
}

// --- what an approval is worth

TEST_F(Review, AnEditVoidsApprovalsWhateverItEdits) {
  policy("/pay", {.approvals = 2});
  for (const bool later : {false, true}) {
    const auto id = submit({to("2")});
    EXPECT_FALSE(step(id, Approve, "pia"));
    EXPECT_FALSE(step(id, Approve, "adam"));
    EXPECT_EQ(phase(id), RequestPhase::Approved);
    EXPECT_FALSE(run(EditRequest{id,
                                 {},
                                 "A change",
                                 "because",
                                 changes({to(later ? "2" : "3")}),
                                 later ? world_.now_ms + 50 : 0},
                     "ed")
                     .refusal);
    EXPECT_EQ(phase(id), RequestPhase::Draft);
    EXPECT_TRUE(approvals_of(world_.store, id).empty());
    EXPECT_EQ(step(id, Publish, "pat"), WrongRequestState);
    EXPECT_FALSE(step(id, Submit, "ed"));
    EXPECT_EQ(step(id, Publish, "pat"), ApprovalsMissing);
  }
}

TEST_F(Review, AnApprovalNamesTheVersionThatWasLookedAt) {
  const auto id = submit({to("2")});
  const StepRequest blind{id, static_cast<std::uint64_t>(Approve), {}, {}};
  EXPECT_EQ(validate(by_alice(blind)).error().kind, CommandFaultKind::VersionRequired);
  const std::uint64_t seen = row(id).version;
  EXPECT_FALSE(edit(id, {to("3")}, "ed").refusal);
  EXPECT_FALSE(step(id, Submit, "ed"));
  EXPECT_EQ(take(id, Approve, "pia", {}, seen).refusal, VersionMismatch);
  EXPECT_EQ(take(id, Publish, "pat", {}, seen).refusal, ApprovalsMissing);
}

TEST_F(Review, ThePreviewShowsWhatThePublicationPublishes) {
  const auto id = submit({to("2")});
  EXPECT_FALSE(step(id, Approve, "pia"));
  const std::uint64_t seen = row(id).version;
  EXPECT_FALSE(edit(id, {to("3")}, "ed").refusal);
  EXPECT_EQ(take(id, Publish, "pat", {}, seen).refusal, WrongRequestState);
  EXPECT_EQ(value("/pay", "limit"), "1");
}

TEST_F(Review, AnApprovalIsWorthWhatItsGiverMayStillDo) {
  const auto id = submit({to("2")});
  EXPECT_FALSE(step(id, Approve, "pia"));
  EXPECT_FALSE(refusal(DeleteAssignment{"/", "user:pia", {}}, "root"));
  EXPECT_EQ(step(id, Publish, "pat"), ApprovalsMissing);
}

TEST_F(Review, APolicyThatIsTightenedHoldsForWhatIsApprovedAlready) {
  const auto id = submit({to("2")});
  EXPECT_FALSE(step(id, Approve, "pia"));
  policy("/pay", {.approvals = 2});
  EXPECT_EQ(step(id, Publish, "pat"), ApprovalsMissing);
  EXPECT_FALSE(step(id, Approve, "adam"));
  EXPECT_FALSE(step(id, Publish, "pat"));
}

TEST_F(Review, APolicyThatIsRelaxedLeavesNoLockBehind) {
  const auto id = submit({to("2")});
  policy("/pay", {});
  EXPECT_FALSE(step(id, Publish, "pat"));
}

TEST_F(Review, MembersOfTheNamedGroupsMustBeAmongThem) {
  policy("/pay", {.approvals = 1, .groups = "group:payments"});
  const auto id = submit({to("2")});
  EXPECT_FALSE(step(id, Approve, "pia"));
  EXPECT_EQ(step(id, Publish, "pat"), ApprovalsMissing);
  ASSERT_FALSE(refusal(AddGroupMember{"payments/user:adam"}, "root"));
  EXPECT_FALSE(step(id, Approve, "adam"));
  EXPECT_FALSE(step(id, Publish, "pat"));
}

TEST_F(Review, RulesAreKeyedByNamespaceTheNearestOneHolds) {
  policy("/pay/stripe", {.approvals = 2});
  const auto both = submit({to("2"), put("/pay/stripe", "k", "1", if_absent())});
  EXPECT_FALSE(step(both, Approve, "pia"));
  EXPECT_EQ(step(both, Publish, "pat"), ApprovalsMissing) << "each namespace asks by itself";
  EXPECT_FALSE(step(both, Approve, "adam"));
  EXPECT_FALSE(step(both, Publish, "pat"));
}

TEST_F(Review, ApproversOfOneNamespaceDontSpeakForAnother) {
  ASSERT_FALSE(refusal(make_namespace("/bank"), "root"));
  hire("bea", "/bank", "publisher");
  policy("/bank", {.approvals = 1});
  hire("both", "/", "editor");
  const auto id = submit({to("2"), put("/bank", "k", "1", if_absent())}, "both");
  EXPECT_EQ(step(id, Approve, "bea"), Forbidden) << "nobody agrees to what they can't see";
  EXPECT_EQ(find_request(world_.store, id, caller("bea"))->changes.at(0).hidden, true);
}

// --- who publishes

TEST_F(Review, WhoApprovedLeavesPublishingToOthersWhereThePolicySaysSo) {
  policy("/pay", {.approvals = 1, .approver_must_not_publish = true});
  const auto id = submit({to("2")});
  EXPECT_FALSE(step(id, Approve, "pia"));
  EXPECT_EQ(step(id, Publish, "pia"), ApproverPublishes);
  EXPECT_FALSE(step(id, Publish, "pat"));
}

TEST_F(Review, TheLastApprovalPublishesWhereThePolicySaysSo) {
  policy("/pay", {.approvals = 1, .publish_on_approval = true});
  const auto id = submit({to("2")});
  const Reply reply = take(id, Approve, "pia");
  EXPECT_FALSE(reply.refusal);
  EXPECT_EQ(value("/pay", "limit"), "2");
  std::vector<Action> actions;
  for (const AuditRow& event : events_of(reply.revision.index)) actions.push_back(event.action);
  EXPECT_EQ(actions, (std::vector{Action::RequestApproved, Action::ConfigUpdated,
                                  Action::RequestPublished}));
}

TEST_F(Review, AnApprovalStandsThoughItsPublicationIsRefused) {
  policy("/pay", {.approvals = 1, .publish_on_approval = true});
  const auto id = submit({to("2"), drop_namespace("/pay", if_version(1))}, "root");
  EXPECT_FALSE(step(id, Approve, "adam"));
  EXPECT_EQ(phase(id), RequestPhase::Approved);
  EXPECT_EQ(value("/pay", "limit"), "1");
}

// --- all or nothing

TEST_F(Review, AChangeSetIsOneRevisionAcrossNamespaces) {
  const auto id =
      submit({to("2"), put("/ops", "k", "7", if_absent()), make_namespace("/ops/new", if_absent()),
              put("/ops/new", "k", "8", if_absent())},
             "adam");
  EXPECT_FALSE(step(id, Approve, "pia"));
  const Reply reply = take(id, Publish, "adam");
  ASSERT_FALSE(reply.refusal);
  EXPECT_EQ(find_entry(world_.store, "/pay", "limit")->revision, reply.revision);
  EXPECT_EQ(find_entry(world_.store, "/ops", "k")->revision, reply.revision);
  EXPECT_EQ(value("/ops/new", "k"), "8");
  const auto events = events_of(reply.revision.index);
  ASSERT_EQ(events.size(), 5U);
  for (std::size_t i = 0; i < events.size(); ++i) {
    EXPECT_EQ(events[i].ordinal, i);
    EXPECT_EQ(events[i].change_request, id);
  }
  // Watchers get all of it in one page, however small that is.
  const auto page = changes_after(world_.store, {.path = "/", .key = {}}, reply.revision.index - 1,
                                  reply.revision.index, 1);
  EXPECT_EQ(page.changes.size(), 3U);
}

TEST_F(Review, WhenOneChangeIsRefusedNothingIsPublished) {
  const auto id = submit(
      {to("2"), put("/ops", "k", "7", if_absent()), drop_namespace("/pay", if_version(1))}, "adam");
  EXPECT_FALSE(step(id, Approve, "pia"));
  const Bytes before = world_.snapshot();
  const std::uint64_t events = world_.meta().audit_events;
  const Reply reply = take(id, Publish, "adam");
  EXPECT_EQ(reply.refusal, NamespaceNotEmpty);
  EXPECT_EQ(reply.refused_change, 3U);
  EXPECT_EQ(value("/pay", "limit"), "1");
  EXPECT_FALSE(value("/ops", "k"));
  EXPECT_EQ(world_.meta().audit_events, events + 1) << "the refusal alone";
  EXPECT_EQ(phase(id), RequestPhase::Approved);
}

TEST_F(Review, WhoPublishesHoldsWhatEachChangeTakes) {
  hire("ops", "/ops", "publisher");
  ASSERT_FALSE(refusal(PutAssignment{"/pay", "user:ops", "editor", {}}, "root") ==
               std::optional<Refusal>{});
  const auto id = submit(
      {put("/ops", "k", "7", if_absent()), PutAssignment{"/ops", "user:ed", "admin", if_absent()}},
      "adam");
  EXPECT_EQ(step(id, Publish, "pat"), Forbidden) << "nobody grants what they don't hold";
  EXPECT_FALSE(value("/ops", "k"));
  EXPECT_FALSE(step(id, Publish, "adam"));
}

// --- what moved on

TEST_F(Review, ABaseThatMovedIsAConflictAndARebaseMendsIt) {
  policy("/pay", {});
  const auto id = submit({to("2")});
  ASSERT_FALSE(refusal(put("/pay", "limit", "9"), "pat"));
  EXPECT_EQ(phase(id), RequestPhase::Superseded);
  const Reply reply = take(id, Publish, "pat");
  EXPECT_EQ(reply.refusal, BaseMoved);
  EXPECT_EQ(reply.refused_change, 1U);
  const RequestView view = find_request(world_.store, id, caller("ed")).value();
  EXPECT_EQ(view.changes.at(0).base_row->value, "1");
  EXPECT_EQ(view.changes.at(0).live_row->value, "9");
  EXPECT_EQ(std::get<PutEntry>(*view.changes.at(0).change).value, "2");
  EXPECT_FALSE(step(id, Rebase, "ed"));
  EXPECT_FALSE(step(id, Submit, "ed"));
  EXPECT_FALSE(step(id, Publish, "pat"));
  EXPECT_EQ(value("/pay", "limit"), "2");
}

TEST_F(Review, ADraftOfWhatMovedOnIsntSubmitted) {
  const auto id = draft({put("/ops", "k", "1", if_absent())});
  ASSERT_FALSE(refusal(put("/ops", "k", "0"), "pat"));
  EXPECT_EQ(step(id, Submit, "ed"), BaseMoved);
}

// --- rollback

TEST_F(Review, ARollbackPublishesThatContentAgain) {
  policy("/pay", {.approvals = 1, .rollback_needs_approval = true});
  const auto id = submit({to("2")});
  ASSERT_FALSE(step(id, Approve, "pia"));
  ASSERT_FALSE(step(id, Publish, "pat"));
  EXPECT_EQ(refusal(back("/pay", "limit", 1), "pat"), ReviewRequired);
  const auto undo = submit({back("/pay", "limit", 1, if_version(2))});
  ASSERT_FALSE(step(undo, Approve, "pia"));
  ASSERT_FALSE(step(undo, Publish, "pat"));
  EXPECT_EQ(value("/pay", "limit"), "1");
  EXPECT_EQ(find_entry(world_.store, "/pay", "limit")->version, 3U);
}

TEST_F(Review, ARollbackIsInstantWhereThePolicySaysSo) {
  const auto id = submit({to("2")});
  ASSERT_FALSE(step(id, Approve, "pia"));
  ASSERT_FALSE(step(id, Publish, "pat"));
  EXPECT_EQ(refusal(back("/pay", "limit", 1), "ed"), Forbidden);
  EXPECT_FALSE(refusal(back("/pay", "limit", 1), "pat"));
  EXPECT_EQ(value("/pay", "limit"), "1");
}

// --- rejections, ends

TEST_F(Review, ARejectionSaysWhyAndVoidsApprovals) {
  const auto id = submit({to("2")});
  EXPECT_FALSE(step(id, Approve, "pia"));
  const StepRequest mute{id, static_cast<std::uint64_t>(Reject), {}, {}};
  EXPECT_EQ(validate(by_alice(mute)).error().kind, CommandFaultKind::TextRequired);
  EXPECT_FALSE(step(id, Reject, "pat", "too much"));
  EXPECT_EQ(phase(id), RequestPhase::Rejected);
  EXPECT_TRUE(approvals_of(world_.store, id).empty());
  EXPECT_EQ(find_request(world_.store, id, caller("ed"))->notes.back().row.text, "too much");
  EXPECT_FALSE(edit(id, {to("3")}, "ed").refusal) << "goes on from there";
}

TEST_F(Review, WhatIsWithdrawnOrPublishedStaysWhatItWas) {
  const auto gone = submit({to("2")});
  EXPECT_EQ(step(gone, Withdraw, "pat"), Forbidden) << "another's";
  EXPECT_FALSE(step(gone, Withdraw, "ed"));
  const auto done = submit({put("/ops", "k", "1", if_absent())});
  EXPECT_FALSE(step(done, Publish, "pat"));
  for (const auto id : {gone, done}) {
    EXPECT_EQ(edit(id, {to("3")}, "ed").refusal, WrongRequestState);
    for (const auto next :
         {Submit, Approve, Reject, Withdraw, Rebase, Publish, Emergency, RequestStep::Review}) {
      const auto no = step(id, next, "root");
      EXPECT_TRUE(no == WrongRequestState) << static_cast<int>(next);
    }
    EXPECT_FALSE(step(id, Comment, "pat")) << "may still be talked about";
  }
}

TEST_F(Review, ARequestExpiresByLogTime) {
  policy("/pay", {.approvals = 1, .lifetime_ms = 1000});
  const auto id = submit({to("2")});
  EXPECT_FALSE(step(id, Approve, "pia"));
  world_.now_ms += 1000;
  EXPECT_EQ(step(id, Publish, "pat"), RequestExpired);
  EXPECT_EQ(phase(id), RequestPhase::Expired);
  EXPECT_FALSE(edit(id, {to("2")}, "ed").refusal);
  EXPECT_FALSE(step(id, Submit, "ed"));
  EXPECT_EQ(phase(id), RequestPhase::Pending);
}

// --- freezes and emergencies

TEST_F(Review, NothingIsPublishedInAFreeze) {
  policy("/pay",
         {.approvals = 1, .freezes = join_windows({{world_.now_ms, world_.now_ms + 1000}})});
  const auto id = submit({to("2")});
  EXPECT_FALSE(step(id, Approve, "pia"));
  EXPECT_EQ(step(id, Publish, "pat"), Frozen);
  EXPECT_EQ(refusal(back("/pay", "limit", 1), "pat"), Frozen) << "not by a rollback either";
  world_.now_ms += 1000;
  EXPECT_FALSE(step(id, Publish, "pat"));
}

TEST_F(Review, AFreezeHoldsForDirectWritesToo) {
  policy("/ops", {.freezes = join_windows({{0, world_.now_ms + 1000}})});
  EXPECT_EQ(refusal(put("/ops", "k"), "adam"), Frozen);
  EXPECT_FALSE(refusal(PutPolicy{"/ops", {}, {}}, "adam")) << "its end isn't frozen";
}

TEST_F(Review, AFreezeIsLiftedByARequestLikeAnyOther) {
  policy("/pay", {.approvals = 1, .freezes = "0-9000000000000"});
  const std::uint64_t now = live_version_of(world_.store, PutPolicy{"/pay", {}, {}}).value();
  const CommandBody lift = PutPolicy{"/pay", if_version(now), {.approvals = 1}};
  const std::uint64_t both = submit({lift, to("2")}, "adam");
  ASSERT_FALSE(step(both, Approve, "pat"));
  EXPECT_EQ(step(both, Publish, "adam"), Frozen) << "what goes live in it is held up";
  const std::uint64_t id = submit({lift}, "adam");
  ASSERT_FALSE(step(id, Approve, "pat"));
  EXPECT_EQ(step(id, Emergency, "root", "no need"), NoEmergencyNeeded);
  ASSERT_FALSE(step(id, Publish, "adam"));
  const std::uint64_t after = submit({to("2")});
  ASSERT_FALSE(step(after, Approve, "pat"));
  EXPECT_FALSE(step(after, Publish, "pia"));
}

TEST_F(Review, AnEmergencyIsForWhoThePolicyNamesAndLoud) {
  policy("/pay", {.approvals = 2, .emergency = "group:oncall"});
  const auto id = submit({to("2")});
  EXPECT_EQ(step(id, Emergency, "pat"), NoEmergency);
  EXPECT_EQ(step(id, Emergency, "adam"), NoEmergency) << "no role makes up for it";
  ASSERT_FALSE(refusal(AddGroupMember{"oncall/user:pat"}, "root"));
  const StepRequest mute{id, static_cast<std::uint64_t>(Emergency), if_version(1), {}};
  EXPECT_EQ(validate(by_alice(mute)).error().kind, CommandFaultKind::TextRequired);
  const Reply reply = take(id, Emergency, "pat", "the shop is down");
  EXPECT_FALSE(reply.refusal);
  EXPECT_EQ(value("/pay", "limit"), "2");
  EXPECT_EQ(events_of(reply.revision.index).back().action, Action::RequestEmergencyPublished);
}

TEST_F(Review, AnEmergencyIsOfOneNamespaceSoThatNothingKeepsItFromOthers) {
  policy("/pay", {.approvals = 2, .emergency = "user:pat"});
  const auto both = submit({to("2"), put("/ops", "k", "1", if_absent())}, "adam");
  ASSERT_FALSE(refusal(PutAssignment{"/ops", "user:pat", "publisher", {}}, "root"));
  EXPECT_EQ(step(both, Emergency, "pat", "down"), EmergencyTooWide);
  world_.feature_level = kWholeRights - 1;
  EXPECT_FALSE(step(both, Emergency, "pat", "down")) << "as before";
}

TEST_F(Review, AnEmergencyIsLookedAtAfterwardsBySomebodyElse) {
  policy("/pay", {.approvals = 2, .emergency = "user:pat"});
  const auto id = submit({to("2")});
  ASSERT_FALSE(step(id, Emergency, "pat", "down"));
  EXPECT_EQ(step(id, RequestStep::Review, "pat"), SelfApproval);
  EXPECT_EQ(step(id, RequestStep::Review, "ed"), Forbidden);
  const auto waiting = [&] {
    return list_requests(world_.store, {.path = "/pay", .inbox = Inbox::Waiting, .limit = 10},
                         caller("pia"))
        .items;
  };
  const std::size_t before = waiting().size();
  EXPECT_FALSE(step(id, RequestStep::Review, "pia"));
  EXPECT_EQ(waiting().size() + 1, before);
  EXPECT_EQ(step(id, RequestStep::Review, "pia"), WrongRequestState);
}

TEST_F(Review, WhatCanBePublishedAsItIsIsNoEmergency) {
  policy("/pay", {.approvals = 1, .emergency = "user:pat"});
  const auto id = submit({to("2")});
  ASSERT_FALSE(step(id, Approve, "pia"));
  EXPECT_EQ(step(id, Emergency, "pat"), NoEmergencyNeeded);
}

TEST_F(Review, ABypassNeverAttachesToWhatCanStillBeEdited) {
  policy("/pay", {.approvals = 1, .emergency = "user:pat"});
  const auto id = draft({to("2")});
  EXPECT_EQ(step(id, Emergency, "pat"), WrongRequestState) << "a draft";
  ASSERT_FALSE(step(id, Submit, "ed"));
  ASSERT_FALSE(step(id, Emergency, "pat"));
  EXPECT_EQ(edit(id, {to("3", 2)}, "ed").refusal, WrongRequestState);
  EXPECT_EQ(refusal(put("/pay", "limit", "3"), "pat"), ReviewRequired) << "nothing is left open";
}

// --- schedules

TEST_F(Review, AScheduledPublicationIsDecidedAnewAtItsMoment) {
  const std::int64_t at = world_.now_ms + 1000;
  const auto id = submit({to("2")}, "ed", at);
  ASSERT_FALSE(step(id, Approve, "pia"));
  EXPECT_EQ(step(id, Publish, "ed"), Forbidden);
  EXPECT_FALSE(step(id, Publish, "pat"));
  EXPECT_EQ(phase(id), RequestPhase::Scheduled);
  EXPECT_EQ(due(id).refusal, WrongRequestState) << "not yet";
  EXPECT_FALSE(due_by(world_.now_ms));
  world_.now_ms = at;
  EXPECT_EQ(due_by(world_.now_ms), id);
  EXPECT_FALSE(due(id).refusal);
  EXPECT_EQ(value("/pay", "limit"), "2");
  EXPECT_FALSE(due_by(world_.now_ms));
}

TEST_F(Review, WhatIsScheduledDoesntExpireBeforeItsTime) {
  policy("/pay", {.approvals = 1, .lifetime_ms = 1000});
  const std::int64_t at = world_.now_ms + 100'000;
  const std::uint64_t id = submit({to("2")}, "ed", at);
  ASSERT_FALSE(step(id, Approve, "pat"));
  ASSERT_FALSE(step(id, Publish, "pat"));
  EXPECT_EQ(row(id).expires_ms, at + 1000) << "and not with its time either";
  world_.now_ms += 50'000;
  ASSERT_FALSE(refusal(put("/ops", "k"), "adam")) << "so that log time has come so far";
  EXPECT_EQ(phase(id), RequestPhase::Scheduled);
  world_.now_ms = at;
  EXPECT_FALSE(due(id).refusal);
  EXPECT_EQ(phase(id), RequestPhase::Published);
}

TEST_F(Review, WhoScheduledItMustStillBeAllowedAtThatMoment) {
  const std::int64_t at = world_.now_ms + 1000;
  const auto id = submit({to("2")}, "ed", at);
  ASSERT_FALSE(step(id, Approve, "pia"));
  ASSERT_FALSE(step(id, Publish, "pat"));
  ASSERT_FALSE(refusal(DeleteAssignment{"/", "user:pat", {}}, "root"));
  world_.now_ms = at;
  EXPECT_FALSE(due(id).refusal);
  EXPECT_EQ(value("/pay", "limit"), "1");
  EXPECT_EQ(phase(id), RequestPhase::Approved) << "off the schedule";
  const NoteRow note = find_request(world_.store, id, caller("root"))->notes.back().row;
  EXPECT_EQ(note.action, Action::RequestUnscheduled);
  EXPECT_EQ(note.refusal, Forbidden);
  EXPECT_FALSE(due_by(world_.now_ms)) << "it isn't tried for ever";
}

TEST_F(Review, AnEditTakesItOffTheSchedule) {
  const auto id = submit({to("2")}, "ed", world_.now_ms + 1000);
  ASSERT_FALSE(step(id, Approve, "pia"));
  ASSERT_FALSE(step(id, Publish, "pat"));
  ASSERT_FALSE(edit(id, {to("3")}, "ed").refusal);
  EXPECT_FALSE(due_by(INT64_MAX));
}

TEST_F(Review, ADueRequestIsForTheClusterToAskFor) {
  EXPECT_EQ(refusal(PublishDue{1}, "root"), Forbidden);
}

// --- what is malformed

TEST_F(Review, WhatARequestMayHold) {
  using enum CommandFaultKind;
  const auto fault_of = [](const Bytes& joined, std::string title = "t") {
    const auto ok = validate(by_alice(CreateRequest{std::move(title), {}, joined, 0, false}));
    return ok ? std::optional<CommandFaultKind>() : std::optional(ok.error().kind);
  };
  EXPECT_FALSE(fault_of(changes({to("2")})));
  EXPECT_EQ(fault_of({}), BadChanges);
  EXPECT_EQ(fault_of("\xff"), BadChanges);
  EXPECT_EQ(fault_of(changes({to("2")}), ""), BadTitle);
  EXPECT_EQ(fault_of(changes({put("/pay", "k")})), ChangeWithoutVersion);
  EXPECT_EQ(fault_of(changes({to("2"), to("3")})), ChangeTwice);
  EXPECT_EQ(fault_of(changes({to("2"), del("/pay", "limit", if_version(1))})), ChangeTwice);
  EXPECT_EQ(fault_of(changes({CreateApiKey{{}, "user:ed", {}, {}, 0}})), ChangeNotAllowed);
  EXPECT_EQ(fault_of(changes({StepRequest{1, 1, {}, {}}})), ChangeNotAllowed);
  EXPECT_EQ(fault_of(changes({RollbackEntry{
                .path = "/a", .key = "k", .precondition = if_version(1), .to_time_ms = 5}})),
            BadTarget);
  std::vector<CommandBody> many;
  for (std::uint64_t i = 0; i <= kMaxChanges; ++i) {
    many.push_back(put("/pay", numbered("k", i), "1", if_absent()));
  }
  EXPECT_EQ(fault_of(changes(many)), BadChanges);
  many.clear();
  for (std::uint64_t i = 0; i <= kMaxNamespacesOfRequest; ++i) {
    many.push_back(put(numbered("/n", i), "k", "1", if_absent()));
  }
  EXPECT_EQ(fault_of(changes(many)), TooManyNamespaces);
  many.clear();
  for (const char* path : {"/pay", "/ops"}) {
    many.emplace_back(RollbackNamespace{.path = path, .to_revision = {1, 1}});
  }
  EXPECT_EQ(fault_of(changes(many)), TooManyRollbacks);
  many.clear();
  for (const char* path : {"/pay", "/ops", "/else"}) {
    many.emplace_back(PutBinding{.path = path, .bound = {}, .precondition = if_absent()});
  }
  EXPECT_EQ(fault_of(changes(many)), TooManyBindings);
  many.clear();
  many.emplace_back(RollbackNamespace{.path = "/pay", .to_revision = {1, 1}});
  many.emplace_back(RollbackNamespace{.path = "/ops", .to_revision = {1, 1}});
  many.pop_back();
  EXPECT_EQ(fault_of(changes(many)), std::nullopt);
}

TEST_F(Review, WhatAPolicyMaySay) {
  using enum CommandFaultKind;
  const auto fault_of = [](PolicyTerms terms) {
    const auto ok = validate(by_alice(PutPolicy{"/", {}, std::move(terms)}));
    return ok ? std::optional<CommandFaultKind>() : std::optional(ok.error().kind);
  };
  EXPECT_FALSE(fault_of({.approvals = kMaxApprovals, .freezes = "5-6,7-9"}));
  EXPECT_EQ(fault_of({.approvals = kMaxApprovals + 1}), BadApprovals);
  EXPECT_EQ(fault_of({.groups = "user:ed"}), BadGroups);
  EXPECT_EQ(fault_of({.emergency = "ed"}), BadEmergency);
  EXPECT_EQ(fault_of({.lifetime_ms = -1}), BadLifetime);
  for (const char* freezes : {"5", "6-5", "5-5", "x-5", "7-9,5-6", "5-6,5-6", "05-6", "5-6,"}) {
    EXPECT_EQ(fault_of({.freezes = freezes}), BadFreezes) << freezes;
  }
  EXPECT_EQ(fault_of({.approver_must_not_publish = true, .publish_on_approval = true}),
            ContradictoryPolicy);
}

// --- what is told beforehand

TEST_F(Review, EachActionIsToldWithTheReasonWhereItIsntAllowed) {
  const auto id = submit({to("2")});
  const auto why_not = [&](std::string_view who, RequestVerb verb) {
    const RequestView view = find_request(world_.store, id, caller(who)).value();
    for (const AllowedAction& action : view.actions) {
      if (action.verb == verb) return action.why_not;
    }
    return std::optional(BadCommand);
  };
  EXPECT_EQ(why_not("ed", RequestVerb::Approve), Forbidden);
  EXPECT_EQ(why_not("pat", RequestVerb::Approve), std::nullopt);
  EXPECT_EQ(why_not("pat", RequestVerb::Publish), ApprovalsMissing);
  EXPECT_EQ(why_not("ed", RequestVerb::Edit), std::nullopt);
  ASSERT_FALSE(step(id, Approve, "pia"));
  EXPECT_EQ(why_not("ed", RequestVerb::Publish), Forbidden);
  EXPECT_EQ(why_not("pia", RequestVerb::Approve), AlreadyApproved);
  EXPECT_EQ(why_not("pat", RequestVerb::Publish), std::nullopt);
}

TEST_F(Review, WhatIsScheduledIsNotToldToBePublishedAgain) {
  const auto id = submit({to("2")}, "ed", world_.now_ms + 100'000);
  ASSERT_FALSE(step(id, Approve, "pia"));
  const auto why_not = [&] {
    const RequestView view = find_request(world_.store, id, caller("pat")).value();
    return std::ranges::find(view.actions, RequestVerb::Publish, &AllowedAction::verb)->why_not;
  };
  EXPECT_EQ(why_not(), std::nullopt);
  ASSERT_FALSE(step(id, Publish, "pat"));
  EXPECT_EQ(phase(id), RequestPhase::Scheduled);
  EXPECT_EQ(why_not(), WrongRequestState);
  EXPECT_EQ(step(id, Publish, "pat"), WrongRequestState);
}

// Whoever may comment could make a request that nobody can approve any more.
TEST_F(Review, CommentsEndBeforeWhatDecidesDoesAndItIsToldBefore) {
  // What is told asks the cluster for its level.
  apply_feature_level(world_.store, {1, world_.meta().applied.index + 1}, kNewestFeatureLevel);
  const auto id = submit({to("2")});
  const auto why_not = [&](RequestVerb verb) {
    const RequestView view = find_request(world_.store, id, caller("pat")).value();
    return std::ranges::find(view.actions, verb, &AllowedAction::verb)->why_not;
  };
  while (row(id).notes < kMaxNotesCommented) ASSERT_FALSE(step(id, Comment, "ed", "word"));
  EXPECT_EQ(why_not(RequestVerb::Comment), TooManyNotes);
  EXPECT_EQ(step(id, Comment, "pat", "word"), TooManyNotes);
  EXPECT_EQ(why_not(RequestVerb::Approve), std::nullopt);
  EXPECT_EQ(why_not(RequestVerb::Reject), std::nullopt);
  EXPECT_EQ(why_not(RequestVerb::Rebase), std::nullopt);
  EXPECT_FALSE(step(id, Approve, "pia"));
  EXPECT_FALSE(step(id, Publish, "pat"));
}

TEST_F(Review, AtItsLastNoteARequestCanStillEndAndItIsToldBefore) {
  // What is told asks the cluster for its level.
  apply_feature_level(world_.store, {1, world_.meta().applied.index + 1}, kNewestFeatureLevel);
  const auto id = submit({to("2")});
  const auto why_not = [&](RequestVerb verb) {
    const RequestView view = find_request(world_.store, id, caller("pat")).value();
    return std::ranges::find(view.actions, verb, &AllowedAction::verb)->why_not;
  };
  while (row(id).notes < kMaxNotes) ASSERT_FALSE(edit(id, {to("3")}, "pat").refusal);
  for (const RequestVerb verb : {RequestVerb::Submit, RequestVerb::Edit, RequestVerb::Rebase}) {
    EXPECT_EQ(why_not(verb), TooManyNotes);
  }
  EXPECT_EQ(step(id, Submit, "pat"), TooManyNotes);
  EXPECT_EQ(edit(id, {to("4")}, "pat").refusal, TooManyNotes);
  EXPECT_EQ(why_not(RequestVerb::Withdraw), std::nullopt);
  EXPECT_FALSE(step(id, Withdraw, "pat"));
}

TEST_F(Review, WhoWouldBeOneContributorTooManyIsToldBefore) {
  apply_feature_level(world_.store, {1, world_.meta().applied.index + 1}, kNewestFeatureLevel);
  const auto id = submit({to("2")});
  for (std::size_t i = 1; i < kMaxContributors; ++i) {
    const std::string name = numbered("writer", i);
    hire(name, "/", "editor");
    ASSERT_FALSE(edit(id, {to("3")}, name).refusal) << i;
  }
  const RequestView view = find_request(world_.store, id, caller("adam")).value();
  for (const RequestVerb verb : {RequestVerb::Edit, RequestVerb::Rebase}) {
    EXPECT_EQ(std::ranges::find(view.actions, verb, &AllowedAction::verb)->why_not, TooMany);
  }
  EXPECT_EQ(edit(id, {to("4")}, "adam").refusal, TooMany);
  EXPECT_FALSE(edit(id, {to("4")}, "ed").refusal) << "who is one already goes on";
}

TEST_F(Review, BelowItsLevelCommentsGoOnUntilNothingElseDoes) {
  world_.feature_level = kCommentsEnd - 1;
  const auto id = submit({to("2")});
  while (row(id).notes < kMaxNotes) ASSERT_FALSE(step(id, Comment, "ed", "word"));
  EXPECT_EQ(step(id, Comment, "ed", "word"), TooMany);
  EXPECT_EQ(step(id, Approve, "pia"), TooMany);
}

TEST_F(Review, WhatIsSubmittedAsItIsMadeIsTwoEvents) {
  const auto id = submit({to("2")});
  const auto events = events_of(id);
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].action, Action::RequestCreated);
  EXPECT_EQ(events[1].action, Action::RequestSubmitted);
  for (const AuditRow& event : events) {
    EXPECT_EQ(event.path, "/pay");
    EXPECT_EQ(event.change_request, id);
    EXPECT_EQ(event.new_version, 1U);
  }
  EXPECT_EQ(events_of(draft({to("3")})).size(), 1U);
  world_.feature_level = kSubmissionsNoted - 1;
  EXPECT_EQ(events_of(submit({to("3")})).size(), 1U);
}

class StartingFromLive : public Review {
 protected:
  // As a node proposes it that has been asked for a request without bases.
  Command ask(const std::string& value, std::uint64_t level = kFilledBases) {
    CommandBody body = CreateRequest{
        .title = "t",
        .changes = changes({put("/pay", "limit", value), make_namespace("/new", if_absent())})};
    start_from_live(world_.store, body, {0}, level);
    Command command = by_alice(std::move(body));
    command.api_key = sha256("ed");
    command.idempotency_key = "once";
    return command;
  }
};

TEST_F(StartingFromLive, WhoTriesAgainIsAnsweredAsTheFirstTimeThoughAnotherVersionIsLive) {
  const Reply made = world_.run(ask("7"));
  ASSERT_FALSE(made.refusal);
  ASSERT_FALSE(refusal(put("/ops", "k", "1"), "pat"));
  const auto other = submit({to("6")});
  ASSERT_FALSE(step(other, Approve, "pia"));
  ASSERT_FALSE(step(other, Publish, "pat"));
  const Reply again = world_.run(ask("7"));
  EXPECT_FALSE(again.refusal);
  EXPECT_TRUE(again.replayed);
  EXPECT_EQ(again.revision, made.revision);
  EXPECT_EQ(world_.run(ask("8")).refusal, IdempotencyKeyReused) << "that is another request";
}

TEST_F(StartingFromLive, WhoNamesABaseAsksForThatOne) {
  ASSERT_FALSE(world_.run(ask("7")).refusal);
  Command named = ask("7");
  std::get<CreateRequest>(named.body).from_live.clear();
  EXPECT_EQ(world_.run(named).refusal, IdempotencyKeyReused);
}

TEST_F(StartingFromLive, IsSaidFromItsLevelOn) {
  EXPECT_EQ(since_of(ask("7")), kFilledBases);
  const Command before = ask("7", kFilledBases - 1);
  EXPECT_TRUE(std::get<CreateRequest>(before.body).from_live.empty());
  EXPECT_LT(since_of(before), kFilledBases);
}

TEST_F(StartingFromLive, NamesChangesThatThereAreEachOnce) {
  const auto fault = [&](const Bytes& numbers) -> std::optional<CommandFaultKind> {
    Command command = ask("7");
    std::get<CreateRequest>(command.body).from_live = numbers;
    const auto ok = validate(command);
    return ok ? std::nullopt : std::optional(ok.error().kind);
  };
  EXPECT_EQ(fault({0, 1}), std::nullopt);
  EXPECT_EQ(fault({2}), CommandFaultKind::BadChanges);
  EXPECT_EQ(fault({1, 0}), CommandFaultKind::BadChanges);
  EXPECT_EQ(fault({1, 1}), CommandFaultKind::BadChanges);
}

TEST_F(Review, TheInboxHasMineAndWhatWaitsForMe) {
  const auto mine = submit({to("2")}, "pat");
  const auto theirs = submit({put("/ops", "k", "1", if_absent())}, "ed");
  const auto ids = [&](ListRequests query, std::string_view who) {
    query.limit = 10;
    std::vector<std::uint64_t> found;
    for (const auto& item : list_requests(world_.store, query, caller(who)).items) {
      if (!item.row.emergency) found.push_back(item.id);
    }
    return found;
  };
  using Ids = std::vector<std::uint64_t>;
  EXPECT_EQ(ids({.path = "/"}, "pat"), (Ids{theirs, mine})) << "newest first";
  EXPECT_EQ(ids({.path = "/", .inbox = Inbox::Mine}, "pat"), Ids{mine});
  EXPECT_EQ(ids({.path = "/", .inbox = Inbox::Waiting}, "pat"), Ids{theirs});
  EXPECT_EQ(ids({.path = "/pay"}, "pat"), Ids{mine});
  EXPECT_EQ(ids({.path = "/", .phase = RequestPhase::Pending}, "pat"), Ids{mine});
  EXPECT_EQ(ids({.path = "/", .author = "user:ed"}, "pat"), Ids{theirs});
  ASSERT_FALSE(step(theirs, Withdraw, "ed"));
  EXPECT_EQ(ids({.path = "/"}, "pat"), Ids{mine});
  EXPECT_EQ(ids({.path = "/", .open = false}, "pat"), (Ids{theirs, mine}));
}

// Whose key is a narrow one agrees to no more than that reaches: the approval itself would count
// wherever its giver may approve, then or later.
TEST_F(Review, AnApprovalTakesAKeyThatAllowsItInAllNamespacesFromItsLevelOn) {
  policy("/ops", {.approvals = 1});
  const std::string scopes = join_scopes(
      {{"/ops", PermissionSet::all()}, {"/pay", {Permission::Read, Permission::Draft}}});
  ASSERT_FALSE(refusal(CreateApiKey{sha256("narrow"), "user:pat", {}, scopes, 0}, "pat"));
  const auto both = submit({to("2"), put("/ops", "k", "1", if_absent())});
  EXPECT_EQ(step(both, Approve, "narrow"), KeyTooNarrow);
  EXPECT_EQ(row(both).approvals, 0U);
  EXPECT_FALSE(step(submit({put("/ops", "k", "1", if_absent())}), Approve, "narrow"));

  Command older = by_alice(
      StepRequest{both, static_cast<std::uint64_t>(Approve), if_version(row(both).version), {}});
  older.actor = {ActorType::Anonymous, "anonymous", "192.0.2.1"};
  older.api_key = sha256("narrow");
  EXPECT_FALSE(apply(world_.store, {1, world_.meta().applied.index + 1}, older, kSchemas).refusal)
      << "below its level it is decided as older builds decide it";
}

TEST_F(Review, ANamespacesPolicyGoesWithIt) {
  ASSERT_FALSE(refusal(make_namespace("/tmp"), "root"));
  policy("/tmp", {.lifetime_ms = 5000});
  ASSERT_FALSE(refusal(drop_namespace("/tmp"), "root"));
  EXPECT_FALSE(find_policy(world_.store, "/tmp"));
  EXPECT_EQ(world_.meta().policies, 1U);
}

// --- what is published together is held to schemas together

class ReviewOfSchemas : public Review {
 protected:
  ReviewOfSchemas() {
    for (const char* text : {R"({"maximum":10})", R"({"maximum":20})"}) {
      EXPECT_FALSE(refusal(PutSchema{"/ops", "limit", text, {}}, "root"));
    }
    EXPECT_FALSE(
        refusal(PutBinding{"/ops", bound(1), {}, *trial_stamp(world_.store, "/ops")}, "root"));
    policy("/ops", {.approvals = 1});
  }

  static std::string bound(std::uint64_t version) {
    const BoundSchema schema{{"/ops", "limit"}, version, "*"};
    return join_bindings({&schema, 1});
  }
  std::uint64_t stamp(std::uint64_t id) {
    return publication_stamp(world_.store, decoded_changes_of(world_.store, id, row(id))).value();
  }
  Reply publish_held(std::uint64_t id, std::uint64_t checked, std::string_view key = "adam") {
    return run(
        StepRequest{
            id, static_cast<std::uint64_t>(Publish), if_version(row(id).version), {}, checked},
        key);
  }
  std::uint64_t approved(const std::vector<CommandBody>& bodies, std::int64_t at_ms = 0) {
    const auto id = submit(bodies, "adam", at_ms);
    EXPECT_FALSE(step(id, Approve, "pia"));
    return id;
  }
};

TEST_F(ReviewOfSchemas, APublicationNamesWhatItWasHeldTo) {
  const auto id = approved({put("/ops", "k", "1", if_absent())});
  EXPECT_EQ(publish_held(id, 0).refusal, SchemaMoved);
  EXPECT_FALSE(value("/ops", "k"));
  EXPECT_FALSE(publish_held(id, stamp(id)).refusal);
  EXPECT_EQ(value("/ops", "k"), "1");
}

TEST_F(ReviewOfSchemas, AnApprovalIsOfTheSchemasThatWereBoundThen) {
  const auto id = approved({put("/ops", "k", "15", if_absent())});
  const std::uint64_t held_to = stamp(id);
  const std::uint64_t now = live_version_of(world_.store, PutBinding{"/ops", {}, {}, 0}).value();
  const auto rebinding = approved({PutBinding{"/ops", bound(2), if_version(now), 0}});
  EXPECT_FALSE(publish_held(rebinding, stamp(rebinding)).refusal) << "a binding is governed, too";
  EXPECT_EQ(publish_held(id, held_to).refusal, ApprovalsMissing);
  EXPECT_FALSE(step(id, Approve, "pia")) << "the same content, once more";
  EXPECT_EQ(publish_held(id, held_to).refusal, SchemaMoved);
  EXPECT_FALSE(publish_held(id, stamp(id)).refusal);
}

TEST_F(ReviewOfSchemas, ABindingThatMovedIsAConflictLikeAnyOther) {
  policy("/pay", {});
  const auto id = submit({PutBinding{"/pay", bound(1), if_absent(), 0}}, "adam");
  ASSERT_FALSE(
      refusal(PutBinding{"/pay", bound(2), {}, *trial_stamp(world_.store, "/pay")}, "root"));
  EXPECT_EQ(publish_held(id, stamp(id)).refusal, BaseMoved);
}

TEST_F(ReviewOfSchemas, ABindingTakesTheRightToReadWhatItIsTriedOnFromItsLevelOn) {
  policy("/pay", {});
  hire("boss", "/pay", "admin");
  auto vault = std::get<PutNamespace>(make_namespace("/pay/vault"));
  vault.inherit = static_cast<std::uint64_t>(Inherit::No);
  ASSERT_FALSE(refusal(vault, "root"));
  const PutBinding none{"/pay", {}, {}, *trial_stamp(world_.store, "/pay")};
  EXPECT_EQ(refusal(none, "boss"), BindsUnreadable);
  const auto id = submit({PutBinding{"/pay", {}, if_absent(), 0}}, "boss");
  EXPECT_EQ(publish_held(id, 0, "boss").refusal, BindsUnreadable) << "held to nothing";
  EXPECT_EQ(publish_held(id, stamp(id), "boss").refusal, BindsUnreadable);

  Command older = by_alice(none);
  older.actor = {ActorType::Anonymous, "anonymous", "192.0.2.1"};
  older.api_key = sha256("boss");
  EXPECT_FALSE(apply(world_.store, {1, world_.meta().applied.index + 1}, older, kSchemas).refusal)
      << "below its level it is decided as older builds decide it";
}

TEST_F(ReviewOfSchemas, ABindingTakesTheRightToReadTheSecretsThatItIsTriedOn) {
  policy("/pay", {});
  ASSERT_FALSE(refusal(
      PutRole{.name = "binder",
              .permissions = PermissionSet{Permission::Read, Permission::ManageSchemas}.bits()},
      "root"));
  hire("ben", "/pay", "binder");
  const PutBinding none{"/pay", {}, {}, *trial_stamp(world_.store, "/pay")};
  ASSERT_FALSE(refusal(none, "ben"));
  testing::CountingSealer sealer{{"m1"}};
  const WrappedKey key = sealer.make_key("/pay").value();
  PutEntry secret{.path = "/pay", .key = "pin", .content_type = "text/plain"};
  secret.value = sealer.seal(key, {secret.path, secret.key, secret.content_type}, "1234").value();
  secret.secrecy = static_cast<std::uint64_t>(Secrecy::Sealed);
  secret.data_key = encode(key);
  secret.checked = stamp_of(world_.store, "/pay", {&secret.key, 1});
  ASSERT_FALSE(refusal(secret, "root"));
  const PutBinding again{"/pay", {}, {}, *trial_stamp(world_.store, "/pay")};
  EXPECT_EQ(refusal(again, "ben"), BindsUnreadable);
}

TEST_F(ReviewOfSchemas, WhatIsDueAndIsntValidIsOffTheSchedule) {
  const std::int64_t at = world_.now_ms + 1000;
  const auto id = approved({put("/ops", "k", "99", if_absent())}, at);
  ASSERT_FALSE(publish_held(id, stamp(id)).refusal);
  world_.now_ms = at;
  Command command = by_alice(PublishDue{id, 0, false});
  command.actor = {ActorType::System, "schedule", {}};
  EXPECT_EQ(world_.run(command).refusal, SchemaMoved);
  EXPECT_TRUE(due_by(at)) << "it is held to that and asked for again";
  command.body = PublishDue{id, 0, true};
  EXPECT_FALSE(world_.run(command).refusal);
  EXPECT_FALSE(value("/ops", "k"));
  EXPECT_EQ(find_request(world_.store, id, caller("root"))->notes.back().row.refusal,
            SchemaViolated);
}

TEST_F(ReviewOfSchemas, ChangesOfOneNamespaceAreGatheredTogether) {
  Gathering gathering(world_.store, {put("/ops", "k", "1", if_absent()), to("2"),
                                     put("/ops", "l", "2", if_absent())});
  Work work;
  int steps = 1;
  while (!gathering.step(world_.store, 100, work).value()) ++steps;
  EXPECT_EQ(steps, 2) << "a namespace each";
  const Held held = gathering.take();
  ASSERT_EQ(held.namespaces.size(), 2U);
  std::size_t changes = 0;
  for (const HeldNamespace& each : held.namespaces) {
    changes += each.path == "/ops" ? each.changes.size() : 0;
  }
  EXPECT_EQ(changes, 2U);
}

}  // namespace
}  // namespace confman::domain
