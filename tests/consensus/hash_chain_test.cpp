#include "consensus/hash_chain.hpp"

#include <gtest/gtest.h>

#include "tests/consensus/support/solo.hpp"

namespace confman::consensus::test {
namespace {

std::uint64_t chain_of(const std::vector<Entry>& entries) {
  return end_of(entries).chain;
}

TEST(HashChain, IsTheSameForTheSameLogAndBeginsAtZero) {
  EXPECT_EQ(chain_of({}), kFirstChain);
  EXPECT_EQ(kFirstChain, 0u);
  EXPECT_EQ(chain_of(log_of({1, 1, 2})), chain_of(log_of({1, 1, 2})));
}

// Both are on disks and in snapshots: another build must come to the same.
TEST(HashChain, ItsValuesNeverChange) {
  const Entry first{LogIndex{1}, Term{1}, EntryKind::Noop, make_payload({})};
  const Entry second{LogIndex{2}, Term{1}, EntryKind::Command, make_payload("x")};
  EXPECT_EQ(entry_crc(first), 1899473406u);
  EXPECT_EQ(entry_crc(second), 4097975906u);
  EXPECT_EQ(chain_of({first, second}), 11165146947421141004u);
}

TEST(HashChain, WhateverIsAlteredLeadsElsewhere) {
  const std::vector<Entry> log = log_of({1, 1, 2});
  const auto differs = [&](auto alter) {
    std::vector<Entry> other = log;
    alter(other);
    return chain_of(other) != chain_of(log);
  };
  EXPECT_TRUE(differs([](auto& l) { l[1].index = LogIndex{9}; }));
  EXPECT_TRUE(differs([](auto& l) { l[1].term = Term{9}; }));
  EXPECT_TRUE(differs([](auto& l) { l[1].kind = EntryKind::Noop; }));
  EXPECT_TRUE(differs([](auto& l) { l[1].payload = make_payload("y"); }));
  EXPECT_TRUE(differs([](auto& l) { std::swap(l[0], l[1]); })) << "exchanged";
  EXPECT_TRUE(differs([](auto& l) { l.erase(l.begin() + 1); })) << "missing";
  EXPECT_TRUE(differs([](auto& l) { l.push_back(l.back()); })) << "twice";
}

// What is compacted away is still in the value: it goes on from there.
TEST(HashChain, GoesOnBehindWhatIsGone) {
  const std::vector<Entry> log = log_of({1, 1, 2, 2});
  const std::uint64_t middle = chain_of({log[0], log[1]});
  EXPECT_EQ(next_chain(next_chain(middle, log[2]), log[3]), chain_of(log));
}

TEST(HashChain, IsTheSameOnEveryNode) {
  Cluster cluster(3);
  cluster.campaign(1);
  cluster.propose(1, "a");
  cluster.settle();
  cluster.campaign(2);
  cluster.propose(cluster.leader(), "b");
  cluster.run(Duration::seconds(1));
  ASSERT_EQ(cluster[1].applied.size(), cluster[3].applied.size());
  EXPECT_EQ(chain_of(cluster[1].applied), chain_of(cluster[2].applied));
  EXPECT_EQ(chain_of(cluster[1].applied), chain_of(cluster[3].applied));
}

}  // namespace
}  // namespace confman::consensus::test
