#include "domain/base/feature_level.hpp"

#include <array>
#include <gtest/gtest.h>
#include <utility>

#include "domain/access/commands.hpp"
#include "domain/audit/query.hpp"
#include "domain/entries/query.hpp"
#include "domain/namespaces/namespace.hpp"
#include "domain/namespaces/query.hpp"
#include "domain/query/page.hpp"
#include "tests/domain/support.hpp"

// What applying an entry does by the level of the cluster: builds that differ apply the same log.
namespace confman::domain {
namespace {

class AtLevel : public ::testing::Test {
 protected:
  Reply run(CommandBody body, HlcStamp stamp, std::uint64_t level) {
    Command command = by_alice(std::move(body));
    command.stamp = stamp;
    return apply(world_.store, {1, world_.meta().applied.index + 1}, command, level);
  }
  AuditRow newest_event() {
    ListAudit query;
    query.path = "/";
    query.limit = 1;
    return list_audit(world_.store, query).items.at(0).row;
  }
  EntryRow entry() { return find_entry(world_.store, "/", "k").value(); }

  World world_;
};

TEST_F(AtLevel, StampsOfWhatIsAppliedIncreaseFromTheirLevelOn) {
  run(put("/", "k"), {5000, 7}, kStrictStamps);
  EXPECT_EQ(entry().updated_at, (HlcStamp{5000, 7}));
  run(put("/", "k"), {4000, 0}, kStrictStamps);
  EXPECT_EQ(entry().updated_at, (HlcStamp{5000, 8})) << "of an earlier leader's time";
  EXPECT_EQ(newest_event().stamp, (HlcStamp{5000, 8}));
  EXPECT_EQ(world_.meta().last_stamp, (HlcStamp{5000, 8}));
  run(put("/", "k"), {5000, 8}, kStrictStamps);
  EXPECT_EQ(entry().updated_at, (HlcStamp{5000, 9})) << "the same twice";
  run(del("/", "nothing"), {1, 0}, kStrictStamps);
  EXPECT_EQ(newest_event().stamp, (HlcStamp{5000, 10})) << "refused";
}

TEST_F(AtLevel, BeforeThatTheyAreTheirCommands) {
  run(put("/", "k"), {5000, 7}, kStrictStamps - 1);
  run(put("/", "k"), {4000, 0}, kStrictStamps - 1);
  EXPECT_EQ(entry().updated_at, (HlcStamp{4000, 0}));
  EXPECT_EQ(newest_event().stamp, (HlcStamp{4000, 0}));
  EXPECT_EQ(world_.meta().last_stamp, (HlcStamp{5000, 7}));
}

TEST_F(AtLevel, ACommandThatBreaksTheLimitsDoesNotMoveLogTimeByWhatItSays) {
  run(put("/", "k"), {5000, 0}, kStrictStamps);
  EXPECT_EQ(run(put("/", ""), {INT64_MAX, 0}, kStrictStamps).refusal, Refusal::BadCommand);
  EXPECT_EQ(newest_event().stamp, (HlcStamp{5000, 1}));
  EXPECT_EQ(run(put("/", "k"), {-1, 0}, kStrictStamps).refusal, Refusal::BadCommand);
  EXPECT_EQ(world_.meta().last_stamp, (HlcStamp{5000, 2}));
}

TEST_F(AtLevel, AChangeOfMembersIsStampedByTheSameRule) {
  MemberNote note;
  note.stamp = {3000, 0};
  note.actor = alice();
  note.action = Action::MemberAdded;
  run(put("/", "k"), {5000, 0}, 1);
  world_.change_members("first", note);
  EXPECT_EQ(newest_event().stamp, (HlcStamp{3000, 0}));
  apply_feature_level(world_.store, {1, world_.meta().applied.index + 1}, kStrictStamps);
  world_.change_members("second", note);
  EXPECT_EQ(newest_event().stamp, (HlcStamp{5000, 1}));
}

TEST_F(AtLevel, ANamespaceThatIsCreatedAgainGoesOnCountingFromItsLevelOn) {
  const auto at = [this](CommandBody body) { return run(std::move(body), {}, kNamespaceMemory); };
  EXPECT_EQ(at(make_namespace("/a")).version, 1);
  EXPECT_EQ(at(make_namespace("/a")).version, 2);
  at(drop_namespace("/a"));
  const Reply again = at(make_namespace("/a"));
  EXPECT_EQ(again.version, 4) << "a deletion is a version, as of an entry";
  EXPECT_TRUE(again.created);
  for (const std::uint64_t old : {1, 2, 3}) {
    EXPECT_EQ(at(make_namespace("/a", if_version(old))).refusal, Refusal::VersionMismatch) << old;
  }
  at(drop_namespace("/a"));
  EXPECT_EQ(at(make_namespace("/a", if_absent())).version, 6);
  EXPECT_EQ(at(make_namespace("/b")).version, 1) << "which never was";
  at(make_namespace("/a/b"));
  at(drop_namespace("/a/b"));
  at(drop_namespace("/a"));
  at(make_namespace("/a"));
  EXPECT_EQ(at(make_namespace("/a/b")).version, 3) << "whatever became of its parent";
}

TEST_F(AtLevel, BeforeThatItStartsAgain) {
  const auto at = [this](CommandBody body) {
    return run(std::move(body), {}, kNamespaceMemory - 1);
  };
  at(make_namespace("/a"));
  at(drop_namespace("/a"));
  EXPECT_EQ(at(make_namespace("/a")).version, 1);
}

TEST_F(AtLevel, ADeletedNamespaceStillDoesntInheritFromItsLevelOn) {
  PutNamespace shut;
  shut.path = "/a";
  shut.inherit = static_cast<std::uint64_t>(Inherit::No);
  for (const std::uint64_t level : {kLastingPrivacy - 1, kLastingPrivacy}) {
    run(shut, {}, level);
    run(drop_namespace("/a"), {}, level);
    run(make_namespace("/a"), {}, level);
    const auto row = world_.store.get(Table::Namespace, keys::of_namespace("/a"));
    EXPECT_EQ(decode_namespace_row(row.value()).value().no_inherit, level == kLastingPrivacy);
  }
}

TEST_F(AtLevel, AnybodysKeyIsMadeByAdministratorsBelowTheLevelThatReservesOne) {
  const auto made = [this](std::uint64_t level) {
    const std::string key = numbered("key", level);
    return run(CreateApiKey{sha256(key), "service:bootstrap", {}, {}, 0}, {}, level).refusal;
  };
  EXPECT_EQ(made(kBootstrapReserved - 1), std::nullopt);
  EXPECT_EQ(made(kBootstrapReserved), Refusal::Forbidden);
}

TEST_F(AtLevel, WhatADeletedNamespaceLeavesIsInNoListing) {
  const auto at = [this](CommandBody body) { return run(std::move(body), {}, kNamespaceMemory); };
  at(make_namespace("/a"));
  at(put("/a", "k"));
  at(del("/a", "k"));
  at(drop_namespace("/a"));
  at(make_namespace("/a"));
  at(put("/a", "k2"));
  ListEntries entries;
  entries.path = "/";
  entries.recursive = true;
  entries.limit = 10;
  EXPECT_EQ(list_entries(world_.store, entries)->items.size(), 1);
  ListNamespaces namespaces;
  namespaces.path = "/";
  namespaces.recursive = true;
  namespaces.limit = 10;
  EXPECT_EQ(list_namespaces(world_.store, namespaces)->items.size(), 1);
  EXPECT_EQ(world_.meta().namespaces, 2);
  EXPECT_EQ(world_.meta().live_entries, 1);
  EXPECT_EQ(find_entry(world_.store, "/a", "").error(), QueryFault::EntryNotFound);
}

TEST_F(AtLevel, ARefusedChangeOfMembersIsAnEventAndNothingElse) {
  NoteRefusedChange body{Action::MemberPromoted, "node4", Refusal::NotCaughtUp};
  const std::uint64_t before = world_.meta().audit_events;
  const Reply reply = run(body, {5000, 0}, kRefusedChanges);
  EXPECT_EQ(reply.refusal, Refusal::NotCaughtUp);
  const AuditRow event = newest_event();
  EXPECT_EQ(event.action, Action::MemberPromoted);
  EXPECT_EQ(event.refusal, Refusal::NotCaughtUp);
  EXPECT_EQ(event.path, "/");
  EXPECT_EQ(event.key, "node4");
  EXPECT_EQ(event.actor, alice());
  EXPECT_EQ(world_.meta().audit_events, before + 1);
  EXPECT_EQ(decode_command(encode(by_alice(body))).value(), by_alice(body));
}

// On disk and on the wire, in outcomes, audit events and replies.
TEST(Refusals, KeepTheirNumbers) {
  using enum Refusal;
  constexpr auto kNumbers = std::to_array<std::pair<Refusal, int>>(
      {{NamespaceNotFound, 0},    {NamespaceNotEmpty, 1},
       {NamespaceExists, 2},      {ParentNotFound, 3},
       {RootImmutable, 4},        {EntryNotFound, 5},
       {VersionMismatch, 6},      {EntryExists, 7},
       {IdempotencyKeyReused, 8}, {BadCommand, 9},
       {InvalidMember, 10},       {AlreadyMember, 11},
       {MemberNotFound, 12},      {NotALearner, 13},
       {NotAVoter, 14},           {LastVoter, 15},
       {ClusterTooLarge, 16},     {LeaderNotReady, 17},
       {ChangePending, 18},       {TransferPending, 19},
       {NotCaughtUp, 20},         {WouldLoseQuorum, 21},
       {AddressTaken, 22},        {TooManyVoters, 23},
       {MemberInactive, 24},      {MemberLowOnSpace, 25},
       {MemberIncomplete, 26},    {VersionNotFound, 27},
       {VersionIsDeletion, 28},   {PositionUnknown, 29},
       {CredentialsRequired, 30}, {ApiKeyUnknown, 31},
       {ApiKeyRevoked, 32},       {ApiKeyExpired, 33},
       {Forbidden, 34},           {GrantExceedsOwn, 35},
       {LastAdmin, 36},           {ApiKeyNotFound, 37},
       {ApiKeyExists, 38},        {AlreadyBootstrapped, 39},
       {RoleNotFound, 40},        {RoleExists, 41},
       {RoleInUse, 42},           {AssignmentNotFound, 43},
       {AssignmentExists, 44},    {GroupMemberNotFound, 45},
       {GroupMemberExists, 46},   {TooMany, 47},
       {PolicyNotFound, 48},      {PolicyExists, 49},
       {ReviewRequired, 50},      {Frozen, 51},
       {RequestNotFound, 52},     {WrongRequestState, 53},
       {RequestExpired, 54},      {SelfApproval, 55},
       {AlreadyApproved, 56},     {ApprovalsMissing, 57},
       {ApproverPublishes, 58},   {BaseMoved, 59},
       {NoEmergency, 60},         {NoEmergencyNeeded, 61},
       {SchemaNotFound, 62},      {SchemaExists, 63},
       {SchemaInUse, 64},         {SchemaVersionNotFound, 65},
       {BindingNotFound, 66},     {BindingExists, 67},
       {SchemaMoved, 68},         {SchemaViolated, 69},
       {KeyTooNarrow, 70},        {BindsUnreadable, 71},
       {SecretKeyMoved, 72},      {QuotaNotFound, 73},
       {QuotaExists, 74},         {QuotaEntriesExceeded, 75},
       {QuotaBytesExceeded, 76},  {RollbackTooLarge, 77},
       {RetentionNotFound, 78},   {RetentionExists, 79},
       {VersionPruned, 80},       {VersionDestroyed, 81},
       {VersionIsLive, 82},       {RestorePointNotFound, 83},
       {RestorePointExists, 84},  {NothingDue, 85},
       {TooManyNotes, 86},        {EmergencyTooWide, 87}});
  for (const auto& [refusal, number] : kNumbers) {
    EXPECT_EQ(static_cast<int>(refusal), number) << code_of(refusal);
  }
  EXPECT_EQ(kNumbers.size(), static_cast<std::size_t>(kLastRefusal) + 1);
}

TEST(Refusals, AreWrittenAsTheyAlwaysWere) {
  Reply reply;
  reply.refusal = Refusal::VersionMismatch;
  EXPECT_EQ(encode(reply), Bytes("\x01\x01\x01\x07", 4)) << "format, field, length, number + 1";
  EXPECT_EQ(decode_reply(encode(reply))->refusal, Refusal::VersionMismatch);
}

}  // namespace
}  // namespace confman::domain
