#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "domain/access/commands.hpp"
#include "domain/chores/chore.hpp"
#include "domain/chores/commands.hpp"
#include "domain/entries/query.hpp"
#include "domain/past/commands.hpp"
#include "domain/quotas/commands.hpp"
#include "domain/quotas/quota.hpp"
#include "domain/review/changes.hpp"
#include "domain/review/commands.hpp"
#include "tests/domain/support.hpp"

// How much may be live in a namespace and below: counted and decided when a command is applied.
namespace confman::domain {
namespace {

using enum Refusal;

class Quotas : public testing::Test {
 protected:
  Quotas() {
    for (const char* path : {"/a", "/a/b", "/a-b", "/z"}) world_.run(make_namespace(path));
  }

  Reply limit(std::string path, std::uint64_t entries, std::uint64_t bytes = 0) {
    return world_.run(PutQuota{std::move(path), {}, entries, bytes});
  }
  QuotaRow row(std::string_view path) const {
    return decode_record<QuotaRow>(world_.store.get(Table::Quota, keys::of_quota(path)).value())
        .value();
  }
  Reply do_chore() {
    const auto chore = first_chore(world_.store);
    EXPECT_TRUE(chore);
    Command command =
        by_alice(DoChore{chore->path, chore->at_ms, static_cast<std::uint64_t>(chore->kind)});
    command.actor = {ActorType::System, "chores", {}};
    return world_.run(command);
  }
  Reply publish(const std::vector<CommandBody>& bodies) {
    std::vector<Bytes> encoded;
    for (const CommandBody& body : bodies) encoded.push_back(encode_body(body));
    const Reply made = world_.run(CreateRequest{"t", {}, join_changes(encoded), 0, true});
    EXPECT_FALSE(made.refusal);
    const std::uint64_t id = made.revision.index;
    return world_.run(StepRequest{
        id, static_cast<std::uint64_t>(RequestStep::Publish), if_version(made.version), {}});
  }

  World world_;
};

TEST_F(Quotas, OfEntriesCountTheNamespaceAndAllBelow) {
  ASSERT_FALSE(limit("/a", 2).refusal);
  EXPECT_FALSE(world_.run(put("/a", "k")).refusal);
  EXPECT_FALSE(world_.run(put("/a/b", "k")).refusal);
  EXPECT_FALSE(world_.run(put("/a-b", "k")).refusal) << "a stranger's";
  const Reply refused = world_.run(put("/a/b", "l"));
  EXPECT_EQ(refused.refusal, QuotaEntriesExceeded);
  EXPECT_EQ(refused.about, "/a");
  EXPECT_EQ(refused.limit, 2U);
  EXPECT_EQ(refused.used, 2U);
  EXPECT_EQ(refused.asked, 3U);
  EXPECT_FALSE(find_entry(world_.store, "/a/b", "l"));
  EXPECT_FALSE(world_.run(put("/a", "k", "2")).refusal) << "no more entries than before";
  world_.run(del("/a", "k"));
  EXPECT_FALSE(world_.run(put("/a/b", "l")).refusal);
}

TEST_F(Quotas, OfBytesCountKeysValuesDescriptionsAndLabels) {
  ASSERT_FALSE(limit("/a", 0, 20).refusal);
  auto body = std::get<PutEntry>(put("/a", "key", "12345"));
  body.description = "desc";
  body.labels = {{"a", "b"}};
  ASSERT_FALSE(world_.run(body).refusal);
  EXPECT_EQ(row("/a").used_bytes, 3 + 5 + 4 + 2U);
  const Reply refused = world_.run(put("/a", "key", Bytes(18, '1')));
  EXPECT_EQ(refused.refusal, QuotaBytesExceeded);
  EXPECT_EQ(refused.used, 14U);
  EXPECT_EQ(refused.asked, 21U);
  EXPECT_FALSE(world_.run(put("/a", "key", Bytes(17, '1'))).refusal);
  EXPECT_EQ(row("/a").used_bytes, 20U);
  world_.run(del("/a", "key"));
  EXPECT_EQ(row("/a").used_bytes, 0U);
  EXPECT_EQ(row("/a").used_entries, 0U);
}

TEST_F(Quotas, EachOfThoseAboveHoldsToo) {
  limit("/", 3);
  limit("/a/b", 5);
  for (const char* key : {"1", "2", "3"}) EXPECT_FALSE(world_.run(put("/a/b", key)).refusal);
  EXPECT_EQ(world_.run(put("/a/b", "4")).about, "/");
  const auto found = find_quotas(world_.store, {"/a/b"}).value();
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].path, "/a/b");
  EXPECT_EQ(found[1].path, "/");
  EXPECT_EQ(found[1].row.used_entries, 3U);
}

TEST_F(Quotas, SetBelowWhatIsUsedRefusesGrowthAlone) {
  for (const char* key : {"1", "2", "3"}) world_.run(put("/a", key, "1234"));
  ASSERT_FALSE(limit("/a", 1, 4).refusal);
  EXPECT_EQ(row("/a").used_entries, 3U);
  EXPECT_EQ(world_.run(put("/a", "4")).refusal, QuotaEntriesExceeded);
  EXPECT_EQ(world_.run(put("/a", "1", "12345")).refusal, QuotaBytesExceeded);
  EXPECT_FALSE(world_.run(put("/a", "1", "9876")).refusal);
  EXPECT_FALSE(world_.run(put("/a", "1", "9")).refusal);
  EXPECT_FALSE(world_.run(del("/a", "1")).refusal);
}

TEST_F(Quotas, HoldForRollbacks) {
  world_.run(put("/a", "k", "12345678"));
  world_.run(put("/a", "k", "1"));
  const Revision then = world_.meta().applied;
  world_.run(del("/a", "k"));
  world_.run(put("/a", "l", "1"));
  limit("/a", 1, 5);
  EXPECT_EQ(world_.run(back("/a", "k", 2)).refusal, QuotaEntriesExceeded);
  const Revision before = world_.meta().applied;
  // It is counted as a whole: one comes, the other goes.
  EXPECT_FALSE(
      world_.run(RollbackNamespace{.path = "/a", .prefix = {}, .to_revision = then}).refusal);
  limit("/a", 1, 2);
  const Reply refused =
      world_.run(RollbackNamespace{.path = "/a", .prefix = {}, .to_revision = {1, then.index - 1}});
  EXPECT_EQ(refused.refusal, QuotaBytesExceeded);
  EXPECT_EQ(refused.about, "/a");
  EXPECT_EQ(find_entry(world_.store, "/a", "k")->value, "1") << "nothing of it was made";
  EXPECT_LT(before, world_.meta().applied);
}

TEST_F(Quotas, HoldForARequestAsAWhole) {
  world_.run(put("/a", "old"));
  limit("/a", 1);
  EXPECT_FALSE(
      publish({put("/a", "new", "1", if_absent()), del("/a", "old", if_version(1))}).refusal)
      << "in which order, is nobody's business";
  const Reply refused =
      publish({put("/a", "more", "1", if_absent()), put("/a", "new", "2", if_version(1))});
  EXPECT_EQ(refused.refusal, QuotaEntriesExceeded);
  EXPECT_EQ(refused.refused_change, 0U) << "it is no single one's fault";
  EXPECT_EQ(refused.about, "/a");
  EXPECT_EQ(refused.asked, 2U);
  EXPECT_EQ(find_entry(world_.store, "/a", "new")->value, "1");
}

// What is there is counted a step at a time; until then too little is known to be used.
TEST_F(Quotas, CountWhatWasThereBeforeThem) {
  constexpr std::uint64_t kMany = 2 * kMaxChoreRows + 10;
  for (std::uint64_t i = 0; i < kMany; ++i) {
    world_.run(put(i % 2 == 0 ? "/a" : "/a/b", numbered("k", i), "12"));
  }
  world_.run(put("/a-b", "k"));
  ASSERT_FALSE(limit("/a", kMany).refusal);
  EXPECT_FALSE(row("/a").counted);
  EXPECT_EQ(row("/a").used_entries, kMaxChoreRows);
  // On both sides of where the count has got to.
  world_.run(del("/a", "k0"));
  world_.run(del("/a/b", numbered("k", kMany - 1)));
  world_.run(put("/a", "k2", "1234"));
  world_.run(put("/a/b", "k1", "1234"));
  while (!row("/a").counted) ASSERT_FALSE(do_chore().refusal);
  EXPECT_EQ(row("/a").used_entries, kMany - 2);
  EXPECT_FALSE(first_chore(world_.store));
  std::uint64_t bytes = 0;
  for (const char* path : {"/a", "/a/b"}) {
    const auto page =
        list_entries(world_.store, {.path = path, .limit = 10'000, .max_visited = 10'000}).value();
    for (const FoundEntry& entry : page.items) bytes += entry.key.size() + entry.row.value.size();
  }
  EXPECT_EQ(row("/a").used_bytes, bytes);
}

TEST_F(Quotas, ThatAreDeletedTakeTheirCountWithThem) {
  for (std::uint64_t i = 0; i < kMaxChoreRows + 1; ++i) world_.run(put("/a", numbered("k", i)));
  limit("/a", 1);
  ASSERT_TRUE(first_chore(world_.store));
  EXPECT_EQ(world_.run(DeleteQuota{"/a", if_version(1)}).refusal, VersionMismatch);
  EXPECT_FALSE(world_.run(DeleteQuota{"/a", {}}).refusal);
  EXPECT_FALSE(first_chore(world_.store));
  EXPECT_EQ(world_.meta().quotas, 0U);
  EXPECT_EQ(world_.run(DeleteQuota{"/a", {}}).refusal, QuotaNotFound);
  EXPECT_FALSE(world_.run(put("/a", "more")).refusal);
}

TEST_F(Quotas, GoWithTheirNamespace) {
  limit("/z", 1);
  world_.run(drop_namespace("/z"));
  EXPECT_EQ(world_.meta().quotas, 0U);
  world_.run(make_namespace("/z"));
  world_.run(put("/z", "1"));
  EXPECT_FALSE(world_.run(put("/z", "2")).refusal);
}

TEST_F(Quotas, ArePutUnderConditions) {
  EXPECT_EQ(limit("/nowhere", 1).refusal, NamespaceNotFound);
  const Reply made = world_.run(PutQuota{"/a", if_absent(), 1, 0});
  EXPECT_TRUE(made.created);
  EXPECT_EQ(world_.run(PutQuota{"/a", if_absent(), 1, 0}).refusal, QuotaExists);
  EXPECT_FALSE(world_.run(PutQuota{"/a", if_version(made.version), 2, 0}).refusal);
  EXPECT_EQ(world_.run(PutQuota{"/a", {}, 0, 0}).refusal, BadCommand);
}

// Who has it doesn't set it.
TEST_F(Quotas, TakeTheRightToManageTheNamespaceAbove) {
  Command mint = by_alice(MintBootstrapKey{sha256("root"), true});
  mint.actor = {ActorType::System, "bootstrap", {}};
  world_.run(mint);
  const auto run = [this](CommandBody body, std::string_view key) {
    Command command = by_alice(std::move(body));
    command.api_key = sha256(key);
    return world_.run(command).refusal;
  };
  run(CreateApiKey{sha256("ada"), "user:ada", {}, {}, 0}, "root");
  run(PutAssignment{"/a", "user:ada", "admin", {}}, "root");
  EXPECT_EQ(run(PutQuota{"/a", {}, 9, 0}, "ada"), Forbidden);
  EXPECT_EQ(run(DeleteQuota{"/a", {}}, "ada"), Forbidden);
  EXPECT_EQ(run(PutQuota{"/a/b", {}, 9, 0}, "ada"), std::nullopt);
  EXPECT_EQ(run(PutQuota{"/", {}, 9, 0}, "ada"), Forbidden);
  EXPECT_EQ(run(PutQuota{"/", {}, 9, 0}, "root"), std::nullopt);
}

TEST_F(Quotas, AreGovernedWhereAPolicyAsksForOthers) {
  world_.run(PutPolicy{"/a", {}, {.approvals = 1}});
  EXPECT_EQ(limit("/a", 5).refusal, ReviewRequired);
}

TEST_F(Quotas, OnlyALeaderCounts) {
  for (std::uint64_t i = 0; i < kMaxChoreRows + 1; ++i) world_.run(put("/a", numbered("k", i)));
  limit("/a", 1);
  const auto kind = static_cast<std::uint64_t>(ChoreKind::CountQuota);
  EXPECT_EQ(world_.run(DoChore{"/a", 0, kind}).refusal, Forbidden);
  do_chore();
  Command again = by_alice(DoChore{"/a", 0, kind});
  again.actor = {ActorType::System, "chores", {}};
  EXPECT_EQ(world_.run(again).refusal, NothingDue);
}

}  // namespace
}  // namespace confman::domain
