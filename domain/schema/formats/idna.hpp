#pragma once

#include <string_view>

// Labels of internationalized domain names, in Unicode (RFC 5891, section 4.2.3; RFC 5892, appendix
// A; RFC 5893).
namespace confman::schema {

// Whether a label that isn't ASCII alone may stand in a name, by itself: without what only the name
// as a whole asks for (its length, the Bidi rule).
bool is_unicode_label(std::u32string_view label);

// Whether a label makes the name a "Bidi domain name", all of whose labels must keep the Bidi rule.
bool is_right_to_left(std::u32string_view label);
bool keeps_bidi_rule(std::u32string_view label);

}  // namespace confman::schema
