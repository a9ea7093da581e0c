#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/log/log.hpp"
#include "domain/base/time.hpp"

namespace confman::host {

// Something about this node that an operator has to know as long as it lasts.
struct Condition {
  std::string_view begins;  // the event's name, when it begins and again while it lasts
  std::string_view ends;    // when it is over; empty: nothing is said, another event tells it
  log::Level level = log::Level::Warning;
  Duration after{};  // it isn't told before it has lasted for so long
  Duration again = Duration::seconds(600);
};

// What a condition is at the moment.
struct Holding {
  // Another text is news: who is missing, what differs. Not a figure that moves all the time.
  std::string about;
  std::vector<log::Field> fields;
};

// Tells of conditions once by name, again at a bounded pace while they last, and when they end. One
// thread.
class ConditionLog {
 public:
  using Write =
      std::function<void(log::Level, std::string_view event, std::span<const log::Field>)>;
  // News of a condition that lasts are told no more often than this.
  static constexpr Duration kMinPause = Duration::seconds(10);

  ConditionLog();  // writes to the process's log
  explicit ConditionLog(Write write) : write_(std::move(write)) {}

  // To be called now and then for each condition; nothing: it doesn't hold.
  void look(Time now, const Condition& condition, const std::optional<Holding>& holding);

 private:
  struct Lasting {
    Time since;
    std::optional<Time> told;
    std::string about;  // as told
  };

  Write write_;
  std::map<std::string_view, Lasting> lasting_;  // by the event's name
};

}  // namespace confman::host
