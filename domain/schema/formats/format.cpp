#include "domain/schema/formats/format.hpp"

#include <array>
#include <utility>

#include "domain/base/assert.hpp"

namespace confman::schema {
namespace {

constexpr std::array<std::pair<std::string_view, Format>, 19> kNames{{
    {"date-time", Format::DateTime},
    {"date", Format::Date},
    {"time", Format::Time},
    {"duration", Format::Duration},
    {"email", Format::Email},
    {"idn-email", Format::IdnEmail},
    {"hostname", Format::Hostname},
    {"idn-hostname", Format::IdnHostname},
    {"ipv4", Format::Ipv4},
    {"ipv6", Format::Ipv6},
    {"uri", Format::Uri},
    {"uri-reference", Format::UriReference},
    {"iri", Format::Iri},
    {"iri-reference", Format::IriReference},
    {"uri-template", Format::UriTemplate},
    {"uuid", Format::Uuid},
    {"json-pointer", Format::JsonPointer},
    {"relative-json-pointer", Format::RelativeJsonPointer},
    {"regex", Format::Regex},
}};

}  // namespace

std::optional<Format> format_named(std::string_view name) {
  for (const auto& [known, format] : kNames) {
    if (known == name) return format;
  }
  return std::nullopt;
}

std::string_view name_of(Format format) {
  for (const auto& [name, known] : kNames) {
    if (known == format) return name;
  }
  CONFMAN_UNREACHABLE("A format has no name.");
}

bool is_of_format(Format format, std::string_view text, const PatternCompiler& patterns) {
  (void)text;
  switch (format) {
    case Format::Regex:
      return patterns.is_expression(text);
    default:
      return true;
  }
}

}  // namespace confman::schema
