#pragma once

#include <array>
#include <string_view>
#include <utility>

#include "domain/base/bytes.hpp"

namespace confman::domain::keys {

// The rows of Table::Entry of a namespace, and those of all below it, each from and up to a key:
// "/a" has its own at "/a\0…" and those below at "/a/…", and what lies between the two is of
// others.
std::array<std::pair<Bytes, Bytes>, 2> of_subtree(std::string_view path);

}  // namespace confman::domain::keys
