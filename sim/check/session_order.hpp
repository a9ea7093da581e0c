#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "sim/check/history.hpp"

namespace confman::sim {

// The completed operations of each session, by call.
std::map<std::uint64_t, std::vector<const OpRecord*>> done_by_session(
    const std::vector<OpRecord>& operations);

// Whether `read` must reflect a revision that its session got earlier.
bool promises(const OpRecord& read, Revision earlier);

}  // namespace confman::sim
