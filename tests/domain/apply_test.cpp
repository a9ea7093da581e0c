#include "domain/apply/apply.hpp"

#include <gtest/gtest.h>

#include "domain/audit/query.hpp"
#include "domain/command/command.hpp"
#include "domain/command/reply.hpp"
#include "domain/entries/query.hpp"
#include "domain/limits.hpp"
#include "domain/namespaces/query.hpp"
#include "domain/state/meta.hpp"
#include "tests/domain/support.hpp"

namespace confman::domain {
namespace {

class Apply : public testing::Test {
 protected:
  void SetUp() override { ASSERT_FALSE(world.run(make_namespace("/a")).refusal); }

  Reply run(CommandBody body) { return world.run(std::move(body)); }
  std::optional<EntryRow> entry(std::string_view path, std::string_view key) const {
    const auto row = find_entry(world.store, path, key);
    return row ? std::optional(*row) : std::nullopt;
  }
  NamespaceRow ns(std::string_view path) const { return find_namespace(world.store, path).value(); }
  AuditRow last_event() const {
    return list_audit(world.store,
                      {.path = "/", .after = {}, .actor_id = {}, .action = {}, .limit = 1})
        .items.front()
        .row;
  }
  // Nothing but the log position and the audit trail moved.
  void expect_refused(CommandBody body, Refusal refusal, std::uint64_t current = 0) {
    const MemoryStateStore before = world.store;
    const std::uint64_t events = world.meta().audit_events;
    const Reply reply = run(std::move(body));
    EXPECT_EQ(reply.refusal, refusal) << code_of(refusal);
    EXPECT_EQ(reply.version, current);
    EXPECT_FALSE(reply.created);
    EXPECT_EQ(world.meta().audit_events, events + 1);
    EXPECT_EQ(last_event().refusal, refusal);
    EXPECT_EQ(last_event().new_version, 0U);
    for (const Table table : {Table::Namespace, Table::Entry, Table::Version, Table::Outcome}) {
      const auto rows_of = [table](const MemoryStateStore& store) {
        std::vector<std::pair<Bytes, Bytes>> rows;
        store.scan(table, {}, {}, [&rows](ByteView key, ByteView value) {
          rows.emplace_back(key, value);
          return true;
        });
        return rows;
      };
      EXPECT_EQ(rows_of(before), rows_of(world.store));
    }
  }

  World world;
};

TEST_F(Apply, InitialStateHoldsTheRootAndIsTheSameEverywhere) {
  MemoryStateStore one;
  EXPECT_EQ(meta_of(one).applied, Revision{});
  initialise(one);
  MemoryStateStore two = one;
  initialise(two);
  EXPECT_EQ(one, two);
  EXPECT_EQ(find_namespace(one, "/")->version, 1U);
  EXPECT_EQ(meta_of(one).namespaces, 1U);
}

TEST_F(Apply, PutCreatesAndUpdates) {
  Reply reply = run(put("/a", "k", "one"));
  EXPECT_FALSE(reply.refusal);
  EXPECT_TRUE(reply.created);
  EXPECT_EQ(reply.version, 1U);
  EXPECT_EQ(reply.revision, world.meta().applied);
  const HlcStamp created_at = entry("/a", "k")->created_at;

  reply = run(put("/a", "k", "two"));
  EXPECT_FALSE(reply.created);
  EXPECT_EQ(reply.version, 2U);
  const EntryRow row = *entry("/a", "k");
  EXPECT_EQ(row.value, "two");
  EXPECT_EQ(row.version, 2U);
  EXPECT_EQ(row.revision, reply.revision);
  EXPECT_EQ(row.author, alice());
  EXPECT_EQ(row.created_at, created_at);
  EXPECT_GT(row.updated_at, created_at);
  EXPECT_EQ(find_version(world.store, "/a", "k", 1)->value, "one");
  EXPECT_EQ(ns("/a").live_entries, 1U);
  EXPECT_EQ(world.meta().live_entries, 1U);
}

TEST_F(Apply, DeleteLeavesATombstoneAndVersionsGoOn) {
  run(put("/a", "k", "one"));
  Reply reply = run(del("/a", "k"));
  EXPECT_FALSE(reply.refusal);
  EXPECT_EQ(reply.version, 2U);
  EXPECT_FALSE(entry("/a", "k"));
  EXPECT_TRUE(find_version(world.store, "/a", "k", 2)->deleted);
  EXPECT_EQ(ns("/a").live_entries, 0U);

  reply = run(put("/a", "k", "again"));
  EXPECT_TRUE(reply.created);
  EXPECT_EQ(reply.version, 3U);
  EXPECT_EQ(entry("/a", "k")->created_at, entry("/a", "k")->updated_at);
  EXPECT_EQ(ns("/a").live_entries, 1U);
}

TEST_F(Apply, PreconditionsOfAPut) {
  expect_refused(put("/a", "k", "v", if_version(1)), Refusal::VersionMismatch, 0);
  expect_refused(put("/a", "k", "v", if_version(0)), Refusal::VersionMismatch, 0);
  expect_refused(put("/a", "k", "v", if_exists()), Refusal::VersionMismatch, 0);
  EXPECT_FALSE(run(put("/a", "k", "v", if_absent())).refusal);
  expect_refused(put("/a", "k", "v", if_absent()), Refusal::EntryExists, 1);
  expect_refused(put("/a", "k", "v", if_version(2)), Refusal::VersionMismatch, 1);
  EXPECT_FALSE(run(put("/a", "k", "v", if_version(1))).refusal);
  EXPECT_FALSE(run(put("/a", "k", "v", if_exists())).refusal);
  run(del("/a", "k"));
  expect_refused(put("/a", "k", "v", if_version(4)), Refusal::VersionMismatch, 0);
  EXPECT_FALSE(run(put("/a", "k", "v", if_absent())).refusal);
}

TEST_F(Apply, PreconditionsOfADelete) {
  expect_refused(del("/a", "k"), Refusal::EntryNotFound);
  expect_refused(del("/a", "k", if_version(1)), Refusal::VersionMismatch, 0);
  expect_refused(del("/a", "k", if_exists()), Refusal::VersionMismatch, 0);
  run(put("/a", "k"));
  expect_refused(del("/a", "k", if_version(7)), Refusal::VersionMismatch, 1);
  EXPECT_FALSE(run(del("/a", "k", if_version(1))).refusal);
  expect_refused(del("/a", "k"), Refusal::EntryNotFound);
}

TEST_F(Apply, EntriesNeedTheirNamespace) {
  expect_refused(put("/b", "k"), Refusal::NamespaceNotFound);
  expect_refused(del("/b", "k"), Refusal::NamespaceNotFound);
  EXPECT_FALSE(run(put("/", "k")).refusal);
}

TEST_F(Apply, NamespacesGrowFromTheirParents) {
  expect_refused(make_namespace("/b/c"), Refusal::ParentNotFound);
  Reply reply = run(make_namespace("/a/b"));
  EXPECT_TRUE(reply.created);
  EXPECT_EQ(reply.version, 1U);
  EXPECT_EQ(ns("/a").children, 1U);
  EXPECT_EQ(ns("/a").version, 1U) << "a child is no new version of its parent";
  EXPECT_EQ(world.meta().namespaces, 3U);

  PutNamespace update;
  update.path = "/a";
  update.description = "new";
  update.owner = "bob";
  update.labels = {{"x", "y"}};
  reply = run(update);
  EXPECT_FALSE(reply.created);
  EXPECT_EQ(reply.version, 2U);
  EXPECT_EQ(ns("/a").description, "new");
  EXPECT_EQ(ns("/a").owner, "bob");
  EXPECT_EQ(ns("/a").labels, update.labels);
  EXPECT_EQ(ns("/a").children, 1U);
  EXPECT_EQ(world.meta().namespaces, 3U);
}

TEST_F(Apply, NamespacesGoOnlyWhenEmpty) {
  expect_refused(drop_namespace("/"), Refusal::RootImmutable);
  expect_refused(drop_namespace("/b"), Refusal::NamespaceNotFound);
  expect_refused(drop_namespace("/b", if_version(1)), Refusal::VersionMismatch);
  run(make_namespace("/a/b"));
  expect_refused(drop_namespace("/a"), Refusal::NamespaceNotEmpty, 1);
  run(drop_namespace("/a/b"));
  run(put("/a", "k"));
  expect_refused(drop_namespace("/a"), Refusal::NamespaceNotEmpty, 1);
  run(del("/a", "k"));
  expect_refused(drop_namespace("/a", if_version(9)), Refusal::VersionMismatch, 1);
  EXPECT_FALSE(run(drop_namespace("/a", if_version(1))).refusal);
  EXPECT_EQ(ns("/").children, 0U);
  EXPECT_EQ(world.meta().namespaces, 1U);
  EXPECT_FALSE(run(make_namespace("/a")).refusal);
  EXPECT_EQ(ns("/a").version, 3U) << "its versions go on, as those of an entry";
  EXPECT_EQ(run(put("/a", "k")).version, 3U) << "history outlives the namespace";
}

TEST_F(Apply, PreconditionsOfANamespace) {
  expect_refused(make_namespace("/a", if_absent()), Refusal::NamespaceExists, 1);
  expect_refused(make_namespace("/a", if_version(2)), Refusal::VersionMismatch, 1);
  expect_refused(make_namespace("/b", if_exists()), Refusal::VersionMismatch, 0);
  EXPECT_FALSE(run(make_namespace("/b", if_absent())).refusal);
  EXPECT_EQ(run(make_namespace("/b", if_version(1))).version, 2U);
}

TEST_F(Apply, IsTotalWhateverTheLogHolds) {
  expect_refused(put("/a", ""), Refusal::BadCommand);
  expect_refused(put("a", "k"), Refusal::BadCommand);
  expect_refused(put("/a", std::string("k\0k", 3)), Refusal::BadCommand);
  expect_refused(put("/a", "k", Bytes(kMaxValueBytes + 1, 'v')), Refusal::BadCommand);
  expect_refused(make_namespace("/" + std::string(4 * kMaxPathBytes, 'p')), Refusal::BadCommand);
  Precondition both = if_version(1);
  both.if_absent = true;
  expect_refused(put("/a", "k", "v", both), Refusal::BadCommand);

  Command command = by_alice(put("/a", "k"));
  command.actor.id = std::string("a\0b", 3);
  command.idempotency_key = "key";
  EXPECT_EQ(world.run(command).refusal, Refusal::BadCommand);
  command = by_alice(put("/a", "k"));
  command.stamp = {-1, 0};
  EXPECT_EQ(world.run(command).refusal, Refusal::BadCommand);
  EXPECT_EQ(world.meta().outcomes, 0U);
}

TEST_F(Apply, AuditBindsTheValuesAndChains) {
  run(put("/a", "k", "one"));
  run(put("/a", "k", "two"));
  const AuditRow updated = last_event();
  EXPECT_EQ(updated.action, Action::ConfigUpdated);
  EXPECT_EQ(updated.previous_version, 1U);
  EXPECT_EQ(updated.new_version, 2U);
  EXPECT_EQ(updated.previous_value, sha256("one"));
  EXPECT_EQ(updated.new_value, sha256("two"));
  EXPECT_EQ(updated.request_id, "req-1");
  EXPECT_EQ(updated.actor, alice());
  EXPECT_EQ(audit_id(updated), "evt_3_0");
  run(del("/a", "k"));
  EXPECT_EQ(last_event().action, Action::ConfigDeleted);
  EXPECT_EQ(last_event().previous_value, sha256("two"));
  EXPECT_EQ(last_event().new_value, std::nullopt);
  run(put("/a", "k", "three"));
  EXPECT_EQ(last_event().action, Action::ConfigCreated);
  EXPECT_EQ(last_event().previous_version, 0U);

  Sha256Digest chain{};
  std::uint64_t events = 0;
  world.store.scan(Table::Audit, {}, {}, [&](ByteView, ByteView value) {
    const AuditRow row = decode_audit_row(value).value();
    EXPECT_EQ(row.chain, chain_after(chain, row));
    chain = row.chain;
    ++events;
    return true;
  });
  EXPECT_EQ(chain, world.meta().audit_head);
  EXPECT_EQ(events, world.meta().audit_events);
  EXPECT_EQ(events, 5U);
}

TEST_F(Apply, SkipMovesThePositionAndNothingElse) {
  MetaRow before = world.meta();
  skip(world.store, {7, before.applied.index + 1});
  const MetaRow after = world.meta();
  EXPECT_EQ(after.applied, (Revision{7, before.applied.index + 1}));
  before.applied = after.applied;
  EXPECT_EQ(after, before);
}

using ApplyDeathTest = Apply;
TEST_F(ApplyDeathTest, WantsTheLogInOrder) {
  const std::uint64_t index = world.meta().applied.index;
  EXPECT_DEATH(apply(world.store, {1, index}, by_alice(put("/a", "k"))), "out of order");
  EXPECT_DEATH(apply(world.store, {1, index + 2}, by_alice(put("/a", "k"))), "out of order");
  EXPECT_DEATH(skip(world.store, {1, index}), "out of order");
}

}  // namespace
}  // namespace confman::domain
