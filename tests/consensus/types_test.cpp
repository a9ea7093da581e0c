#include "consensus/types.hpp"

#include <gtest/gtest.h>
#include <set>
#include <string>

namespace confman::consensus::test {
namespace {

TEST(EntryKind, EveryOneHasANameOfItsOwn) {
  std::set<std::string> names;
  for (int kind = 0; kind <= static_cast<int>(EntryKind::FeatureLevel); ++kind) {
    names.insert(name_of(static_cast<EntryKind>(kind)));
  }
  EXPECT_EQ(names.size(), 4U);
  EXPECT_FALSE(names.contains("unknown"));
}

// Logs and snapshots hold it: another value would make strangers of all members.
TEST(MemberIdOfAName, NeverChanges) {
  EXPECT_EQ(member_id("node1").value, 0xCF0D'B4D2'1FD9);
  EXPECT_NE(member_id("node1"), member_id("node2"));
}

}  // namespace
}  // namespace confman::consensus::test
