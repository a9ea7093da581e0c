#include "domain/cluster/cluster.hpp"

#include <gtest/gtest.h>

#include "tests/domain/support.hpp"

namespace confman::domain {
namespace {

MemberNote note() {
  return {.stamp = {.wall_ms = 1'700'000'000'000, .counter = 3},
          .actor = {.type = ActorType::Anonymous, .id = "alice", .ip = "10.0.0.1"},
          .request_id = "req-1",
          .action = Action::MemberPromoted,
          .member = "node4"};
}

LogPosition at(std::uint64_t index) {
  return {.term = 2, .index = index, .chain = 7};
}

TEST(ClusterRow, RoundTripsAndIsEmptyAtFirst) {
  const ClusterRow row{.membership = "members", .named_at = {2, 5}, .feature_level = 9};
  bool complete = false;
  EXPECT_EQ(decode_cluster_row(encode(row), &complete), row);
  EXPECT_TRUE(complete);
  EXPECT_EQ(decode_cluster_row(encode(row)), row);
  MemoryStateStore store;
  EXPECT_EQ(cluster_of(store), ClusterRow{});
}

TEST(ClusterRow, RefusesEveryPartOfItself) {
  const Bytes bytes =
      encode(ClusterRow{.membership = "members", .named_at = {2, 5}, .feature_level = 9});
  EXPECT_FALSE(decode_cluster_row(""));
  EXPECT_FALSE(decode_cluster_row("\x7f" + bytes.substr(1))) << "of another format";
  EXPECT_FALSE(decode_cluster_row(bytes + "\x01"));
}

TEST(MemberNote, RoundTripsAndTellsOnlyOfMembers) {
  EXPECT_EQ(decode_member_note(encode(note())), note());
  for (Action other : {Action::ConfigCreated, Action::NamespaceDeleted}) {
    MemberNote wrong = note();
    wrong.action = other;
    EXPECT_FALSE(decode_member_note(encode(wrong))) << name_of(other);
  }
  EXPECT_FALSE(decode_member_note(""));
  EXPECT_FALSE(decode_member_note(encode(note()) + "\x01"));
}

TEST(Cluster, AConfigurationIsNamedByTheEntryThatMadeIt) {
  MemoryStateStore store;
  apply_membership(store, at(1), "first", "");
  EXPECT_EQ(cluster_of(store).membership, "first");
  apply_membership(store, at(2), "second", encode(note()));
  EXPECT_EQ(cluster_of(store).membership, "second");
  EXPECT_EQ(cluster_of(store).named_at, (Revision{2, 2}));
}

// Each change that somebody asked for is one event; what a leader does by itself is none, and
// neither is what can't be read.
TEST(Cluster, AChangeOfSomebodyIsAnEvent) {
  const auto events = [](const MemoryStateStore& store) {
    std::size_t count = 0;
    store.scan(Table::Audit, {}, {}, [&](ByteView, ByteView) { return ++count, true; });
    return count;
  };
  MemoryStateStore store;
  apply_membership(store, at(1), "first", "");
  EXPECT_EQ(events(store), 0u);
  apply_membership(store, at(2), "second", encode(note()));
  EXPECT_EQ(events(store), 1u);
  apply_membership(store, at(3), "third", "rubbish");
  EXPECT_EQ(events(store), 1u);
}

TEST(Cluster, TheFeatureLevelGoesUpOnlyAndKeepsTheMembers) {
  MemoryStateStore store;
  apply_membership(store, at(1), "members", "");
  apply_feature_level(store, at(2), 4);
  apply_feature_level(store, at(3), 2);
  EXPECT_EQ(cluster_of(store).feature_level, 4u);
  EXPECT_EQ(cluster_of(store).membership, "members");
  EXPECT_EQ(cluster_of(store).named_at, (Revision{2, 1}));
}

}  // namespace
}  // namespace confman::domain
