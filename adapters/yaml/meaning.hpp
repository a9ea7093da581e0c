#pragma once

#include <expected>
#include <string_view>
#include <vector>

#include "adapters/yaml/event.hpp"
#include "adapters/yaml/fault.hpp"
#include "adapters/yaml/limits.hpp"

namespace confman::yaml {

// What YAML 1.2 demands beyond its grammar, in one pass over a text's events:
//
// - The keys of a mapping differ ("duplicate_key"). Scalars that are written are compared: by
// content
//   and tag, where a plain scalar that the core schema takes for a number, boolean or null isn't
//   equal to the same in quotes. Collections and aliases as keys aren't compared.
// - An alias names an anchor before it in its document ("undefined_alias").
//
// And the limits, with every alias counted as a copy of what it stands for, so that nothing
// that is taken grows beyond them in a reader's memory ("too_many_nodes", "too_deep"); an alias
// inside of what it stands for would have no end ("recursive_alias").
std::expected<void, YamlFault> check_meaning(std::string_view text,
                                             const std::vector<Event>& events,
                                             const YamlLimits& limits);

// Does the core schema (chapter 10.3) take a plain scalar for a string?
bool is_plain_string(std::string_view content);

}  // namespace confman::yaml
