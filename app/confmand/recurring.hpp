#pragma once

#include <optional>

#include "domain/base/time.hpp"

namespace confman::host {

// When to tell of a trouble that lasts: once it has lasted for `patience`, and then every `again`.
class Recurring {
 public:
  Recurring(Duration patience, Duration again) : patience_(patience), again_(again) {}

  // To be asked regularly.
  bool due(Time now, bool all_is_well) {
    if (all_is_well) {
      since_.reset();
      return false;
    }
    if (!since_) {
      since_ = now;
      next_ = now + patience_;
    }
    if (now < next_) return false;
    next_ = now + again_;
    return true;
  }
  // How long it has lasted.
  Duration lasts(Time now) const { return since_ ? now - *since_ : Duration{}; }

 private:
  Duration patience_;
  Duration again_;
  std::optional<Time> since_;
  Time next_;
};

}  // namespace confman::host
