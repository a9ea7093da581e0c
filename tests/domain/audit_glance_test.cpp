#include <gtest/gtest.h>

#include "domain/audit/event.hpp"
#include "domain/audit/glance.hpp"
#include "tests/support/fields.hpp"

// What a filter sees of an encoded audit event is what the event has.
namespace confman::domain {
namespace {

void expect_seen(const AuditRow& row) {
  const Bytes bytes = encode(row);
  const AuditGlance glance = glance_at(bytes);
  EXPECT_EQ(glance.action, row.action);
  EXPECT_EQ(glance.refused, row.refusal.has_value());
  EXPECT_EQ(glance.actor_id, row.actor.id);
  EXPECT_EQ(glance.path, row.path);
  EXPECT_EQ(glance.key, row.key);
}

TEST(AuditGlance, SeesWhatTheRowHasWhateverElseItHas) {
  expect_seen(test::filled<AuditRow>());
  for (const AuditRow& row : test::alterations<AuditRow>()) expect_seen(row);
}

TEST(AuditGlance, SeesNothingWhereARowHasNothing) {
  AuditRow row;
  row.action = Action::MemberAdded;
  expect_seen(row);
  row.path = "/";
  expect_seen(row);
  row.refusal = Refusal{};
  expect_seen(row);
}

TEST(AuditGlance, TellsAnEmptyKeyFromOneThatIsLong) {
  AuditRow row = test::filled<AuditRow>();
  row.key = std::string(200, 'k');
  row.path = "/" + std::string(300, 'p');
  expect_seen(row);
}

}  // namespace
}  // namespace confman::domain
