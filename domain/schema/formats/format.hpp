#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "domain/schema/pattern.hpp"

namespace confman::schema {

enum class Format : std::uint8_t {
  DateTime,
  Date,
  Time,
  Duration,
  Email,
  IdnEmail,
  Hostname,
  IdnHostname,
  Ipv4,
  Ipv6,
  Uri,
  UriReference,
  Iri,
  IriReference,
  UriTemplate,
  Uuid,
  JsonPointer,
  RelativeJsonPointer,
  Regex,
};

// Nothing: a name that no draft has, whose texts are all valid.
std::optional<Format> format_named(std::string_view name);
std::string_view name_of(Format format);

// Whether `text`, which is UTF-8, is of this format.
bool is_of_format(Format format, std::string_view text, const PatternCompiler& patterns);

}  // namespace confman::schema
