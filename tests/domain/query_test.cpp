#include "domain/entries/query.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/audit/changes.hpp"
#include "domain/audit/query.hpp"
#include "domain/limits.hpp"
#include "domain/model/path.hpp"
#include "domain/namespaces/query.hpp"
#include "domain/query/page.hpp"
#include "tests/domain/support.hpp"

namespace confman::domain {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Query : public testing::Test {
 protected:
  void SetUp() override {
    // "/a-b" and "/a.b" sort between "/a" and "/a/…" and must stay out of both.
    for (const char* path : {"/a", "/a-b", "/a.b", "/a/b", "/a/b/c", "/a/b-c", "/b"}) {
      world.run(make_namespace(path));
    }
    for (const char* path : {"/", "/a", "/a-b", "/a/b", "/a/b/c", "/a/b-c", "/b"}) {
      world.run(put(path, "x"));
      world.run(put(path, "y"));
    }
    world.run(del("/a", "y"));
  }

  // Follows the cursor to the end.
  std::vector<std::string> entries(ListEntries query) const {
    std::vector<std::string> found;
    for (bool more = true; more;) {
      const auto page = list_entries(world.store, query).value();
      for (const FoundEntry& item : page.items) found.push_back(item.path + " " + item.key);
      EXPECT_LE(page.items.size(), query.limit);
      more = page.resume.has_value();
      if (more) query.after = page.resume;
    }
    return found;
  }
  std::vector<std::string> namespaces(ListNamespaces query) const {
    std::vector<std::string> found;
    for (bool more = true; more;) {
      const auto page = list_namespaces(world.store, query).value();
      for (const FoundNamespace& item : page.items) found.push_back(item.path);
      more = page.resume.has_value();
      if (more) query.after = page.resume;
    }
    return found;
  }
  static ListEntries in(std::string path, bool recursive, std::size_t limit = 100) {
    ListEntries query;
    query.path = std::move(path);
    query.recursive = recursive;
    query.limit = limit;
    return query;
  }

  World world;
};

TEST_F(Query, FindTellsWhatIsMissing) {
  EXPECT_EQ(find_entry(world.store, "/a", "x")->version, 1U);
  EXPECT_EQ(find_entry(world.store, "/a", "y").error(), QueryFault::EntryNotFound);
  EXPECT_EQ(find_entry(world.store, "/a", "z").error(), QueryFault::EntryNotFound);
  EXPECT_EQ(find_entry(world.store, "/z", "x").error(), QueryFault::NamespaceNotFound);
  EXPECT_TRUE(find_version(world.store, "/a", "y", 2)->deleted);
  EXPECT_EQ(find_version(world.store, "/a", "y", 3).error(), QueryFault::VersionNotFound);
  EXPECT_EQ(find_version(world.store, "/a", "z", 1).error(), QueryFault::EntryNotFound);
  EXPECT_EQ(find_version(world.store, "/z", "x", 1).error(), QueryFault::NamespaceNotFound);
  EXPECT_EQ(find_namespace(world.store, "/z").error(), QueryFault::NamespaceNotFound);
}

TEST_F(Query, ListsTheEntriesOfANamespace) {
  EXPECT_THAT(entries(in("/a", false)), ElementsAre("/a x"));
  EXPECT_THAT(entries(in("/", false)), ElementsAre("/ x", "/ y"));
  EXPECT_THAT(entries(in("/a.b", true)), IsEmpty());
  EXPECT_EQ(list_entries(world.store, in("/z", false)).error(), QueryFault::NamespaceNotFound);
}

TEST_F(Query, ListsRecursivelyWithoutStrangersWhateverThePageSize) {
  for (std::size_t limit = 1; limit <= 15; ++limit) {
    EXPECT_THAT(entries(in("/a", true, limit)), ElementsAre("/a x", "/a/b x", "/a/b y", "/a/b-c x",
                                                            "/a/b-c y", "/a/b/c x", "/a/b/c y"));
    EXPECT_EQ(entries(in("/", true, limit)).size(), 13U);
  }
}

TEST_F(Query, FiltersByKeyPrefixAndLabel) {
  PutEntry body = std::get<PutEntry>(put("/a/b", "yy"));
  body.labels = {{"env", "prod"}, {"team", "x"}};
  world.run(body);
  ListEntries query = in("/a", true, 1);
  query.key_prefix = "y";
  EXPECT_THAT(entries(query), ElementsAre("/a/b y", "/a/b yy", "/a/b-c y", "/a/b/c y"));
  query = in("/", true, 1);
  query.labels = {"env"};
  EXPECT_THAT(entries(query), ElementsAre("/a/b yy"));
  query.labels = {"env=prod"};
  EXPECT_THAT(entries(query), ElementsAre("/a/b yy"));
  query.labels = {"env=pro"};
  EXPECT_THAT(entries(query), IsEmpty());
  query.labels = {"en"};
  EXPECT_THAT(entries(query), IsEmpty());
}

TEST_F(Query, APageEndsBeforeItHoldsTooManyBytes) {
  world.run(make_namespace("/big"));
  for (std::uint64_t i = 0; i < 6; ++i) {
    world.run(put("/big", numbered("k", i), Bytes(kMaxValueBytes, 'v')));
  }
  const auto page = list_entries(world.store, in("/big", false)).value();
  EXPECT_EQ(page.items.size(), kMaxPageBytes / kMaxValueBytes);
  EXPECT_TRUE(page.resume);
  EXPECT_EQ(entries(in("/big", false)).size(), 6U);
}

TEST_F(Query, ListsNamespaces) {
  const auto in_namespace = [](std::string path, bool recursive, std::size_t limit) {
    ListNamespaces query;
    query.path = std::move(path);
    query.recursive = recursive;
    query.limit = limit;
    return query;
  };
  for (std::size_t limit = 1; limit <= 8; ++limit) {
    EXPECT_THAT(namespaces(in_namespace("/", false, limit)),
                ElementsAre("/a", "/a-b", "/a.b", "/b"));
    EXPECT_THAT(namespaces(in_namespace("/", true, limit)),
                ElementsAre("/a", "/a-b", "/a.b", "/a/b", "/a/b-c", "/a/b/c", "/b"));
    EXPECT_THAT(namespaces(in_namespace("/a", false, limit)), ElementsAre("/a/b", "/a/b-c"));
    EXPECT_THAT(namespaces(in_namespace("/a", true, limit)),
                ElementsAre("/a/b", "/a/b-c", "/a/b/c"));
    EXPECT_THAT(namespaces(in_namespace("/b", true, limit)), IsEmpty());
  }
  EXPECT_EQ(list_namespaces(world.store, in_namespace("/z", true, 1)).error(),
            QueryFault::NamespaceNotFound);
}

TEST_F(Query, ListsVersionsNewestFirst) {
  for (std::uint64_t i = 2; i <= 5; ++i) world.run(put("/b", "x", std::to_string(i)));
  const auto page = list_versions(world.store, {.path = "/b", .key = "x", .limit = 3}).value();
  ASSERT_EQ(page.items.size(), 3U);
  EXPECT_EQ(page.items[0].version, 5U);
  EXPECT_EQ(page.items[2].version, 3U);
  EXPECT_EQ(page.resume, 3U);
  const auto rest =
      list_versions(world.store, {.path = "/b", .key = "x", .before = 3, .limit = 3}).value();
  ASSERT_EQ(rest.items.size(), 2U);
  EXPECT_EQ(rest.items[1].version, 1U);
  EXPECT_FALSE(rest.resume);
  EXPECT_EQ(list_versions(world.store, {.path = "/a", .key = "y", .limit = 9})->items.size(), 2U)
      << "deleted ones too";
  EXPECT_EQ(list_versions(world.store, {.path = "/b", .key = "z", .limit = 9}).error(),
            QueryFault::EntryNotFound);
  EXPECT_EQ(list_versions(world.store, {.path = "/z", .key = "z", .limit = 9}).error(),
            QueryFault::NamespaceNotFound);
}

class Audit : public Query {
 protected:
  static ListAudit of(std::string path) {
    ListAudit query;
    query.path = std::move(path);
    query.limit = 100;
    return query;
  }
  std::vector<std::uint64_t> indexes(ListAudit query) const {
    std::vector<std::uint64_t> found;
    while (true) {
      const AuditPage page = list_audit(world.store, query);
      for (const AuditEvent& event : page.items) found.push_back(event.row.revision.index);
      EXPECT_LE(page.items.size(), query.limit);
      if (!page.resume) return found;
      query.after = page.resume;
    }
  }
};

TEST_F(Audit, GoesBothWaysInPagesOfAnySize) {
  std::vector<std::uint64_t> expected;
  for (std::uint64_t i = 1; i <= world.meta().audit_events; ++i) expected.push_back(i);
  std::vector<std::uint64_t> backwards(expected.rbegin(), expected.rend());
  for (const std::size_t limit : {1, 2, 5, 22, 23, 1000}) {
    for (const std::size_t max_visited : {1, 3, 10'000}) {
      ListAudit query = of("/");
      query.limit = limit;
      query.max_visited = max_visited;
      EXPECT_EQ(indexes(query), backwards);
      query.newest_first = false;
      EXPECT_EQ(indexes(query), expected);
    }
  }
}

TEST_F(Audit, FiltersByNamespaceActorAndAction) {
  ListAudit query = of("/a/b");
  query.newest_first = false;
  EXPECT_THAT(indexes(query), ElementsAre(4, 5, 14, 15, 16, 17));
  query.action = Action::NamespaceCreated;
  query.max_visited = 2;
  EXPECT_THAT(indexes(query), ElementsAre(4, 5));
  query = of("/");
  query.actor_id = "bob";
  EXPECT_THAT(indexes(query), IsEmpty());
}

TEST_F(Audit, AnExportHasEachEventWithTheChainValueBeforeItWhateverThePages) {
  world.run(put("/b", "x", "new"));
  for (const std::size_t limit : {1, 2, 7, 1000}) {
    ListAudit query = of("/");
    query.newest_first = false;
    query.as_export = true;
    query.limit = limit;
    Sha256Digest chain{};
    std::uint64_t events = 0;
    do {
      const AuditPage page = list_audit(world.store, query);
      for (const AuditEvent& event : page.items) {
        EXPECT_EQ(event.previous_chain, chain);
        EXPECT_EQ(chain_after(chain, event.row), event.row.chain);
        EXPECT_FALSE(event.withheld || event.previous || event.current);
        chain = event.row.chain;
        ++events;
      }
      query.after = page.resume;
    } while (query.after);
    EXPECT_EQ(events, world.meta().audit_events);
    EXPECT_EQ(chain, world.meta().audit_head);
  }
}

TEST_F(Audit, JoinsTheValuesItBinds) {
  world.run(put("/b", "x", "new"));
  world.run(put("/b", "x", "no", if_absent()));
  const AuditPage page = list_audit(world.store, of("/b"));
  const AuditEvent& refused = page.items[0];
  EXPECT_EQ(refused.row.refusal, Refusal::EntryExists);
  EXPECT_FALSE(refused.previous || refused.current);
  const AuditEvent& update = page.items[1];
  EXPECT_EQ(update.previous->value, "1");
  EXPECT_EQ(update.current->value, "new");
  EXPECT_EQ(sha256(update.current->value), update.row.new_value);
}

TEST_F(Audit, APageEndsBeforeItHoldsTooManyBytes) {
  for (std::uint64_t i = 0; i < 6; ++i) {
    world.run(put("/b", numbered("k", i), Bytes(kMaxValueBytes, 'v')));
  }
  const AuditPage page = list_audit(world.store, of("/b"));
  EXPECT_EQ(page.items.size(), kMaxPageBytes / kMaxValueBytes);
  ASSERT_TRUE(page.resume);
  EXPECT_EQ(page.resume->index, page.items.back().row.revision.index);
  EXPECT_EQ(indexes(of("/b")).size(), 9U);
}

class Watch : public Query {
 protected:
  ChangePage after(std::uint64_t index, std::size_t limit = 100, WatchScope scope = {"/", ""},
                   std::size_t max_visited = 10'000) const {
    return changes_after(world.store, scope, index, UINT64_MAX, limit, max_visited);
  }
  std::uint64_t now() const { return world.meta().applied.index; }
};

TEST_F(Watch, SeesAcceptedConfigChangesWithTheirValues) {
  const std::uint64_t start = now();
  world.run(put("/a", "k", "one"));
  world.run(put("/a", "k", "no", if_absent()));
  world.run(make_namespace("/c"));
  world.run(put("/a", "k", "two"));
  world.run(del("/a", "k"));
  const ChangePage page = after(start);
  ASSERT_EQ(page.changes.size(), 3U);
  EXPECT_EQ(page.through, now());
  EXPECT_EQ(page.changes[0].action, Action::ConfigCreated);
  EXPECT_EQ(page.changes[0].entry->value, "one");
  EXPECT_EQ(page.changes[0].revision.index, start + 1);
  EXPECT_EQ(page.changes[1].action, Action::ConfigUpdated);
  EXPECT_EQ(page.changes[1].version, 2U);
  EXPECT_EQ(page.changes[1].entry->value, "two") << "the value of then, not of now";
  EXPECT_EQ(page.changes[2].action, Action::ConfigDeleted);
  EXPECT_FALSE(page.changes[2].entry);
}

TEST_F(Watch, AReplayIsNoChange) {
  const std::uint64_t start = now();
  world.run(put("/a", "k"), "key");
  world.run(put("/a", "k"), "key");
  EXPECT_EQ(after(start).changes.size(), 1U);
}

TEST_F(Watch, NothingIsLostOrSeenTwiceAcrossPages) {
  const auto all = after(0).changes;
  ASSERT_EQ(all.size(), 15U);
  for (const std::size_t limit : {1, 2, 7}) {
    for (const std::size_t max_visited : {1, 2, 100}) {
      std::vector<Change> seen;
      std::uint64_t through = 0;
      while (through < now()) {
        const ChangePage page = after(through, limit, {"/", ""}, max_visited);
        ASSERT_GT(page.through, through) << "a page must get on";
        ASSERT_LE(page.changes.size(), limit);
        seen.insert(seen.end(), page.changes.begin(), page.changes.end());
        through = page.through;
      }
      EXPECT_EQ(seen, all);
    }
  }
}

// One log entry may hold several changes: a page never ends between them, for an index is all that
// there is to go on from.
TEST_F(Watch, ChangesOfOneLogEntryStayTogether) {
  const std::uint64_t index = now();
  AuditRow row = decode_audit_row(*world.store.get(Table::Audit, keys::of_audit(index, 0))).value();
  ASSERT_EQ(row.action, Action::ConfigDeleted);
  for (row.ordinal = 1; row.ordinal <= 2; ++row.ordinal) {
    world.store.put(Table::Audit, keys::of_audit(index, row.ordinal), encode(row));
  }
  world.run(put("/b", "x"));
  const ChangePage page = after(index - 1, 1);
  EXPECT_EQ(page.changes.size(), 3U);
  EXPECT_EQ(page.through, index);
  EXPECT_EQ(after(index - 1, 100, {"/", ""}, 1).changes.size(), 3U);
}

TEST_F(Watch, ScopesCoverASubtreeOrOneKey) {
  EXPECT_EQ(after(0, 100, {"/a", ""}).changes.size(), 9U);
  EXPECT_EQ(after(0, 100, {"/a", "x"}).changes.size(), 1U);
  EXPECT_EQ(after(0, 100, {"/a", "y"}).changes.size(), 2U);
  EXPECT_EQ(after(0, 100, {"/nowhere", ""}).changes.size(), 0U);
  EXPECT_TRUE((WatchScope{"/a", ""}.covers("/a/b", "k")));
  EXPECT_FALSE((WatchScope{"/a", ""}.covers("/a-b", "k")));
  EXPECT_FALSE((WatchScope{"/a", "k"}.covers("/a/b", "k")));
}

TEST_F(Watch, StopsAtTheBoundsGiven) {
  const ChangePage page = changes_after(world.store, {"/", ""}, 8, 10, 100);
  EXPECT_EQ(page.changes.size(), 2U);
  EXPECT_EQ(page.through, 10U);
  EXPECT_EQ(after(now()).through, now());
  EXPECT_EQ(after(now() + 5).through, now() + 5);
  EXPECT_TRUE(after(UINT64_MAX).changes.empty());
}

TEST_F(Watch, APageEndsBeforeItHoldsTooManyBytes) {
  const std::uint64_t start = now();
  for (std::uint64_t i = 0; i < 6; ++i) world.run(put("/a", "k", Bytes(kMaxValueBytes, 'v')));
  for (std::uint64_t i = 0; i < 6; ++i) {
    const ChangePage page = after(start + i);
    EXPECT_EQ(page.changes.size(), kMaxPageBytes / kMaxValueBytes);
    EXPECT_EQ(page.through, start + i + 1);
  }
}

// --- positions

TEST(Positions, ARevisionIsOneThatTheLogHasBeenAt) {
  World world;
  EXPECT_TRUE(was_position(world.store, {0, 0}));
  EXPECT_FALSE(was_position(world.store, {1, 0}));
  const Revision first = world.run(put("/", "a")).revision;
  world.term = 3;
  skip(world.store, {3, first.index + 1, 0});  // leaves no event
  const Revision refused = world.run(del("/", "none")).revision;
  const Revision last = world.run(put("/", "a")).revision;
  for (const Revision& revision : {first, refused, last}) {
    EXPECT_TRUE(was_position(world.store, revision));
    EXPECT_FALSE(was_position(world.store, {revision.term + 1, revision.index}));
    EXPECT_FALSE(was_position(world.store, {revision.term - 1, revision.index}));
  }
  // Where there was no event, what lies between the terms around it.
  for (std::uint64_t term = 0; term < 6; ++term) {
    EXPECT_EQ(was_position(world.store, {term, first.index + 1}), term >= 1 && term <= 3) << term;
  }
  // The end is known exactly, whatever it is.
  skip(world.store, {5, last.index + 1, 0});
  for (std::uint64_t term = 0; term < 7; ++term) {
    EXPECT_EQ(was_position(world.store, {term, last.index + 1}), term == 5) << term;
  }
}

TEST(Positions, GoingOnFromTheLastEventIsGoingOnFromTheIndex) {
  World world;
  EXPECT_EQ(last_event_up_to(world.store, 100), (Revision{0, 0}));
  const Revision first = world.run(put("/", "a")).revision;
  skip(world.store, {1, first.index + 1, 0});
  const Revision second = world.run(put("/", "a")).revision;
  EXPECT_EQ(last_event_up_to(world.store, first.index - 1), (Revision{0, 0}));
  EXPECT_EQ(last_event_up_to(world.store, first.index), first);
  EXPECT_EQ(last_event_up_to(world.store, first.index + 1), first);
  EXPECT_EQ(last_event_up_to(world.store, second.index), second);
  EXPECT_EQ(last_event_up_to(world.store, UINT64_MAX), second);
}

}  // namespace
}  // namespace confman::domain
