// Every query looks at a bounded number of rows, and its pages, however short, put together are the
// listing: nothing twice, nothing left out.

#include <algorithm>
#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>

#include "domain/audit/changes.hpp"
#include "domain/audit/query.hpp"
#include "domain/entries/query.hpp"
#include "domain/limits.hpp"
#include "domain/model/path.hpp"
#include "domain/namespaces/query.hpp"
#include "domain/query/page.hpp"
#include "tests/domain/support.hpp"

namespace confman::domain {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

CommandBody labelled(std::string path, std::string key, Labels labels) {
  PutEntry body = std::get<PutEntry>(put(std::move(path), std::move(key)));
  body.labels = std::move(labels);
  return body;
}

// What a page may cost above its bound: the rows that belong to the last one visited.
constexpr std::size_t kMore = 8;

class Bounds : public testing::Test {
 protected:
  // Names with neighbours on both sides of every separator, many tombstones, namespaces that are
  // gone, labels of all frequencies.
  void fill(std::uint64_t seed) {
    Random random(seed);
    const std::vector<std::string> paths = {"/",    "/a",     "/a-b",   "/a.b", "/a/b", "/a/b-c",
                                            "/a/c", "/a/b/c", "/a/b/d", "/b",   "/b/a", "/b/a/a"};
    for (const std::string& path : paths) world.run(make_namespace(path));
    for (int i = 0; i < 300; ++i) {
      const std::string& path = paths[random.below(paths.size())];
      const std::string key = numbered(random.one_in(2) ? "k" : "kk", random.below(12));
      if (random.one_in(3)) {
        world.run(del(path, key));
        continue;
      }
      Labels labels;
      if (random.one_in(2)) labels.emplace_back("env", random.one_in(3) ? "prod" : "test");
      if (random.one_in(12)) labels.emplace_back("rare", "");
      if (random.one_in(4)) labels.emplace_back("team", numbered("t", random.below(4)));
      world.run(labelled(path, key, std::move(labels)));
    }
    empty_namespace("/b/a/a");
    world.run(drop_namespace("/b/a/a"));
    empty_namespace("/a/b");
  }
  void empty_namespace(const std::string& path) {
    for (const std::string& name : live(path)) world.run(del(path, name));
  }
  std::vector<std::string> live(const std::string& path) const {
    std::vector<std::string> names;
    world.store.scan(Table::Entry, {}, {}, [&](ByteView key, ByteView value) {
      const auto name = keys::parse_entry(key);
      if (name->path == path && !decode_entry_row(value)->deleted) names.emplace_back(name->key);
      return true;
    });
    return names;
  }

  // By the definition, from all rows.
  std::vector<std::string> expected(const ListEntries& query) const {
    std::vector<std::string> found;
    world.store.scan(Table::Entry, {}, {}, [&](ByteView bytes, ByteView value) {
      const auto name = *keys::parse_entry(bytes);
      const EntryRow row = *decode_entry_row(value);
      const bool inside =
          query.recursive ? is_within(name.path, query.path) : name.path == query.path;
      const bool matches = std::ranges::all_of(query.labels, [&](const std::string& wanted) {
        return std::ranges::any_of(row.labels, [&](const auto& label) {
          return wanted == label.first || wanted == label.first + "=" + label.second;
        });
      });
      if (inside && !row.deleted && matches && name.key.starts_with(query.key_prefix)) {
        found.push_back(std::string(name.path) + " " + std::string(name.key));
      }
      return true;
    });
    return found;
  }
  std::vector<std::string> entries(ListEntries query) const {
    std::vector<std::string> found;
    for (std::size_t pages = 0; pages < 5000; ++pages) {
      const EntryPage page = list_entries(world.store, query).value();
      for (const FoundEntry& item : page.items) found.push_back(item.path + " " + item.key);
      EXPECT_LE(page.items.size(), query.limit);
      EXPECT_LE(page.work.rows, query.max_visited + kMore);
      if (!page.resume) return found;
      EXPECT_TRUE(!query.after || *page.resume > *query.after) << "a page must get on";
      query.after = page.resume;
    }
    ADD_FAILURE() << "it doesn't end";
    return found;
  }

  World world;
};

TEST_F(Bounds, EntriesOfAllPagesAreTheListingWhateverTheBounds) {
  const std::vector<std::vector<std::string>> label_sets = {{},
                                                            {"env"},
                                                            {"env=prod"},
                                                            {"rare"},
                                                            {"rare="},
                                                            {"none"},
                                                            {"env=prod", "team"},
                                                            {"team=t1", "env=test"},
                                                            {"env", "rare"},
                                                            {"rare", "env=prod", "team=t2"},
                                                            {"env=prod", "env=test"}};
  for (const std::uint64_t seed : {1, 2, 3}) {
    world = World();
    fill(seed);
    for (const auto& labels : label_sets) {
      for (const char* path : {"/", "/a", "/a/b", "/b", "/a.b"}) {
        for (const bool recursive : {false, true}) {
          for (const char* prefix : {"", "kk", "k1", "z", "a"}) {
            ListEntries query;
            query.path = path;
            query.recursive = recursive;
            query.key_prefix = prefix;
            query.labels = labels;
            const auto all = expected(query);
            for (const auto& [limit, max_visited] :
                 std::vector<std::pair<std::size_t, std::size_t>>{
                     {1, 1}, {100, 1}, {3, 2}, {100, 3}, {2, 7}, {1000, 1000}}) {
              query.limit = limit;
              query.max_visited = max_visited;
              ASSERT_EQ(entries(query), all) << path << " " << recursive << " " << prefix << " "
                                             << testing::PrintToString(labels) << " limit " << limit
                                             << " visited " << max_visited;
            }
          }
        }
      }
    }
  }
}

TEST_F(Bounds, NamespacesOfAllPagesAreTheListingWhateverTheBounds) {
  fill(1);
  for (const bool recursive : {false, true}) {
    for (const char* path : {"/", "/a", "/b"}) {
      std::vector<std::string> all;
      for (const std::size_t max_visited : {1000, 1, 2, 3}) {
        ListNamespaces query;
        query.path = path;
        query.recursive = recursive;
        query.limit = 2;
        query.max_visited = max_visited;
        std::vector<std::string> found;
        for (bool more = true; more;) {
          const NamespacePage page = list_namespaces(world.store, query).value();
          for (const FoundNamespace& item : page.items) found.push_back(item.path);
          EXPECT_LE(page.work.rows, max_visited + kMore);
          more = page.resume.has_value();
          query.after = page.resume;
        }
        if (all.empty()) all = found;
        EXPECT_EQ(found, all);
      }
    }
  }
}

TEST_F(Bounds, VersionsOfAllPagesAreTheHistory) {
  world.run(make_namespace("/a"));
  for (int i = 0; i < 9; ++i) world.run(put("/a", "k"));
  for (const std::size_t max_visited : {1, 2, 4}) {
    ListVersions query{.path = "/a", .key = "k", .limit = 5, .max_visited = max_visited};
    std::vector<std::uint64_t> found;
    for (bool more = true; more;) {
      const VersionPage page = list_versions(world.store, query).value();
      for (const EntryRow& row : page.items) found.push_back(row.version);
      EXPECT_LE(page.work.rows, max_visited);
      more = page.resume.has_value();
      query.before = page.resume.value_or(0);
    }
    EXPECT_THAT(found, ElementsAre(9, 8, 7, 6, 5, 4, 3, 2, 1));
  }
}

class Crowd : public Bounds {
 protected:
  static constexpr std::uint64_t kMany = 5000;
  // Above the bound only by what belongs to the last row.
  void expect_bounded(const Work& work) { EXPECT_LE(work.rows, kMaxVisitedRows + kMore); }
  ListEntries all(std::string path) {
    ListEntries query;
    query.path = std::move(path);
    query.recursive = true;
    query.limit = 10;
    return query;
  }
};

TEST_F(Crowd, AFewMatchesOfALabelAreFoundAmongManyAtOnce) {
  world.run(make_namespace("/a"));
  for (std::uint64_t i = 0; i < kMany; ++i) {
    world.run(labelled("/a", numbered("k", i), {{"env", i % 1000 == 7 ? "prod" : "test"}}));
  }
  ListEntries query = all("/a");
  query.labels = {"env=prod"};
  const EntryPage page = list_entries(world.store, query).value();
  EXPECT_EQ(page.items.size(), kMany / 1000);
  EXPECT_FALSE(page.resume);
  EXPECT_LE(page.work.rows, 2 * kMany / 1000);
  query.labels = {"env=none"};
  EXPECT_EQ(list_entries(world.store, query)->work.rows, 0U);
}

TEST_F(Crowd, TheRarestOfSeveralLabelsIsTheWork) {
  world.run(make_namespace("/a"));
  for (std::uint64_t i = 0; i < kMany; ++i) {
    Labels labels = {{"env", "prod"}};
    if (i % 1000 == 7) labels.emplace_back("rare", "yes");
    world.run(labelled("/a", numbered("k", i), std::move(labels)));
  }
  ListEntries query = all("/a");
  query.labels = {"env=prod", "rare=yes"};
  const EntryPage page = list_entries(world.store, query).value();
  EXPECT_EQ(page.items.size(), kMany / 1000);
  EXPECT_LE(page.work.rows, 5 * (kMany / 1000 + 1));
}

TEST_F(Crowd, ANamespaceOfTombstonesIsLeapedOver) {
  world.run(make_namespace("/a"));
  world.run(make_namespace("/a/b"));
  for (std::uint64_t i = 0; i < kMany; ++i) world.run(put("/a", numbered("k", i)));
  for (std::uint64_t i = 0; i < kMany; ++i) world.run(del("/a", numbered("k", i)));
  world.run(put("/a/b", "x"));
  const EntryPage page = list_entries(world.store, all("/a")).value();
  EXPECT_EQ(page.items.size(), 1U);
  EXPECT_FALSE(page.resume);
  EXPECT_LE(page.work.rows, 4U);
}

TEST_F(Crowd, ManyTombstonesBesideOneEntryArePassedInBoundedSteps) {
  world.run(make_namespace("/a"));
  for (std::uint64_t i = 0; i < kMany; ++i) world.run(put("/a", numbered("k", i)));
  for (std::uint64_t i = 0; i < kMany; ++i) world.run(del("/a", numbered("k", i)));
  world.run(put("/a", "z"));
  const EntryPage page = list_entries(world.store, all("/a")).value();
  EXPECT_THAT(page.items, IsEmpty());
  EXPECT_TRUE(page.resume);
  expect_bounded(page.work);
  EXPECT_THAT(entries(all("/a")), ElementsAre("/a z"));
}

TEST_F(Crowd, AKeyPrefixIsLookedUpInEachNamespace) {
  for (int space = 0; space < 3; ++space) {
    const std::string path = numbered("/a", static_cast<std::uint64_t>(space));
    world.run(make_namespace(path));
    for (std::uint64_t i = 0; i < kMany; ++i) world.run(put(path, numbered("k", i)));
    world.run(put(path, "m"));
  }
  ListEntries query = all("/");
  query.key_prefix = "m";
  const EntryPage page = list_entries(world.store, query).value();
  EXPECT_EQ(page.items.size(), 3U);
  EXPECT_LE(page.work.rows, 12U);
}

TEST_F(Crowd, ChildrenAreFoundWithoutWhatIsBelowThem) {
  world.run(make_namespace("/a"));
  world.run(make_namespace("/b"));
  for (std::uint64_t i = 0; i < kMany; ++i) world.run(make_namespace(numbered("/a/n", i)));
  ListNamespaces query;
  query.path = "/";
  query.limit = 10;
  const NamespacePage page = list_namespaces(world.store, query).value();
  EXPECT_EQ(page.items.size(), 2U);
  EXPECT_LE(page.work.rows, 4U);
}

TEST_F(Crowd, AuditFiltersAndForeignChangesAreBounded) {
  world.run(make_namespace("/a"));
  world.run(make_namespace("/b"));
  for (std::uint64_t i = 0; i < kMany; ++i) world.run(put("/a", numbered("k", i)));
  ListAudit query;
  query.path = "/";
  query.limit = 10;
  query.actor_id = "nobody";
  const AuditPage page = list_audit(world.store, query);
  EXPECT_TRUE(page.items.empty());
  EXPECT_TRUE(page.resume);
  expect_bounded(page.work);
  query.actor_id = {};
  query.limit = kMaxPageSize;
  expect_bounded(list_audit(world.store, query).work);

  const ChangePage changes = changes_after(world.store, {"/b", ""}, 0, UINT64_MAX, 100);
  EXPECT_TRUE(changes.changes.empty());
  EXPECT_LT(changes.through, world.meta().applied.index);
  expect_bounded(changes.work);
}

// Four values of the largest size in a row are read: one page's worth, and the one that no longer
// fits.
TEST_F(Crowd, LargeValuesEndAPageByTheirBytes) {
  world.run(make_namespace("/a"));
  for (std::uint64_t i = 0; i < 6; ++i) {
    world.run(put("/a", numbered("k", i), Bytes(kMaxValueBytes, 'v')));
  }
  ListEntries query = all("/a");
  query.key_prefix = "k";
  EXPECT_LE(list_entries(world.store, query)->work.bytes, kMaxVisitedBytes + kMaxValueBytes + 4096);
  ListAudit audit;
  audit.path = "/";
  audit.limit = 100;
  EXPECT_LE(list_audit(world.store, audit).work.bytes,
            kMaxVisitedBytes + 2 * kMaxValueBytes + 4096);
  EXPECT_LE(changes_after(world.store, {"/", ""}, 0, UINT64_MAX, 100).work.bytes,
            kMaxVisitedBytes + kMaxValueBytes + 4096);
}

// --- the label index -----------------------------------------------------------------------------

std::set<std::string> label_rows(const StateStore& store) {
  std::set<std::string> rows;
  for (const Table table : {Table::Label, Table::LabelName}) {
    store.scan(table, {}, {}, [&](ByteView key, ByteView value) {
      EXPECT_TRUE(value.empty());
      std::string row(key);
      std::ranges::replace(row, '\0', ' ');
      rows.insert(row);
      return true;
    });
  }
  return rows;
}

TEST(LabelIndex, FollowsTheLabelsOfLiveEntries) {
  World world;
  world.run(make_namespace("/a"));
  world.run(labelled("/a", "k", {{"env", "prod"}, {"team", "x"}}));
  EXPECT_THAT(label_rows(world.store),
              ElementsAre("env /a k", "env prod /a k", "team /a k", "team x /a k"));
  world.run(labelled("/a", "k", {{"env", "test"}, {"tier", ""}}));
  EXPECT_THAT(label_rows(world.store),
              ElementsAre("env /a k", "env test /a k", "tier  /a k", "tier /a k"));
  world.run(del("/a", "k"));
  EXPECT_THAT(label_rows(world.store), IsEmpty());
  world.run(labelled("/a", "k", {{"env", "prod"}}));
  EXPECT_EQ(label_rows(world.store).size(), 2U);
  world.run(put("/a", "k"));
  EXPECT_THAT(label_rows(world.store), IsEmpty());
}

// Builds that have the index and builds that haven't must agree.
TEST(LabelIndex, IsInNeitherDigestNorSnapshotAndComesBackWithOne) {
  World world;
  world.run(make_namespace("/a"));
  world.run(labelled("/a", "k", {{"env", "prod"}, {"team", "x"}}));
  MemoryStateStore without = world.store;
  for (const Table table : {Table::Label, Table::LabelName}) {
    std::vector<Bytes> keys;
    without.scan(table, {}, {}, [&](ByteView key, ByteView) {
      keys.emplace_back(key);
      return true;
    });
    for (const Bytes& key : keys) without.erase(table, key);
  }
  Bytes stream;
  write_snapshot(without, {"test", world.meta().applied, {}, 0},
                 [&stream](ByteView bytes) { stream += bytes; });
  EXPECT_EQ(stream, world.snapshot());

  MemoryStateStore installed;
  SnapshotReader reader(
      [&](Table table, ByteView key, ByteView value) { installed.put(table, key, value); });
  ASSERT_TRUE(reader.feed(stream));
  ASSERT_TRUE(reader.finish());
  EXPECT_TRUE(installed == world.store);
}

}  // namespace
}  // namespace confman::domain
