#include "tests/chaos/schedule.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <set>

namespace confman::chaos {
namespace {

constexpr std::int64_t kTenMinutes = 600'000;

std::vector<const FaultKind*> all_kinds() {
  std::vector<const FaultKind*> kinds;
  for (const FaultKind& kind : fault_kinds()) kinds.push_back(&kind);
  return kinds;
}

std::string text_of_all(const std::vector<Planned>& schedule) {
  std::string text;
  for (const Planned& planned : schedule) {
    text += text_of(planned) + " " + std::to_string(planned.seed) + "\n";
  }
  return text;
}

TEST(ChaosSchedule, IsDecidedByTheSeed) {
  const auto kinds = all_kinds();
  const auto once = text_of_all(make_schedule({7, kTenMinutes, kinds}));
  EXPECT_EQ(once, text_of_all(make_schedule({7, kTenMinutes, kinds})));
  EXPECT_NE(once, text_of_all(make_schedule({8, kTenMinutes, kinds})));
}

TEST(ChaosSchedule, TenMinutesReachNearlyEveryKind) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    std::set<std::string_view> seen;
    for (const Planned& planned : make_schedule({seed, kTenMinutes, all_kinds()})) {
      seen.insert(planned.kind->name);
    }
    EXPECT_GE(seen.size() * 10, fault_kinds().size() * 8) << "seed " << seed;
  }
}

TEST(ChaosSchedule, NothingLocalHappensBesidesWhatWantsToBeAlone) {
  const auto local = [](const Planned& p) { return p.kind->group != FaultClass::Network; };
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const auto schedule = make_schedule({seed, kTenMinutes, all_kinds()});
    for (const Planned& a : schedule) {
      if (a.kind->company != Company::Exclusive) continue;
      for (const Planned& b : schedule) {
        const bool overlap = a.at_ms < b.at_ms + b.lasts_ms && b.at_ms < a.at_ms + a.lasts_ms;
        const bool same = a.at_ms == b.at_ms && a.kind == b.kind;
        EXPECT_FALSE(overlap && !same && local(b)) << "seed " << seed << ":\n"
                                                   << text_of(a) << "\n"
                                                   << text_of(b);
      }
    }
  }
}

TEST(ChaosSchedule, EndsBeforeTheChaosDoes) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    for (const Planned& planned : make_schedule({seed, 60'000, all_kinds()})) {
      EXPECT_LE(planned.at_ms, 60'000) << text_of(planned);
    }
  }
}

}  // namespace
}  // namespace confman::chaos
