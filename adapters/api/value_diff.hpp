#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/entries/entry.hpp"
#include "domain/json/writer.hpp"

namespace confman::api {

// "none", "added", "removed", "changed": by value, type, labels and description.
std::string_view change_between(const std::optional<domain::EntryRow>& from,
                                const std::optional<domain::EntryRow>& to);
// Appends the members that say what a side of a difference has, without its value: type, size,
// digest, labels, description. Of what is neither deleted nor destroyed.
void append_outline(json::Writer& out, const domain::EntryRow& row);

// Appends the member "value": what the values of two versions differ in. Where there is no version,
// or a tombstone, there is nothing. Two JSON values are compared by structure, other texts by
// lines, and where one is binary it is only told whether they are equal. Bounded by kMaxDiff… of
// limits.hpp: what is beyond them is "complete": false, with a reason. `body` is what `out` writes
// to.
void append_value_diff(json::Writer& out, const std::string& body,
                       const std::optional<domain::EntryRow>& from,
                       const std::optional<domain::EntryRow>& to);

}  // namespace confman::api
