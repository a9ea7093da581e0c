#include "app/confmand/condition_log.hpp"

#include <gtest/gtest.h>

namespace confman::host {
namespace {

constexpr Condition kCondition{.begins = "hot",
                               .ends = "cool",
                               .level = log::Level::Warning,
                               .after = Duration::seconds(3),
                               .again = Duration::seconds(60)};

// What was written, as "event field=value…".
class Conditions : public testing::Test {
 protected:
  std::string look(std::int64_t seconds, const std::optional<Holding>& holding,
                   const Condition& condition = kCondition) {
    written_.clear();
    log_.look(Time{} + Duration::seconds(seconds), condition, holding);
    return written_;
  }
  static Holding holds(std::string about = {}) {
    return {.about = about, .fields = {{"about", about}}};
  }

  std::string written_;
  ConditionLog log_{[this](log::Level, std::string_view event, std::span<const log::Field> fields) {
    written_ += event;
    for (const log::Field& field : fields) {
      written_ += " " + std::string(field.name) + "=" + field.value;
    }
  }};
};

TEST_F(Conditions, AreToldWhenTheyHaveLastedAtABoundedPaceAndWhenTheyEnd) {
  EXPECT_EQ(look(0, holds("a")), "");
  EXPECT_EQ(look(2, holds("a")), "");
  EXPECT_EQ(look(3, holds("a")), "hot about=a for_s=3");
  for (int i = 4; i < 63; ++i) EXPECT_EQ(look(i, holds("a")), "") << i;
  EXPECT_EQ(look(63, holds("a")), "hot about=a for_s=63");
  EXPECT_EQ(look(70, std::nullopt), "cool lasted_s=70");
  EXPECT_EQ(look(71, std::nullopt), "");
}

TEST_F(Conditions, ThatPassSoonAreNotTold) {
  EXPECT_EQ(look(0, holds()), "");
  EXPECT_EQ(look(2, std::nullopt), "");
  EXPECT_EQ(look(2, holds()), "") << "it begins anew";
  EXPECT_EQ(look(4, holds()), "");
  EXPECT_NE(look(5, holds()), "");
}

TEST_F(Conditions, OfWhichThereIsNewsAreToldBeforeTheirTime) {
  look(0, holds("a"));
  EXPECT_NE(look(3, holds("a")), "");
  EXPECT_EQ(look(4, holds("a,b")), "") << "but not at once";
  EXPECT_EQ(look(13, holds("a,b")), "hot about=a,b for_s=13");
  EXPECT_EQ(look(72, holds("a,b")), "");
}

TEST_F(Conditions, AreToldAtOnceWhereNothingElseIsAskedFor) {
  constexpr Condition at_once{.begins = "low", .ends = ""};
  EXPECT_EQ(look(0, holds("x"), at_once), "low about=x");
  EXPECT_EQ(look(0, holds("y")), "") << "another condition has its own time";
  EXPECT_EQ(look(1, std::nullopt, at_once), "") << "another event tells its end";
}

}  // namespace
}  // namespace confman::host
