#pragma once

#include <string_view>

#include "domain/command/decision.hpp"
#include "domain/entries/entry.hpp"

// Changes of entries that are part of a larger one, which is held to schemas and quotas as a whole
// by who makes it.
namespace confman::domain {

class StateWriter;

// Publishes what that version has once more.
Decision publish_among_others(StateWriter&, const Act&, std::string_view path, std::string_view key,
                              EntryRow content);
Decision erase_among_others(StateWriter&, const Act&, std::string_view path, std::string_view key);

}  // namespace confman::domain
