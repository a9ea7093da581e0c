#pragma once

#include <optional>
#include <string>
#include <string_view>

// References to resources (RFC 3986), as far as $id and $ref need them: how they are taken apart
// and resolved. Whether one is well-formed is asked of formats/formats.hpp.
namespace confman::schema {

struct UriParts {
  std::optional<std::string_view> scheme;
  std::optional<std::string_view> authority;
  std::string_view path;
  std::optional<std::string_view> query;
  std::optional<std::string_view> fragment;
};
// Appendix B: everything can be taken apart.
UriParts split_uri(std::string_view uri);

// Section 5.2, without the fragment. `base` is absolute.
std::string resolve_uri(std::string_view base, std::string_view reference);

// Whether more steps of the path lead up than down before them: "../x", but not "a/../x".
bool climbs(std::string_view path);

// "%41" becomes "A"; nothing where a percent sign has no two hexadecimal digits behind it.
std::optional<std::string> percent_decoded(std::string_view text);

}  // namespace confman::schema
