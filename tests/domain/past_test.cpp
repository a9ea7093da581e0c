#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/audit/changes.hpp"
#include "domain/audit/query.hpp"
#include "domain/entries/query.hpp"
#include "domain/entries/resolve.hpp"
#include "domain/past/as_of.hpp"
#include "domain/past/compare.hpp"
#include "domain/past/listing.hpp"
#include "tests/domain/support.hpp"

namespace confman::domain {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

AsOf at(Revision revision) {
  return {.revision = revision, .wall_ms = std::nullopt};
}
AsOf at_time(std::int64_t ms) {
  return {.revision = {}, .wall_ms = ms};
}

class Past : public testing::Test {
 protected:
  Past() { world.run(make_namespace("/a")); }

  std::string value(const AsOf& as_of, const char* key = "k") const {
    Work work;
    const auto row = find_as_of(world.store, "/a", key, as_of, work);
    if (!row) return std::string(code_of(row.error()));
    return row->deleted ? "deleted" : row->value;
  }
  // "path key=value …"
  std::vector<std::string> listed(ListPast query) const {
    std::vector<std::string> found;
    if (query.limit == 0) query.limit = 1;
    for (bool more = true; more;) {
      const auto page = list_past(world.store, query);
      if (!page) return {std::string(code_of(page.error()))};
      for (const FoundEntry& item : page->items) {
        found.push_back(item.path + " " + item.key + "=" + item.row.value);
      }
      more = page->resume.has_value();
      query.after = page->resume;
      query.as_of = at(page->as_of);
    }
    return found;
  }
  std::vector<std::string> listed(const AsOf& as_of) const {
    ListPast query;
    query.path = "/a";
    query.as_of = as_of;
    return listed(query);
  }
  std::vector<std::string> changed(const AsOf& from, std::optional<AsOf> to = {}) const {
    CompareNamespace query;
    query.path = "/a";
    query.from = from;
    query.to = to;
    query.limit = 1;
    std::vector<std::string> found;
    for (bool more = true; more;) {
      const auto page = compare_namespace(world.store, query).value();
      for (const ComparedEntry& item : page.items) {
        const auto version = [](const std::optional<EntryRow>& row) {
          return row ? std::to_string(row->version) : "-";
        };
        found.push_back(item.key + ":" + version(item.from) + ">" + version(item.to));
      }
      more = page.resume.has_value();
      query.after = page.resume;
      query.from = at(page.from);
      query.to = at(page.to);
    }
    return found;
  }

  World world;
};

TEST_F(Past, AnEntryIsWhatItWasAtEachRevision) {
  const Revision before = world.meta().applied;
  std::vector<Revision> at_version;
  for (const char* v : {"1", "2", "3", "4", "5", "6", "7"}) {
    at_version.push_back(world.run(put("/a", "k", v)).revision);
    world.run(put("/a", "other"));
  }
  EXPECT_EQ(value(at(before)), "entry_not_yet");
  for (std::size_t i = 0; i < at_version.size(); ++i) {
    EXPECT_EQ(value(at(at_version[i])), std::to_string(i + 1));
    EXPECT_EQ(value(at({1, at_version[i].index + 1})), std::to_string(i + 1));
  }
}

TEST_F(Past, ADeletionIsAVersionAndWhatComesLaterIsNotSeen) {
  const Revision made = world.run(put("/a", "k", "1")).revision;
  const Revision gone = world.run(del("/a", "k")).revision;
  const Revision again = world.run(put("/a", "k", "2")).revision;
  EXPECT_EQ(value(at(made)), "1");
  EXPECT_EQ(value(at(gone)), "deleted");
  EXPECT_EQ(value(at(again)), "2");
}

TEST_F(Past, WhatIsNoMomentHereIsSaidSo) {
  world.run(put("/a", "k", "1"));
  const std::uint64_t last = world.meta().applied.index;
  EXPECT_EQ(value(at({1, last + 1})), "position_ahead");
  EXPECT_EQ(value(at({2, last})), "position_unknown");
  EXPECT_EQ(value(at({1, 0})), "position_unknown");
  EXPECT_EQ(value(at({0, 0})), "entry_not_yet");
  EXPECT_EQ(value(at({1, last}), "never"), "entry_not_found");
  Work work;
  EXPECT_EQ(find_as_of(world.store, "/nowhere", "k", at({1, last}), work).error(),
            QueryFault::NamespaceNotFound);
}

TEST_F(Past, ATimeMeansTheNewestChangeWhoseStampIsNotLater) {
  std::vector<std::int64_t> times;
  for (const char* v : {"1", "2", "3", "4", "5"}) {
    world.now_ms += 100;
    world.run(put("/a", "k", v));
    times.push_back(world.now_ms);
    // Leaves no event.
    skip(world.store, {world.term, world.meta().applied.index + 1, 0});
  }
  EXPECT_EQ(value(at_time(times[0] - 1)), "entry_not_yet");
  EXPECT_EQ(value(at_time(0)), "entry_not_yet");
  for (std::size_t i = 0; i < times.size(); ++i) {
    EXPECT_EQ(value(at_time(times[i])), std::to_string(i + 1));
    EXPECT_EQ(value(at_time(times[i] + 99)), std::to_string(i + 1));
  }
  EXPECT_EQ(value(at_time(INT64_MAX)), "5") << "a time to come means what is newest now";
}

TEST_F(Past, SeveralChangesOfOneMillisecondAreAllNotLater) {
  for (std::uint32_t counter = 0; counter < 3; ++counter) {
    Command command = by_alice(put("/a", "k", std::to_string(counter)));
    command.stamp = {2'000'000, counter};
    world.run(command);
  }
  EXPECT_EQ(value(at_time(2'000'000)), "2");
  EXPECT_EQ(value(at_time(1'999'999)), "entry_not_yet");
}

TEST_F(Past, ALookIntoThePastIsBoundedByTheLogarithmOfTheVersions) {
  Revision first;
  constexpr std::uint64_t kVersions = 5000;
  for (std::uint64_t i = 0; i < kVersions; ++i) {
    const Revision made = world.run(put("/a", "k", std::to_string(i))).revision;
    if (i == 0) first = made;
  }
  Work work;
  EXPECT_EQ(find_as_of(world.store, "/a", "k", at(first), work)->version, 1U);
  EXPECT_LE(work.rows, 17U);
  work = {};
  EXPECT_EQ(find_as_of(world.store, "/a", "k", at_time(world.now_ms - 1), work)->version,
            kVersions - 1);
  EXPECT_LE(work.rows, 32U);
}

TEST_F(Past, AListingHasWhatLivedThenAndNotWhatCameLater) {
  world.run(put("/a", "b", "1"));
  world.run(put("/a", "d", "1"));
  const Revision then = world.run(put("/a", "c", "1")).revision;
  world.run(del("/a", "b"));
  world.run(put("/a", "c", "2"));
  world.run(put("/a", "a", "1"));
  EXPECT_THAT(listed(at(then)), ElementsAre("/a b=1", "/a c=1", "/a d=1"));
  EXPECT_THAT(listed(at(world.meta().applied)), ElementsAre("/a a=1", "/a c=2", "/a d=1"));
  EXPECT_THAT(listed(at({0, 0})), IsEmpty());
}

TEST_F(Past, AListingOfANamespaceThatWasHasItsEntries) {
  const Revision then = world.run(put("/a", "k", "1")).revision;
  world.run(del("/a", "k"));
  world.run(drop_namespace("/a"));
  EXPECT_THAT(listed(at(then)), ElementsAre("/a k=1"));
  EXPECT_THAT(listed(at(world.meta().applied)), IsEmpty());
  ListPast nowhere;
  nowhere.path = "/nowhere";
  nowhere.as_of = at(then);
  EXPECT_THAT(listed(nowhere), ElementsAre("namespace_not_found"));
}

TEST_F(Past, AListingFiltersByWhatWasThen) {
  world.run(make_namespace("/a/b"));
  world.run(make_namespace("/a-b"));
  PutEntry labelled = std::get<PutEntry>(put("/a/b", "kk", "1"));
  labelled.labels = {{"env", "prod"}};
  world.run(labelled);
  world.run(put("/a-b", "kk", "1"));
  const Revision then = world.run(put("/a", "k", "1")).revision;
  labelled.labels = {{"env", "test"}};
  world.run(labelled);
  ListPast query;
  query.path = "/a";
  query.recursive = true;
  query.as_of = at(then);
  EXPECT_THAT(listed(query), ElementsAre("/a k=1", "/a/b kk=1"));
  query.key_prefix = "kk";
  EXPECT_THAT(listed(query), ElementsAre("/a/b kk=1"));
  query.labels = {"env=prod"};
  EXPECT_THAT(listed(query), ElementsAre("/a/b kk=1"));
  query.labels = {"env=test"};
  EXPECT_THAT(listed(query), IsEmpty());
}

TEST_F(Past, APageOfThePastLooksAtABoundedNumberOfRows) {
  const Revision then = world.run(put("/a", "z", "1")).revision;
  for (std::uint64_t i = 0; i < 200; ++i) world.run(put("/a", numbered("k", i)));
  ListPast query;
  query.path = "/a";
  query.as_of = at(then);
  query.limit = 100;
  query.max_visited = 20;
  const auto page = list_past(world.store, query).value();
  EXPECT_THAT(page.items, IsEmpty());
  EXPECT_TRUE(page.resume);
  EXPECT_LE(page.work.rows, 25U);
  EXPECT_THAT(listed(query), ElementsAre("/a z=1"));
}

TEST_F(Past, ComparingVersionsTakesNumbersMomentsAndTheirDefaults) {
  const Revision first = world.run(put("/a", "k", "1")).revision;
  world.run(put("/a", "k", "2"));
  world.run(put("/a", "k", "3"));
  const auto compared = [this](std::optional<VersionChoice> from,
                               std::optional<VersionChoice> to) -> std::string {
    Work work;
    const auto found = compare_versions(world.store, {"/a", "k", from, to}, work);
    if (!found) return std::string(code_of(found.error()));
    return (found->from ? found->from->value : "-") + ">" + (found->to ? found->to->value : "-");
  };
  EXPECT_EQ(compared({}, {}), "2>3");
  EXPECT_EQ(compared({}, VersionChoice(1U)), "->1");
  EXPECT_EQ(compared(VersionChoice(3U), VersionChoice(1U)), "3>1");
  EXPECT_EQ(compared(VersionChoice(at(first)), {}), "1>3");
  EXPECT_EQ(compared(VersionChoice(at({0, 0})), {}), "->3");
  EXPECT_EQ(compared(VersionChoice(4U), {}), "version_not_found");
  EXPECT_EQ(compared(VersionChoice(at({0, 0})), VersionChoice(at({0, 0}))), "entry_not_yet");
  EXPECT_EQ(compared(VersionChoice(at({1, 99})), {}), "position_ahead");
}

TEST_F(Past, ComparingANamespaceTellsWhatIsNotTheSame) {
  world.run(put("/a", "back", "1"));
  world.run(put("/a", "changed", "1"));
  world.run(put("/a", "gone", "1"));
  const Revision then = world.run(put("/a", "same", "1")).revision;
  world.run(put("/a", "back", "2"));
  world.run(put("/a", "changed", "2"));
  world.run(del("/a", "gone"));
  world.run(put("/a", "new", "1"));
  world.run(put("/a", "short", "1"));
  world.run(del("/a", "short"));
  world.run(put("/a", "back", "1"));
  EXPECT_THAT(changed(at(then)), ElementsAre("changed:1>2", "gone:1>2", "new:->1"));
  EXPECT_THAT(changed(at(world.meta().applied), at(then)),
              ElementsAre("changed:2>1", "gone:2>1", "new:1>-"));
  EXPECT_THAT(changed(at(then), at(then)), IsEmpty());
}

// --- rollback

TEST_F(Past, ARollbackPublishesTheContentOfThatVersionAgain) {
  PutEntry first = std::get<PutEntry>(put("/a", "k", "one"));
  first.content_type = "text/plain";
  first.labels = {{"env", "prod"}};
  first.description = "what it is for";
  world.run(first);
  world.run(put("/a", "k", "2"));
  const Reply reply = world.run(back("/a", "k", 1));
  EXPECT_EQ(reply.version, 3U);
  EXPECT_FALSE(reply.created);
  const EntryRow row = find_entry(world.store, "/a", "k").value();
  EXPECT_EQ(row.value, "one");
  EXPECT_EQ(row.content_type, "text/plain");
  EXPECT_EQ(row.labels, first.labels);
  EXPECT_EQ(row.description, "what it is for");
  EXPECT_EQ(row.version, 3U);
  EXPECT_EQ(row.author.id, alice().id);
}

// What users of other systems lost their configuration by: the operation that made the first
// version was undone.
TEST_F(Past, ARollbackToTheFirstVersionDeletesNothing) {
  world.run(put("/a", "k", "1"));
  world.run(put("/a", "k", "2"));
  EXPECT_FALSE(world.run(back("/a", "k", 1)).refusal);
  EXPECT_EQ(find_entry(world.store, "/a", "k")->value, "1");
  EXPECT_EQ(find_entry(world.store, "/a", "k")->version, 3U);
}

TEST_F(Past, ARollbackOfADeletedEntryCreatesItAgain) {
  world.run(put("/a", "k", "1"));
  world.run(del("/a", "k"));
  const Reply reply = world.run(back("/a", "k", 1));
  EXPECT_TRUE(reply.created);
  EXPECT_EQ(reply.version, 3U);
  EXPECT_EQ(world.meta().live_entries, 1U);
}

TEST_F(Past, ARollbackToADeletionIsRefused) {
  world.run(put("/a", "k", "1"));
  world.run(del("/a", "k"));
  world.run(put("/a", "k", "2"));
  const Reply reply = world.run(back("/a", "k", 2));
  EXPECT_EQ(reply.refusal, Refusal::VersionIsDeletion);
  EXPECT_EQ(reply.version, 3U);
  EXPECT_EQ(find_entry(world.store, "/a", "k")->value, "2");
}

TEST_F(Past, ARollbackIsRefusedWhereThereIsNothingToGoBackTo) {
  EXPECT_EQ(world.run(back("/a", "k", 1)).refusal, Refusal::EntryNotFound);
  EXPECT_EQ(world.run(back("/nowhere", "k", 1)).refusal, Refusal::NamespaceNotFound);
  const Revision before = world.meta().applied;
  world.run(put("/a", "k", "1"));
  EXPECT_EQ(world.run(back("/a", "k", 2)).refusal, Refusal::VersionNotFound);
  const auto to = [](Revision revision) {
    return RollbackEntry{.path = "/a", .key = "k", .to_revision = revision};
  };
  EXPECT_EQ(world.run(to(before)).refusal, Refusal::VersionNotFound);
  EXPECT_EQ(world.run(to({1, 1000})).refusal, Refusal::PositionUnknown);
  EXPECT_EQ(world.run(to({7, 2})).refusal, Refusal::PositionUnknown);
  // Its own.
  EXPECT_EQ(world.run(to({1, world.meta().applied.index + 1})).refusal, Refusal::PositionUnknown);
}

TEST_F(Past, ARollbackGoesBackToARevisionOrATime) {
  const Revision first = world.run(put("/a", "k", "1")).revision;
  const std::int64_t time = world.now_ms;
  world.run(put("/a", "k", "2"));
  EXPECT_FALSE(world.run(RollbackEntry{.path = "/a", .key = "k", .to_revision = first}).refusal);
  EXPECT_EQ(find_entry(world.store, "/a", "k")->value, "1");
  world.run(put("/a", "k", "2"));
  EXPECT_FALSE(world.run(RollbackEntry{.path = "/a", .key = "k", .to_time_ms = time}).refusal);
  EXPECT_EQ(find_entry(world.store, "/a", "k")->value, "1");
  EXPECT_EQ(world.run(RollbackEntry{.path = "/a", .key = "k", .to_time_ms = 1}).refusal,
            Refusal::VersionNotFound);
}

TEST_F(Past, ARollbackKeepsToItsConditionAndToItsKey) {
  world.run(put("/a", "k", "1"));
  world.run(put("/a", "k", "2"));
  EXPECT_EQ(world.run(back("/a", "k", 1, if_version(1))).refusal, Refusal::VersionMismatch);
  EXPECT_EQ(world.run(back("/a", "k", 1, if_absent())).refusal, Refusal::EntryExists);
  const Reply once = world.run(back("/a", "k", 1, if_version(2)), "key");
  EXPECT_EQ(once.version, 3U);
  const Reply again = world.run(back("/a", "k", 1, if_version(2)), "key");
  EXPECT_TRUE(again.replayed);
  EXPECT_EQ(again.version, 3U);
  EXPECT_EQ(world.run(back("/a", "k", 2), "key").refusal, Refusal::IdempotencyKeyReused);
}

TEST_F(Past, ARollbacksEventNamesTheVersionThatItCameFrom) {
  const Revision first = world.run(put("/a", "k", "1")).revision;
  world.run(put("/a", "k", "2"));
  world.run(RollbackEntry{.path = "/a", .key = "k", .to_revision = first});
  world.run(back("/a", "k", 9));
  ListAudit query;
  query.path = "/a";
  query.action = Action::ConfigRolledBack;
  query.limit = 10;
  const auto events = list_audit(world.store, query).items;
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].row.refusal, Refusal::VersionNotFound);
  EXPECT_EQ(events[0].row.restored_version, 9U);
  EXPECT_FALSE(events[1].row.refusal);
  EXPECT_EQ(events[1].row.restored_version, 1U);
  EXPECT_EQ(events[1].row.previous_version, 2U);
  EXPECT_EQ(events[1].row.new_version, 3U);
  EXPECT_EQ(events[1].current->value, "1");
  EXPECT_EQ(events[1].row.new_value, sha256("1"));
}

TEST_F(Past, AWatcherSeesARollbackAsAChange) {
  world.run(put("/a", "k", "1"));
  world.run(put("/a", "k", "2"));
  const std::uint64_t before = world.meta().applied.index;
  world.run(back("/a", "k", 1));
  const ChangePage page = changes_after(world.store, {"/a", ""}, before, UINT64_MAX, 10);
  ASSERT_EQ(page.changes.size(), 1U);
  EXPECT_EQ(page.changes[0].action, Action::ConfigRolledBack);
  EXPECT_EQ(page.changes[0].version, 3U);
  EXPECT_EQ(page.changes[0].entry->value, "1");
}

TEST(Rollback, NamesExactlyOneTarget) {
  const auto is_valid = [](const RollbackEntry& command) { return check(command).has_value(); };
  RollbackEntry command{.path = "/a", .key = "k"};
  EXPECT_FALSE(is_valid(command));
  command.to_version = 1;
  EXPECT_TRUE(is_valid(command));
  command.to_time_ms = 1;
  EXPECT_FALSE(is_valid(command));
  command.to_version = 0;
  EXPECT_TRUE(is_valid(command));
  command.to_revision = {1, 1};
  EXPECT_FALSE(is_valid(command));
  command.to_time_ms = -1;
  command.to_revision = {};
  EXPECT_FALSE(is_valid(command));
}

// --- effective configuration

class Resolve : public testing::Test {
 protected:
  Resolve() {
    for (const char* path : {"/a", "/a/b", "/a/b/c", "/z"}) world.run(make_namespace(path));
    world.run(put("/", "all", "root"));
    world.run(put("/", "both", "root"));
    world.run(put("/a", "both", "a"));
    world.run(put("/a", "gone", "a"));
    world.run(put("/a/b", "gone", "b"));
    world.run(del("/a/b", "gone"));
    world.run(put("/a/b", "own", "b"));
    world.run(put("/a/b", "dead", "b"));
    world.run(del("/a/b", "dead"));
    world.run(put("/a/b/c", "below", "c"));
    world.run(put("/z", "aside", "z"));
  }
  std::vector<std::string> resolved(const std::string& path, std::size_t limit,
                                    std::size_t max_visited = kMaxVisitedRows,
                                    std::string prefix = {}) const {
    ResolveNamespace query;
    query.path = path;
    query.key_prefix = std::move(prefix);
    query.limit = limit;
    query.max_visited = max_visited;
    std::vector<std::string> found;
    for (bool more = true; more;) {
      const auto page = resolve_namespace(world.store, query);
      if (!page) return {std::string(code_of(page.error()))};
      for (const FoundEntry& item : page->items) {
        found.push_back(item.key + "=" + item.row.value + " of " + item.path);
      }
      more = page->resume.has_value();
      query.after = page->resume;
    }
    return found;
  }

  World world;
};

TEST_F(Resolve, TheNearestNamespaceThatHasAKeyAliveGivesIt) {
  for (const std::size_t limit : {1U, 2U, 100U}) {
    for (const std::size_t rows : {1U, 3U, 1000U}) {
      EXPECT_THAT(resolved("/a/b", limit, rows),
                  ElementsAre("all=root of /", "both=a of /a", "gone=a of /a", "own=b of /a/b"));
    }
  }
  EXPECT_THAT(resolved("/", 10), ElementsAre("all=root of /", "both=root of /"));
  EXPECT_THAT(resolved("/a/b", 10, 1000, "o"), ElementsAre("own=b of /a/b"));
  EXPECT_THAT(resolved("/nowhere", 10), ElementsAre("namespace_not_found"));
}

TEST_F(Resolve, OneKeyComesFromTheNearestToo) {
  const auto origin = [this](const char* path, const char* key) -> std::string {
    Work work;
    const auto found = resolve_entry(world.store, {path, key}, work);
    EXPECT_LE(work.rows, 4U);
    return found ? found->path : std::string(code_of(found.error()));
  };
  EXPECT_EQ(origin("/a/b", "own"), "/a/b");
  EXPECT_EQ(origin("/a/b/c", "own"), "/a/b");
  EXPECT_EQ(origin("/a/b", "both"), "/a");
  EXPECT_EQ(origin("/a/b", "gone"), "/a");
  EXPECT_EQ(origin("/a/b", "all"), "/");
  EXPECT_EQ(origin("/a/b", "dead"), "entry_not_found");
  EXPECT_EQ(origin("/a/b", "below"), "entry_not_found");
  EXPECT_EQ(origin("/nowhere", "all"), "namespace_not_found");
}

}  // namespace
}  // namespace confman::domain
