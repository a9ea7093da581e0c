#include "domain/retention/retention.hpp"

#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "domain/audit/query.hpp"
#include "domain/chores/chore.hpp"
#include "domain/chores/commands.hpp"
#include "domain/entries/query.hpp"
#include "domain/past/as_of.hpp"
#include "domain/past/commands.hpp"
#include "domain/past/compare.hpp"
#include "domain/past/listing.hpp"
#include "domain/restore/commands.hpp"
#include "domain/restore/restore_point.hpp"
#include "domain/retention/commands.hpp"
#include "domain/retention/held_index.hpp"
#include "domain/review/changes.hpp"
#include "domain/review/commands.hpp"
#include "tests/domain/support.hpp"

// How long versions stay, and what keeps them.
namespace confman::domain {
namespace {

using enum Refusal;

class Retention : public testing::Test {
 protected:
  Retention() {
    for (const char* path : {"/a", "/a/b", "/a-b", "/z"}) world_.run(make_namespace(path));
  }

  Reply keep(std::string path, std::uint64_t versions, std::int64_t ms = 0) {
    return world_.run(PutRetention{std::move(path), {}, versions, ms});
  }
  Reply do_chore(std::optional<Chore> chore = std::nullopt) {
    if (!chore) chore = first_chore(world_.store);
    EXPECT_TRUE(chore);
    Command command =
        by_alice(DoChore{chore->path, chore->at_ms, static_cast<std::uint64_t>(chore->kind)});
    command.actor = {ActorType::System, "chores", {}};
    return world_.run(command);
  }
  // All that are due, and how many steps they took.
  std::size_t do_chores() {
    std::size_t steps = 0;
    for (auto due = first_chore(world_.store); due && due->at_ms <= world_.now_ms;
         due = first_chore(world_.store)) {
      EXPECT_FALSE(do_chore().refusal);
      ++steps;
    }
    return steps;
  }
  void put_versions(const std::string& path, const std::string& key, int count) {
    for (int i = 0; i < count; ++i) world_.run(put(path, key, std::to_string(i)));
  }
  // From the oldest on.
  std::vector<std::uint64_t> versions(std::string_view path, std::string_view key) const {
    std::vector<std::uint64_t> found;
    const auto page = list_versions(world_.store, {.path = std::string(path),
                                                   .key = std::string(key),
                                                   .before = 0,
                                                   .limit = 10'000,
                                                   .max_visited = 10'000});
    for (const EntryRow& row : page->items) {
      found.insert(found.begin(), row.version);
    }
    return found;
  }
  Revision now() const { return world_.meta().applied; }
  std::expected<EntryRow, QueryFault> as_of(std::string_view path, std::string_view key,
                                            Revision at) const {
    Work work;
    return find_as_of(world_.store, path, key, {.revision = at, .wall_ms = {}}, work);
  }
  using Versions = std::vector<std::uint64_t>;

  World world_;
};

TEST_F(Retention, WithoutAnyAllVersionsStay) {
  put_versions("/a", "k", 5);
  EXPECT_FALSE(first_chore(world_.store));
  EXPECT_EQ(versions("/a", "k").size(), 5U);
}

TEST_F(Retention, KeepsTheNewestSoManyOfEachEntryHereAndBelow) {
  put_versions("/a", "k", 5);
  put_versions("/a", "few", 2);
  put_versions("/a/b", "k", 4);
  put_versions("/a-b", "k", 4);
  put_versions("/z", "k", 4);
  keep("/a", 3);
  EXPECT_EQ(do_chores(), 1U);
  EXPECT_EQ(versions("/a", "k"), (Versions{3, 4, 5}));
  EXPECT_EQ(versions("/a", "few"), (Versions{1, 2}));
  EXPECT_EQ(versions("/a/b", "k"), (Versions{2, 3, 4}));
  EXPECT_EQ(versions("/a-b", "k").size(), 4U) << "a stranger's";
  EXPECT_EQ(versions("/z", "k").size(), 4U);
}

TEST_F(Retention, NeverTakesTheNewestVersionAlsoWhenItIsADeletion) {
  put_versions("/a", "k", 3);
  put_versions("/a", "l", 3);
  world_.run(del("/a", "l"));
  keep("/a", 0, 1);
  world_.now_ms += 1000;
  do_chores();
  EXPECT_EQ(versions("/a", "k"), (Versions{3}));
  EXPECT_EQ(versions("/a", "l"), (Versions{4}));
  EXPECT_EQ(find_entry(world_.store, "/a", "k")->value, "2");
  EXPECT_EQ(world_.run(put("/a", "l")).version, 5U) << "versions go on counting";
}

// Who was live within the time says until when one was, not when it was made.
TEST_F(Retention, KeepsWhatWasLiveWithinTheTime) {
  put_versions("/a", "k", 3);
  world_.now_ms += 10'000;
  world_.run(put("/a", "k", "late"));
  const Revision then = now();
  world_.now_ms += 1000;
  keep("/a", 0, 5000);
  do_chores();
  EXPECT_EQ(versions("/a", "k"), (Versions{3, 4})) << "the third was live until a second ago";
  EXPECT_EQ(as_of("/a", "k", then)->version, 4U);
}

TEST_F(Retention, KeepsWhatSatisfiesOneOfTheTwo) {
  put_versions("/a", "k", 3);
  world_.now_ms += 10'000;
  put_versions("/a", "k", 3);
  keep("/a", 2, 5000);
  do_chores();
  EXPECT_EQ(versions("/a", "k"), (Versions{3, 4, 5, 6}));
  keep("/a", 5, 1);
  world_.now_ms += 1000;
  do_chores();
  EXPECT_EQ(versions("/a", "k"), (Versions{3, 4, 5, 6}));
}

TEST_F(Retention, OfTheNearestNamespaceHolds) {
  put_versions("/a", "k", 5);
  put_versions("/a/b", "k", 5);
  keep("/a/b", 0, 0);
  keep("/", 1);
  do_chores();
  EXPECT_EQ(versions("/a", "k"), (Versions{5}));
  EXPECT_EQ(versions("/a/b", "k").size(), 5U) << "terms that keep all";
  EXPECT_EQ(retention_at(world_.store, world_.meta().retentions, "/a/b").from, "/a/b");
  EXPECT_EQ(retention_at(world_.store, world_.meta().retentions, "/z").from, "/");
  world_.run(DeleteRetention{"/a/b", {}});
  world_.now_ms += kRetentionPassMs;
  do_chores();
  EXPECT_EQ(versions("/a/b", "k"), (Versions{5}));
}

TEST_F(Retention, IsDoneInBoundedSteps) {
  for (std::uint64_t i = 0; i < kMaxChoreRows; ++i) {
    world_.run(put("/a", numbered("k", i)));
    world_.run(put("/a", numbered("k", i), "2"));
  }
  put_versions("/a", "many", static_cast<int>(kMaxChoreRows) + 10);
  keep("/a", 1);
  EXPECT_GE(do_chores(), 3U);
  for (std::uint64_t i = 0; i < kMaxChoreRows; ++i) {
    ASSERT_EQ(versions("/a", numbered("k", i)), (Versions{2})) << i;
  }
  EXPECT_EQ(versions("/a", "many"), (Versions{kMaxChoreRows + 10}));
}

TEST_F(Retention, GetsOnHoweverLargeTheVersionsAre) {
  for (int i = 0; i < 5; ++i) world_.run(put("/a", "k", Bytes(kMaxValueBytes, '1')));
  keep("/a", 1);
  do_chores();
  EXPECT_EQ(versions("/a", "k"), (Versions{5}));
}

TEST_F(Retention, PassesAgainWhenItIsTime) {
  keep("/a", 1);
  do_chores();
  put_versions("/a", "k", 3);
  EXPECT_EQ(do_chores(), 0U);
  world_.now_ms += kRetentionPassMs;
  EXPECT_EQ(do_chores(), 1U);
  EXPECT_EQ(versions("/a", "k"), (Versions{3}));
  const auto event = list_audit(world_.store, {.path = "/a", .newest_first = true, .limit = 1});
  EXPECT_EQ(event.items[0].row.action, Action::VersionsPruned);
  EXPECT_EQ(event.items[0].row.new_version, 2U) << "so many went";
}

// --- what was pruned is told apart from what never was

TEST_F(Retention, APrunedVersionIsGoneAndNotUnknown) {
  const Revision before = now();
  put_versions("/a", "k", 5);
  const Revision then = now();
  world_.run(put("/a", "k", "last"));
  keep("/a", 2);
  do_chores();
  EXPECT_EQ(find_version(world_.store, "/a", "k", 2).error(), QueryFault::VersionPruned);
  EXPECT_EQ(find_version(world_.store, "/a", "k", 7).error(), QueryFault::VersionNotFound);
  EXPECT_EQ(as_of("/a", "k", then)->version, 5U);
  EXPECT_EQ(as_of("/a", "k", {1, then.index - 1}).error(), QueryFault::VersionPruned);
  EXPECT_EQ(as_of("/a", "k", before).error(), QueryFault::VersionPruned)
      << "nobody knows any more whether there was one";
  const auto page =
      list_versions(world_.store, {.path = "/a", .key = "k", .before = 0, .limit = 10});
  EXPECT_EQ(page->oldest, 5U);
  ListPast past{
      .path = "/a", .as_of = {.revision = {1, then.index - 1}, .wall_ms = {}}, .limit = 9};
  EXPECT_EQ(list_past(world_.store, past).error(), QueryFault::VersionPruned);
  past.as_of.revision = then;
  EXPECT_EQ(list_past(world_.store, past)->items.size(), 1U);
  Work work;
  EXPECT_EQ(compare_versions(world_.store, {"/a", "k", VersionChoice(std::uint64_t{2}), {}}, work)
                .error(),
            QueryFault::VersionPruned);
  EXPECT_EQ(compare_versions(world_.store, {"/a", "k", {}, VersionChoice(std::uint64_t{5})}, work)
                .error(),
            QueryFault::VersionPruned);
  EXPECT_EQ(world_.run(back("/a", "k", 2)).refusal, VersionPruned);
  EXPECT_EQ(world_.run(back("/a", "k", 9)).refusal, VersionNotFound);
  const Reply refused =
      world_.run(RollbackNamespace{.path = "/a", .prefix = {}, .to_revision = {1, then.index - 1}});
  EXPECT_EQ(refused.refusal, VersionPruned);
  EXPECT_EQ(refused.about, "k");
}

// --- what is needed stays

TEST_F(Retention, WhatARestorePointNeedsStays) {
  put_versions("/a", "k", 3);
  ASSERT_FALSE(world_.run(CreateRestorePoint{"before", "the sale"}).refusal);
  const Revision then = now();
  put_versions("/a", "k", 3);
  world_.run(put("/a", "k", "other"));
  keep("/a", 1);
  do_chores();
  EXPECT_EQ(versions("/a", "k"), (Versions{3, 4, 5, 6, 7}));
  EXPECT_EQ(as_of("/a", "k", then)->version, 3U);
  EXPECT_FALSE(
      world_.run(RollbackNamespace{.path = "/a", .prefix = {}, .to_revision = then}).refusal);
  world_.run(DeleteRestorePoint{"before"});
  world_.now_ms += kRetentionPassMs;
  do_chores();
  EXPECT_EQ(versions("/a", "k"), (Versions{8}));
}

class RetentionAndRequests : public Retention {
 protected:
  Reply request(const CommandBody& body) {
    return world_.run(CreateRequest{"t", {}, join_changes({encode_body(body)}), 0, false});
  }
  Reply step(std::uint64_t id, RequestStep step) {
    const auto row = decode_request_row(*world_.store.get(Table::Request, keys::of_request(id)));
    return world_.run(
        StepRequest{id, static_cast<std::uint64_t>(step), if_version(row->version), "so"});
  }
};

TEST_F(RetentionAndRequests, WhatAnOpenRequestStartsFromStays) {
  put_versions("/a", "k", 3);
  const std::uint64_t id = request(put("/a", "k", "mine", if_version(3))).revision.index;
  put_versions("/a", "k", 3);
  keep("/a", 1);
  do_chores();
  EXPECT_EQ(versions("/a", "k"), (Versions{3, 4, 5, 6}));
  ASSERT_FALSE(step(id, RequestStep::Rebase).refusal);
  put_versions("/a", "k", 1);
  world_.now_ms += kRetentionPassMs;
  do_chores();
  EXPECT_EQ(versions("/a", "k"), (Versions{6, 7}));
  step(id, RequestStep::Withdraw);
  world_.now_ms += kRetentionPassMs;
  do_chores();
  EXPECT_EQ(versions("/a", "k"), (Versions{7}));
  EXPECT_EQ(oldest_held_index(world_.store), UINT64_MAX);
}

TEST_F(RetentionAndRequests, WhatAnOpenRequestGoesBackToStays) {
  put_versions("/a", "k", 5);
  const std::uint64_t id = request(back("/a", "k", 2, if_version(5))).revision.index;
  keep("/a", 1);
  do_chores();
  EXPECT_EQ(versions("/a", "k"), (Versions{2, 3, 4, 5}));
  step(id, RequestStep::Submit);
  ASSERT_FALSE(step(id, RequestStep::Publish).refusal);
  world_.now_ms += kRetentionPassMs;
  do_chores();
  EXPECT_EQ(versions("/a", "k"), (Versions{6}));
}

TEST_F(RetentionAndRequests, WhatTheRollbackOfANamespaceGoesBackToStays) {
  put_versions("/a", "k", 2);
  const Revision then = now();
  put_versions("/a", "k", 2);
  const std::uint64_t id =
      request(RollbackNamespace{.path = "/a", .prefix = {}, .to_revision = then}).revision.index;
  keep("/a", 1);
  do_chores();
  EXPECT_EQ(versions("/a", "k"), (Versions{2, 3, 4}));
  step(id, RequestStep::Submit);
  EXPECT_FALSE(step(id, RequestStep::Publish).refusal);
}

// --- the terms

TEST_F(Retention, IsPutUnderConditionsAndGoesWithItsNamespace) {
  EXPECT_EQ(keep("/nowhere", 1).refusal, NamespaceNotFound);
  const Reply made = world_.run(PutRetention{"/z", if_absent(), 1, 0});
  EXPECT_TRUE(made.created);
  EXPECT_EQ(world_.run(PutRetention{"/z", if_absent(), 1, 0}).refusal, RetentionExists);
  EXPECT_FALSE(world_.run(PutRetention{"/z", if_version(made.version), 0, 0}).refusal);
  EXPECT_FALSE(first_chore(world_.store)) << "there is nothing to do for it";
  keep("/z", 3);
  world_.run(drop_namespace("/z"));
  EXPECT_FALSE(first_chore(world_.store));
  EXPECT_EQ(world_.meta().retentions, 0U);
  EXPECT_EQ(world_.run(DeleteRetention{"/z", {}}).refusal, RetentionNotFound);
  EXPECT_EQ(keep("/a", kMaxKeptVersions + 1).refusal, BadCommand);
}

TEST_F(Retention, IsGovernedAsPoliciesAre) {
  world_.run(PutPolicy{"/a", {}, {.approvals = 1}});
  EXPECT_EQ(keep("/a", 1).refusal, ReviewRequired);
}

TEST_F(Retention, AStepThatIsNotDueIsRefused) {
  keep("/a", 1);
  do_chores();
  const Chore next = first_chore(world_.store).value();
  EXPECT_GT(next.at_ms, world_.now_ms);
  EXPECT_EQ(do_chore(next).refusal, NothingDue);
  EXPECT_EQ(do_chore(Chore{0, ChoreKind::PruneVersions, "/z"}).refusal, NothingDue);
}

// --- restore points

TEST_F(Retention, RestorePointsAreNamedMoments) {
  const Reply made = world_.run(CreateRestorePoint{"one", "why"});
  EXPECT_TRUE(made.created);
  const auto found = find_restore_point(world_.store, "one").value();
  EXPECT_EQ(found.row.revision, made.revision);
  EXPECT_EQ(found.row.comment, "why");
  EXPECT_EQ(world_.run(CreateRestorePoint{"one", {}}).refusal, RestorePointExists);
  world_.run(CreateRestorePoint{"two", {}});
  const auto page = list_restore_points(world_.store, {.after = {}, .limit = 1}).value();
  ASSERT_EQ(page.items.size(), 1U);
  EXPECT_EQ(list_restore_points(world_.store, {.after = page.resume, .limit = 9})->items[0].name,
            "two");
  EXPECT_FALSE(world_.run(DeleteRestorePoint{"one"}).refusal);
  EXPECT_EQ(world_.run(DeleteRestorePoint{"one"}).refusal, RestorePointNotFound);
  EXPECT_EQ(find_restore_point(world_.store, "one").error(), QueryFault::RestorePointNotFound);
  EXPECT_EQ(world_.run(CreateRestorePoint{"a b", {}}).refusal, BadCommand);
}

TEST_F(Retention, RestorePointsAreBounded) {
  for (std::uint64_t i = 0; i < kMaxRestorePoints; ++i) {
    ASSERT_FALSE(world_.run(CreateRestorePoint{numbered("p", i), {}}).refusal);
  }
  EXPECT_EQ(world_.run(CreateRestorePoint{"more", {}}).refusal, TooMany);
}

}  // namespace
}  // namespace confman::domain
