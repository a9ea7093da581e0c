#pragma once

#include <string>
#include <string_view>

namespace confman::re2 {

// What RE2 reads inside of a class for \p{content}, or \P{content} if it is negated: "\pL" for
// "General_Category=Letter". Empty: RE2 has no such set.
std::string property_set(std::string_view content, bool negated);

}  // namespace confman::re2
