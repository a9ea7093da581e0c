#include "adapters/api/audit_record.hpp"

#include <gtest/gtest.h>

#include "domain/json/value.hpp"
#include "tests/support/fields.hpp"

// An event of an export says all that its chain value is taken over.
namespace confman::testing {
namespace {

using api::AuditRecord;
using domain::AuditEvent;
using domain::AuditRow;

std::string text_of(const AuditRow& row, bool withheld = false) {
  AuditEvent event;
  event.row = row;
  event.previous_chain = sha256("before");
  event.withheld = withheld;
  std::string text;
  json::Writer out(text);
  api::append_record(out, event);
  return text;
}
std::expected<AuditRecord, std::string> read(const std::string& text) {
  return api::read_record(json::parse(text).value());
}
AuditRow chained(AuditRow row) {
  row.chain = domain::chain_after(sha256("before"), row);
  return row;
}

TEST(AuditRecord, ComesBackWithEveryField) {
  std::vector<AuditRow> rows = test::alterations<AuditRow>();
  rows.push_back(test::filled<AuditRow>());
  for (const AuditRow& row : rows) {
    const auto record = read(text_of(row));
    ASSERT_TRUE(record) << record.error() << text_of(row);
    EXPECT_EQ(record->row, row) << text_of(row);
    EXPECT_EQ(record->previous_chain, sha256("before"));
    EXPECT_FALSE(record->withheld);
  }
}

TEST(AuditRecord, IsWholeWithItsChainValueAndWithNoFieldAltered) {
  const AuditRow row = chained(test::filled<AuditRow>());
  EXPECT_TRUE(read(text_of(row))->is_whole());
  for (AuditRow other : test::alterations<AuditRow>()) {
    if (other.chain == test::filled<AuditRow>().chain) other.chain = row.chain;
    if (other == row) continue;
    EXPECT_FALSE(read(text_of(other))->is_whole()) << text_of(other);
  }
}

TEST(AuditRecord, HasBytesThatAreNoTextAsTheyAre) {
  AuditRow row = test::filled<AuditRow>();
  row.path = "/caf\xc3";
  row.key = std::string("\xff\0", 2);
  row.actor.id = "\x80";
  const auto record = read(text_of(row));
  ASSERT_TRUE(record) << record.error();
  EXPECT_EQ(record->row, row);
}

TEST(AuditRecord, HasTimesThatNoDateSays) {
  for (const std::int64_t wall_ms : {INT64_MIN, std::int64_t{-1}, INT64_MAX}) {
    AuditRow row = test::filled<AuditRow>();
    row.stamp.wall_ms = wall_ms;
    const auto record = read(text_of(row));
    ASSERT_TRUE(record) << record.error();
    EXPECT_EQ(record->row.stamp, row.stamp);
  }
}

TEST(AuditRecord, SaysOfAWithheldEventWhereItStandsAndNoMore) {
  const AuditRow row = chained(test::filled<AuditRow>());
  const std::string text = text_of(row, true);
  EXPECT_EQ(text, R"({"withheld":true,"revision":")" + domain::to_string(row.revision) +
                      R"(","ordinal":)" + std::to_string(row.ordinal) + R"(,"chain":")" +
                      to_hex(as_view(row.chain)) + R"(","previousChain":")" +
                      to_hex(as_view(sha256("before"))) + "\"}");
  EXPECT_TRUE(read(text)->withheld);
  EXPECT_FALSE(read(R"({"withheld":true,"revision":"1:1","key":"k"})"));
}

TEST(AuditRecord, IsRefusedWithWhatNoExportSays) {
  for (const char* text :
       {"7",
        "[]",
        "{}",
        R"({"revision":"1:1","colour":"red"})",
        R"({"revision":"1:1","key":""})",
        R"({"revision":"1:1","ordinal":0})",
        R"({"revision":"1:1","ordinal":"1"})",
        R"({"revision":"1:1","ordinal":1.0})",
        R"({"revision":"1:1","ordinal":4294967296})",
        R"({"revision":1})",
        R"({"revision":"1:1","action":"config.eaten"})",
        R"({"revision":"1:1","refusal":"whim"})",
        R"({"revision":"1:1","chain":"ABC"})",
        R"({"revision":"1:1","newValue":"md5:00"})",
        R"({"revision":"1:1","withheld":false})",
        R"({"revision":"1:1","stamp":{"time":"2026-01-15T10:30:00Z"}})",
        R"({"revision":"1:1","stamp":{"time":1000}})",
        R"({"revision":"1:1","stamp":{"time":"2026-01-15T10:30:00.000Z","counter":0}})",
        R"({"revision":"1:1","key":{"base64":"YQ=="}})",
        R"({"revision":"1:1","actor":{"type":"user","id":"a","mood":"good"}})",
        R"({"revision":"1:1","actor":{"type":"robot","id":"a"}})"}) {
    EXPECT_FALSE(read(text)) << text;
  }
}

}  // namespace
}  // namespace confman::testing
