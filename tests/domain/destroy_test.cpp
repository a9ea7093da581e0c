#include <gtest/gtest.h>
#include <string>

#include "domain/audit/query.hpp"
#include "domain/catalogue.hpp"
#include "domain/entries/query.hpp"
#include "domain/past/as_of.hpp"
#include "domain/past/commands.hpp"
#include "domain/past/compare.hpp"
#include "domain/past/listing.hpp"
#include "domain/review/changes.hpp"
#include "domain/review/commands.hpp"
#include "tests/domain/support.hpp"

// The content of a version is taken out of the state, and what stays says so.
namespace confman::domain {
namespace {

using enum Refusal;

constexpr std::string_view kSecret = "\"my name is Ada\"";

class Destroying : public testing::Test {
 protected:
  Destroying() {
    world_.run(make_namespace("/a"));
    world_.run(put("/a", "k", "1"));
    auto body = std::get<PutEntry>(put("/a", "k", Bytes(kSecret)));
    body.labels = {{"who", "Ada of London"}};
    body.description = "Ada's own words";
    world_.run(body);
    then_ = world_.meta().applied;
    world_.run(put("/a", "k", "3"));
  }

  Reply destroy(std::uint64_t version, std::string key = "k", std::string why = "a court order") {
    return world_.run(DestroyVersion{"/a", std::move(key), version, std::move(why)});
  }
  bool holds(std::string_view text) const {
    bool found = false;
    for_each_table([&](auto tag) {
      world_.store.scan(decltype(tag)::type::kTable, {}, {}, [&](ByteView key, ByteView value) {
        found = found || key.contains(text) || value.contains(text);
        return true;
      });
    });
    return found;
  }

  World world_;
  Revision then_;
};

TEST_F(Destroying, TakesTheTextOutOfTheState) {
  ASSERT_TRUE(holds("my name is Ada"));
  ASSERT_FALSE(destroy(2).refusal);
  EXPECT_FALSE(holds("my name is Ada"));
  EXPECT_FALSE(holds("Ada of London"));
  EXPECT_FALSE(holds("Ada's own words"));
  EXPECT_EQ(world_.snapshot().find("my name is Ada"), Bytes::npos);
}

TEST_F(Destroying, LeavesTheDigestAndWhoDidItWhenAndWhy) {
  const Reply done = destroy(2);
  const auto page =
      list_versions(world_.store, {.path = "/a", .key = "k", .before = 0, .limit = 9});
  ASSERT_EQ(page->items.size(), 3U);
  const EntryRow& row = page->items[1];
  ASSERT_TRUE(row.is_destroyed());
  const Destruction how = destruction_of(row);
  EXPECT_EQ(how.why, "a court order");
  EXPECT_EQ(how.by.id, "alice@example.com");
  EXPECT_EQ(how.revision, done.revision);
  EXPECT_EQ(how.digest, sha256(kSecret));
  EXPECT_EQ(row.version, 2U);
  EXPECT_EQ(row.author.id, "alice@example.com") << "who wrote it stays, too";
  const auto events = list_audit(world_.store, {.path = "/a", .newest_first = true, .limit = 1});
  EXPECT_EQ(events.items[0].row.action, Action::VersionDestroyed);
  EXPECT_EQ(events.items[0].row.restored_version, 2U);
  EXPECT_EQ(events.items[0].row.previous_value, sha256(kSecret));
}

TEST_F(Destroying, IsToldApartWhereverThePastIsAsked) {
  destroy(2);
  EXPECT_EQ(find_version(world_.store, "/a", "k", 2).error(), QueryFault::VersionDestroyed);
  Work work;
  const AsOf moment{.revision = then_, .wall_ms = {}};
  EXPECT_EQ(find_as_of(world_.store, "/a", "k", moment, work).error(),
            QueryFault::VersionDestroyed);
  EXPECT_EQ(compare_versions(world_.store, {"/a", "k", VersionChoice(std::uint64_t{2}), {}}, work)
                .error(),
            QueryFault::VersionDestroyed);
  EXPECT_EQ(world_.run(back("/a", "k", 2)).refusal, VersionDestroyed);
  const Reply all = world_.run(RollbackNamespace{.path = "/a", .prefix = {}, .to_revision = then_});
  EXPECT_EQ(all.refusal, VersionDestroyed);
  EXPECT_EQ(all.about, "k");
  const auto past = list_past(world_.store, {.path = "/a", .as_of = moment, .limit = 9}).value();
  ASSERT_EQ(past.items.size(), 1U);
  EXPECT_TRUE(past.items[0].row.is_destroyed());
  const auto diff =
      compare_namespace(world_.store, {.path = "/a", .from = moment, .limit = 9}).value();
  EXPECT_EQ(diff.items.size(), 1U) << "it is the same as no other";
}

TEST_F(Destroying, IsNotForWhatIsLive) {
  EXPECT_EQ(destroy(3).refusal, VersionIsLive);
  world_.run(del("/a", "k"));
  EXPECT_EQ(destroy(4).refusal, VersionIsDeletion);
  EXPECT_FALSE(destroy(3).refusal);
}

TEST_F(Destroying, NamesAVersionThatIsThere) {
  EXPECT_EQ(destroy(9).refusal, VersionNotFound);
  EXPECT_EQ(destroy(1, "nothing").refusal, EntryNotFound);
  EXPECT_EQ(world_.run(DestroyVersion{"/no", "k", 1, "so"}).refusal, NamespaceNotFound);
  destroy(2);
  EXPECT_EQ(destroy(2).refusal, VersionDestroyed);
  EXPECT_EQ(destroy(1, "k", "").refusal, BadCommand) << "who does it says why";
}

TEST_F(Destroying, IsGovernedButNotFrozen) {
  world_.run(PutPolicy{"/a", {}, {.freezes = join_windows({{0, INT64_MAX}})}});
  EXPECT_FALSE(destroy(1).refusal);
  world_.run(PutPolicy{"/a", {}, {.approvals = 1}});
  EXPECT_EQ(destroy(2).refusal, ReviewRequired);
}

// The request that published it holds the text as well.
TEST_F(Destroying, TakesTheTextOutOfTheRequestThatPublishedIt) {
  const CommandBody change = put("/a", "k", "\"Grace\"", if_version(3));
  const Reply made =
      world_.run(CreateRequest{"t", {}, join_changes({encode_body(change)}), 0, true});
  ASSERT_FALSE(world_
                   .run(StepRequest{made.revision.index,
                                    static_cast<std::uint64_t>(RequestStep::Publish),
                                    if_version(made.version),
                                    {}})
                   .refusal);
  world_.run(put("/a", "k", "5"));
  ASSERT_TRUE(holds("Grace"));
  ASSERT_FALSE(destroy(4).refusal);
  EXPECT_FALSE(holds("Grace"));
}

}  // namespace
}  // namespace confman::domain
