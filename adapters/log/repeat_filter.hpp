#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/base/time.hpp"

namespace confman::log {

// Keeps what comes again and again, from outside, out of the log: the first of a kind is told, and
// then for a while only how many there were. Knows a bounded number of kinds; all others count as
// one. One thread.
class RepeatFilter {
 public:
  static constexpr Duration kPause = Duration::seconds(60);
  static constexpr std::size_t kMaxKinds = 64;

  // Nothing: leave it out. Otherwise tell it, and that so many like it were left out since the last
  // one that was told.
  std::optional<std::uint64_t> tell(Time now, std::string_view kind);

  struct LeftOut {
    std::string kind;  // "": of those that there was no room for
    std::uint64_t count{};
  };
  // Kinds of which some were left out and whose pause is over: to be told as a sum. Ask now and
  // then.
  std::vector<LeftOut> take_left_out(Time now);

 private:
  struct Kind {
    Time told;
    std::uint64_t left_out = 0;
  };
  std::map<std::string, Kind, std::less<>> kinds_;
};

}  // namespace confman::log
