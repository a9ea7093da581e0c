#pragma once

#include <cstdint>
#include <optional>

#include "domain/model/refusal.hpp"

namespace confman::domain {

// At most one of the three; none means unconditional. The version is the entry's (or namespace's)
// current live version.
struct Precondition {
  std::optional<std::uint64_t> if_version;  // If-Match: "<version>"
  bool if_absent = false;                   // If-None-Match: *
  bool if_exists = false;                   // If-Match: *

  friend bool operator==(const Precondition&, const Precondition&) = default;
};

// Live version 0: there is none. `exists` is how If-None-Match: * fails.
std::optional<Refusal> check_precondition(const Precondition& precondition,
                                          std::uint64_t live_version, Refusal exists);

}  // namespace confman::domain
