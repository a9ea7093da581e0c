#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "domain/schema/pattern.hpp"

namespace confman::re2 {

// What RE2 reads for a regular expression of ECMA-262 (flag "u"), with the same meaning: groups
// don't capture, \s and the dot are sets of their own, characters are escaped by number. A
// punctuation mark may be escaped although ECMA-262 doesn't ask for it. The fault of what RE2 can't
// say is Unsupported only if all of it is well-formed.
std::expected<std::string, schema::PatternFault> translate_ecma(std::string_view pattern);

}  // namespace confman::re2
