#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "domain/audit/changes.hpp"
#include "domain/audit/query.hpp"
#include "domain/bindings/commands.hpp"
#include "domain/bindings/stamp.hpp"
#include "domain/entries/query.hpp"
#include "domain/past/commands.hpp"
#include "domain/past/rollback.hpp"
#include "domain/review/changes.hpp"
#include "domain/review/commands.hpp"
#include "domain/review/held_to.hpp"
#include "domain/review/query.hpp"
#include "tests/domain/support.hpp"

// A whole namespace as it was: one log entry, all or nothing.
namespace confman::domain {
namespace {

using enum Refusal;

class NamespaceRollback : public testing::Test {
 protected:
  NamespaceRollback() {
    for (const char* path : {"/a", "/a/b", "/z"}) world_.run(make_namespace(path));
    world_.run(put("/a", "changed", "1"));
    world_.run(put("/a", "gone", "1"));
    world_.run(put("/a", "same", "1"));
    world_.run(put("/a/b", "below", "1"));
    then_ = world_.meta().applied;
    world_.run(put("/a", "changed", "2"));
    world_.run(del("/a", "gone"));
    world_.run(put("/a", "new", "1"));
    world_.run(put("/a/b", "below", "2"));
    world_.run(put("/a", "back", "1"));
    world_.run(del("/a", "back"));
    world_.run(put("/a", "same", "2"));
    world_.run(put("/a", "same", "1"));
  }

  Reply roll_back(Revision to, std::string prefix = {}, std::uint64_t checked = 0) {
    return world_.run(RollbackNamespace{
        .path = "/a", .prefix = std::move(prefix), .to_revision = to, .checked = checked});
  }
  std::optional<Bytes> value(std::string_view key, std::string_view path = "/a") const {
    const auto found = find_entry(world_.store, path, key);
    return found ? std::optional(found->value) : std::nullopt;
  }
  std::vector<AuditRow> last_events() {
    std::vector<AuditRow> rows;
    for (const AuditEvent& event :
         list_audit(world_.store, {.path = "/", .newest_first = false, .limit = 1000}).items) {
      if (event.row.revision == world_.meta().applied) rows.push_back(event.row);
    }
    return rows;
  }

  World world_;
  Revision then_;
};

TEST_F(NamespaceRollback, MakesTheEntriesWhatTheyWere) {
  const Reply done = roll_back(then_);
  ASSERT_FALSE(done.refusal);
  EXPECT_EQ(done.changed, 3U);
  EXPECT_EQ(value("changed"), "1");
  EXPECT_EQ(value("gone"), "1");
  EXPECT_EQ(value("new"), std::nullopt);
  EXPECT_EQ(find_entry(world_.store, "/a", "same")->version, 3U) << "it was the same already";
  EXPECT_EQ(value("below", "/a/b"), "2") << "of this namespace alone";
  EXPECT_EQ(find_entry(world_.store, "/a", "changed")->version, 3U) << "as a new version";
  EXPECT_EQ(find_version(world_.store, "/a", "changed", 2)->value, "2") << "the history stays";
}

// What users of other systems met: the rollback of a change that had created something.
TEST_F(NamespaceRollback, PublishesContentAndDoesNotUndoOperations) {
  world_.run(del("/a", "changed"));
  ASSERT_FALSE(roll_back(then_).refusal);
  EXPECT_EQ(value("changed"), "1");
}

TEST_F(NamespaceRollback, IsOneRevisionWithAnEventForEachAndItsOwnBehindThem) {
  const Reply done = roll_back(then_);
  const auto events = last_events();
  ASSERT_EQ(events.size(), 4U);
  EXPECT_EQ(events[0].action, Action::ConfigRolledBack);
  EXPECT_EQ(events[0].key, "changed");
  EXPECT_EQ(events[0].restored_version, 1U);
  EXPECT_EQ(events[1].key, "gone");
  EXPECT_EQ(events[2].action, Action::ConfigDeleted);
  EXPECT_EQ(events[2].key, "new");
  EXPECT_EQ(events[3].action, Action::NamespaceRolledBack);
  EXPECT_EQ(events[3].path, "/a");
  const ChangePage page =
      changes_after(world_.store, {"/a", {}}, done.revision.index - 1, UINT64_MAX, 1, 1, 1);
  EXPECT_EQ(page.changes.size(), 3U) << "who watches sees it whole";
}

TEST_F(NamespaceRollback, GoesToATime) {
  const AuditRow event =
      list_audit(world_.store, {.path = "/a/b", .newest_first = false, .limit = 10}).items[1].row;
  ASSERT_EQ(event.revision, then_);
  ASSERT_FALSE(
      world_
          .run(RollbackNamespace{
              .path = "/a", .prefix = {}, .to_revision = {}, .to_time_ms = event.stamp.wall_ms})
          .refusal);
  EXPECT_EQ(value("changed"), "1");
  EXPECT_EQ(value("new"), std::nullopt);
}

TEST_F(NamespaceRollback, OfKeysThatBeginSoLeavesTheOthers) {
  ASSERT_FALSE(roll_back(then_, "g").refusal);
  EXPECT_EQ(value("gone"), "1");
  EXPECT_EQ(value("changed"), "2");
}

TEST_F(NamespaceRollback, WhereNothingDiffersIsDoneAndChangesNothing) {
  roll_back(then_);
  const auto before = find_entry(world_.store, "/a", "changed").value();
  const Reply again = roll_back(then_);
  EXPECT_FALSE(again.refusal);
  EXPECT_EQ(again.changed, 0U);
  EXPECT_EQ(find_entry(world_.store, "/a", "changed").value(), before);
}

TEST_F(NamespaceRollback, NeedsTheNamespaceAndAMomentThatWas) {
  EXPECT_EQ(
      world_.run(RollbackNamespace{.path = "/no", .prefix = {}, .to_revision = then_}).refusal,
      NamespaceNotFound);
  EXPECT_EQ(roll_back({7, 3}).refusal, PositionUnknown);
  EXPECT_EQ(roll_back({1, 1000}).refusal, PositionUnknown);
  EXPECT_EQ(roll_back({}).refusal, BadCommand);
}

TEST_F(NamespaceRollback, IsBounded) {
  for (std::size_t i = 0; i <= kMaxRollbackChanges; ++i) world_.run(put("/a", numbered("k", i)));
  const Reply refused = roll_back(then_);
  EXPECT_EQ(refused.refusal, RollbackTooLarge);
  EXPECT_FALSE(refused.about.empty());
  EXPECT_EQ(value("changed"), "2");
  EXPECT_FALSE(roll_back(then_, "k1").refusal) << "a part of it goes";
  EXPECT_FALSE(roll_back(then_).refusal) << "and then the rest";
  EXPECT_EQ(value("k7"), std::nullopt);
}

TEST_F(NamespaceRollback, CountsBytesThatItPublishes) {
  for (const char* key : {"x", "y"})
    world_.run(put("/a", key, Bytes(kMaxRollbackBytes / 2 + 1, '1')));
  const Revision large = world_.meta().applied;
  for (const char* key : {"x", "y"}) world_.run(put("/a", key, "1"));
  EXPECT_EQ(roll_back(large).refusal, RollbackTooLarge);
  EXPECT_FALSE(roll_back(large, "x").refusal);
}

TEST_F(NamespaceRollback, SaysBeforehandWhatItWouldChange) {
  Work work;
  const auto plan =
      plan_rollback(world_.store, "/a", {}, {.revision = then_, .wall_ms = {}}, work).value();
  ASSERT_EQ(plan.changes.size(), 3U);
  EXPECT_EQ(plan.changes[0].to->version, 1U);
  EXPECT_TRUE(plan.changes[1].head.deleted);
  EXPECT_FALSE(plan.changes[2].to);
}

// --- where a policy asks for others

class GovernedRollback : public NamespaceRollback {
 protected:
  static Bytes changes(const std::vector<CommandBody>& bodies) {
    std::vector<Bytes> encoded;
    for (const CommandBody& body : bodies) encoded.push_back(encode_body(body));
    return join_changes(encoded);
  }
  Reply request(const std::vector<CommandBody>& bodies) {
    return world_.run(CreateRequest{"t", {}, changes(bodies), 0, true});
  }
  Reply publish(const Reply& made, std::uint64_t checked = 0) {
    return world_.run(StepRequest{made.revision.index,
                                  static_cast<std::uint64_t>(RequestStep::Publish),
                                  if_version(made.version),
                                  {},
                                  checked});
  }
  CommandBody all() const {
    return RollbackNamespace{.path = "/a", .prefix = {}, .to_revision = then_};
  }
};

TEST_F(GovernedRollback, IsInstantOrThroughARequestAsThePolicySays) {
  world_.run(PutPolicy{"/a", {}, {.approvals = 1, .rollback_needs_approval = true}});
  EXPECT_EQ(roll_back(then_).refusal, ReviewRequired);
  World other;
  other.run(make_namespace("/a"));
  other.run(put("/a", "k"));
  const Revision then = other.meta().applied;
  other.run(put("/a", "k", "2"));
  other.run(PutPolicy{"/a", {}, {.approvals = 1}});
  EXPECT_FALSE(
      other.run(RollbackNamespace{.path = "/a", .prefix = {}, .to_revision = then}).refusal);
}

TEST_F(GovernedRollback, OfARequestIsDecidedByWhatIsLiveWhenItIsPublished) {
  const Reply made = request({all()});
  ASSERT_FALSE(made.refusal);
  world_.run(put("/a", "later", "1"));
  ASSERT_FALSE(publish(made).refusal);
  EXPECT_EQ(value("later"), std::nullopt);
  EXPECT_EQ(value("gone"), "1");
  const auto events = last_events();
  ASSERT_EQ(events.size(), 6U);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(events[i].change_request, made.revision.index);
}

TEST_F(GovernedRollback, IsTakenBackWithTheRestOfItsRequest) {
  const Reply made = request({all(), put("/z", "k", "1", if_absent())});
  world_.run(put("/z", "k", "mine"));
  const Reply refused = publish(made);
  EXPECT_EQ(refused.refusal, BaseMoved);
  EXPECT_EQ(value("changed"), "2");
}

TEST_F(GovernedRollback, InARequestNamesARevisionAndStandsAloneInItsNamespace) {
  EXPECT_EQ(
      request({RollbackNamespace{.path = "/a", .prefix = {}, .to_revision = {}, .to_time_ms = 5}})
          .refusal,
      BadCommand);
  EXPECT_EQ(request({all(), put("/a", "k", "1", if_absent())}).refusal, BadCommand);
  EXPECT_FALSE(request({all(), put("/a/b", "k", "1", if_absent())}).refusal);
}

// Members that can't read a change would refuse what the others take.
TEST_F(GovernedRollback, TakesARequestToTheLevelOfItsChanges) {
  const auto since = [](const std::vector<CommandBody>& bodies) {
    return since_of(by_alice(CreateRequest{"t", {}, changes(bodies), 0, false}));
  };
  EXPECT_EQ(since({put("/a", "k", "1", if_absent())}), kReview);
  EXPECT_EQ(since({put("/z", "k", "1", if_absent()), all()}), kPast);
  EXPECT_EQ(since_of(by_alice(EditRequest{1, {}, "t", {}, changes({all()}), 0})), kPast);
}

TEST_F(GovernedRollback, IsRefusedInAFreeze) {
  world_.run(PutPolicy{"/a", {}, {.freezes = join_windows({{0, INT64_MAX}})}});
  EXPECT_EQ(roll_back(then_).refusal, Frozen);
}

// --- schemas

TEST_F(GovernedRollback, IsHeldToTheSchemasThatAreBound) {
  world_.run(make_namespace("/s"));
  world_.run(PutSchema{"/s", "x", R"({"type":"integer"})", {}});
  const std::string bound = join_bindings(std::vector{BoundSchema{{"/s", "x"}, 1, "c*"}});
  world_.run(PutBinding{"/a", bound, {}, trial_stamp(world_.store, "/a").value()});
  EXPECT_EQ(roll_back(then_).refusal, SchemaMoved);
  const std::uint64_t stamp = publication_stamp(world_.store, {all()}).value();
  EXPECT_NE(stamp, 0U);
  // What else would be restored by now is part of what was looked at.
  world_.run([&] {
    auto body = std::get<PutEntry>(put("/a", "gone", "3"));
    body.checked = stamp_of(world_.store, "/a", std::vector<std::string>{"gone"});
    return CommandBody(body);
  }());
  EXPECT_EQ(roll_back(then_, {}, stamp).refusal, std::nullopt) << "gone has come, but is no other";
  EXPECT_EQ(value("changed"), "1");
}

TEST_F(GovernedRollback, IsHeldToThemAnewWhenItComesToMore) {
  world_.run(make_namespace("/s"));
  world_.run(PutSchema{"/s", "x", R"({"type":"integer"})", {}});
  const std::string bound = join_bindings(std::vector{BoundSchema{{"/s", "x"}, 1, "c*"}});
  world_.run(PutBinding{"/a", bound, {}, trial_stamp(world_.store, "/a").value()});
  const std::uint64_t stamp = publication_stamp(world_.store, {all()}).value();
  world_.run(del("/a", "same"));
  EXPECT_EQ(roll_back(then_, {}, stamp).refusal, SchemaMoved);
  EXPECT_FALSE(roll_back(then_, {}, publication_stamp(world_.store, {all()}).value()).refusal);
}

}  // namespace
}  // namespace confman::domain
