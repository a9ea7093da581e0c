#include "domain/schema/formats/format.hpp"

#include <array>
#include <utility>

#include "domain/base/assert.hpp"
#include "domain/schema/formats/formats.hpp"

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
  switch (format) {
    case Format::DateTime:
      return is_date_time(text);
    case Format::Date:
      return is_date(text);
    case Format::Time:
      return is_time(text);
    case Format::Duration:
      return is_duration(text);
    case Format::Email:
      return is_email(text);
    case Format::IdnEmail:
      return is_idn_email(text);
    case Format::Hostname:
      return is_hostname(text);
    case Format::IdnHostname:
      return is_idn_hostname(text);
    case Format::Ipv4:
      return is_ipv4(text);
    case Format::Ipv6:
      return is_ipv6(text);
    case Format::Uri:
    case Format::Iri:
      return is_uri(text, format == Format::Iri);
    case Format::UriReference:
    case Format::IriReference:
      return is_uri_reference(text, format == Format::IriReference);
    case Format::UriTemplate:
      return is_uri_template(text);
    case Format::Uuid:
      return is_uuid(text);
    case Format::JsonPointer:
      return is_json_pointer(text);
    case Format::RelativeJsonPointer:
      return is_relative_json_pointer(text);
    case Format::Regex:
      return patterns.is_expression(text);
  }
  CONFMAN_UNREACHABLE("A format is none.");
}

}  // namespace confman::schema
