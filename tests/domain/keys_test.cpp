#include <algorithm>
#include <gtest/gtest.h>

#include "domain/audit/event.hpp"
#include "domain/entries/entry.hpp"
#include "domain/model/revision.hpp"
#include "domain/outcomes/outcome.hpp"
#include "domain/state/key.hpp"

namespace confman::domain {
namespace {

TEST(Keys, OrderAsTheirTuplesDo) {
  const std::vector<Bytes> ascending{
      keys::of_version("/a", "k", 1),   keys::of_version("/a", "k", 255),
      keys::of_version("/a", "k", 256), keys::of_version("/a", "k", UINT64_MAX),
      keys::of_version("/a", "k1", 1),  keys::of_version("/a b", "k", 1),
      keys::of_version("/a/b", "k", 1), keys::of_version("/b", "", 0)};
  EXPECT_TRUE(std::ranges::is_sorted(ascending));
  EXPECT_LT(keys::of_audit(255, 7), keys::of_audit(256, 0));
  EXPECT_LT(keys::of_audit(256, 0), keys::of_audit(256, 1));
  EXPECT_LT(keys::of_outcome_expiry(255, "z", "z"), keys::of_outcome_expiry(256, "a", "a"));
}

TEST(Keys, ParseToWhatTheyWereMadeOf) {
  const Bytes entry = keys::of_entry("/a", "k");
  EXPECT_EQ(keys::parse_entry(entry)->path, "/a");
  EXPECT_EQ(keys::parse_entry(entry)->key, "k");
  const Bytes version = keys::of_version("/a", "k", 0x0100);
  EXPECT_EQ(keys::parse_version(version)->path, "/a");
  EXPECT_EQ(keys::parse_version(version)->key, "k");
  EXPECT_EQ(keys::parse_version(version)->version, 0x0100U);
  const Bytes audit = keys::of_audit(5, 6);
  EXPECT_EQ(keys::parse_audit(audit)->index, 5U);
  EXPECT_EQ(keys::parse_audit(audit)->ordinal, 6U);
  const Bytes outcome = keys::of_outcome("a", "i");
  EXPECT_EQ(keys::parse_outcome(outcome)->actor_id, "a");
  EXPECT_EQ(keys::parse_outcome(outcome)->idempotency_key, "i");
  const Bytes expiry = keys::of_outcome_expiry(7, "a", "i");
  EXPECT_EQ(keys::parse_outcome_expiry(expiry)->expires_wall_ms, 7);
  EXPECT_EQ(keys::parse_outcome_expiry(expiry)->actor_id, "a");
  EXPECT_EQ(keys::parse_outcome_expiry(expiry)->idempotency_key, "i");
}

TEST(Keys, RefuseOtherBytes) {
  EXPECT_FALSE(keys::parse_entry("no separator"));
  EXPECT_FALSE(keys::parse_entry(ByteView("a\0b\0c", 5)));
  EXPECT_FALSE(keys::parse_version(keys::of_entry("/a", "k")));
  EXPECT_FALSE(keys::parse_version(keys::of_version("/a", "k", 1) + "x"));
  EXPECT_FALSE(keys::parse_audit("short"));
  EXPECT_FALSE(keys::parse_audit(Bytes(16, '\xff')));
  EXPECT_FALSE(keys::parse_outcome_expiry("short"));
  EXPECT_FALSE(keys::parse_outcome_expiry(Bytes(8, '\xff') + Bytes("a\0b", 3)));
}

TEST(Keys, EndOfPrefix) {
  EXPECT_EQ(keys::end_of_prefix("/a/"), "/a0");
  EXPECT_EQ(keys::end_of_prefix("a\xff\xff"), "b");
  EXPECT_EQ(keys::end_of_prefix("\xff"), "");
  EXPECT_EQ(keys::end_of_prefix(""), "");
}

TEST(Revision, ReadsAndWritesStrictly) {
  EXPECT_EQ(to_string(Revision{5, 1234}), "5:1234");
  EXPECT_EQ(parse_revision("5:1234"), (Revision{5, 1234}));
  EXPECT_EQ(parse_revision("0:0"), Revision{});
  EXPECT_EQ(parse_revision("1:18446744073709551615"), (Revision{1, UINT64_MAX}));
  // Rows H084 and H085 of the bad inputs, and more.
  for (const char* bad : {"5:", ":5", "5", "", "5:99999999999999999999", "05:1", "5:01", "+5:1",
                          "-5:1", "5:1 ", " 5:1", "5:1:1", "5:0x1", "a:b"}) {
    EXPECT_FALSE(parse_revision(bad)) << bad;
  }
}

}  // namespace
}  // namespace confman::domain
