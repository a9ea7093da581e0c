#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "app/node/request.hpp"
#include "sim/reference/state.hpp"

// What a query finds in the reference state, and how an answer differs from it.
namespace confman::sim {

// Bounds that a page may end at.
struct PageBounds {
  std::size_t bytes{};
  std::size_t rows{};
};

// A sentence about the first field in which the answer isn't what the state as of `index` gives;
// empty: it is. A page is held against everything between where it begins and where it says that it
// ends, and must have a reason to end there.
std::string wrong_in(const node::Query& query, const node::Answer& answer,
                     const ReferenceState& state, const Asker& asker, std::uint64_t index,
                     PageBounds bounds);
// Which namespaces somebody saw. While a watch was looking, from one index to another, that may
// have changed: what is told must be seen at the end, and what isn't wasn't seen at some time.
struct Seen {
  std::uint64_t index{};  // of the last look
  std::function<bool(const std::string& path)> at_last;
  // From when that index was applied on.
  std::function<bool(const std::string& path, std::uint64_t index)> ever_since;
};
// All changes in scope in (from, to] that are seen.
std::string wrong_in(const domain::ChangePage& page, const node::Watch& watch,
                     const ReferenceState& state, const Seen& seen, std::uint64_t from,
                     std::uint64_t to);

}  // namespace confman::sim
