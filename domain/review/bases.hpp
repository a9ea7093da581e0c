#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "domain/catalogue.hpp"
#include "domain/state/store.hpp"

// What the changes of a request start from.
namespace confman::domain {

// Of an entry's content: it is put, deleted, or rolled back.
bool is_of_entry(const CommandBody&);

// The version that is live of what a change is of; 0: there is none. Nothing for what has no
// versions.
std::optional<std::uint64_t> live_version_of(const StateStore&, const CommandBody&);
// The version that it names; 0: that there is none.
std::optional<std::uint64_t> base_of(const CommandBody&);
bool has_moved(const StateStore&, const CommandBody&);
// The same change, from what is live.
CommandBody rebased(const StateStore&, CommandBody);
// Likewise those changes (from 0 on, ascending) of a request that is created or edited, which says
// from `feature_level` kFilledBases on which they are. What isn't readable stays as it is, for
// validate() to refuse.
void start_from_live(const StateStore&, CommandBody& command,
                     const std::vector<std::uint32_t>& changes, std::uint64_t feature_level);

}  // namespace confman::domain
