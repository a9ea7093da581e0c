#include "adapters/api/conditions.hpp"

#include <algorithm>
#include <limits>

#include "adapters/api/faults.hpp"
#include "adapters/api/parameters.hpp"

namespace confman::api {
namespace {

constexpr std::uint64_t kVersionOfNothing = std::numeric_limits<std::uint64_t>::max();

std::string_view without_space(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  return text;
}

// Takes one tag off the front; nothing if there is none. RFC 9110 §8.8.3: visible characters but
// the quote, and bytes above 0x7f.
std::optional<EntityTag> take_tag(std::string_view& text) {
  EntityTag tag;
  tag.weak = text.starts_with("W/");
  if (tag.weak) text.remove_prefix(2);
  if (!text.starts_with('"')) return std::nullopt;
  const std::size_t end = text.find('"', 1);
  if (end == text.npos) return std::nullopt;
  tag.quoted = text.substr(0, end + 1);
  const bool characters_ok = std::ranges::all_of(tag.quoted, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > 0x20 && byte != 0x7f;
  });
  if (!characters_ok) return std::nullopt;
  text.remove_prefix(end + 1);
  return tag;
}

// The version that a tag of ours names: "12", "12-value", "12-yaml", "12-masked".
std::uint64_t version_of(const EntityTag& tag) {
  if (tag.weak) return kVersionOfNothing;  // If-Match compares strongly
  std::string_view text = tag.quoted.substr(1, tag.quoted.size() - 2);
  if (text.ends_with(kMaskedSuffix)) text.remove_suffix(kMaskedSuffix.size());
  const std::string_view suffix = text.substr(std::min(text.find('-'), text.size()));
  if (!suffix.empty() && suffix != "-value" && suffix != "-yaml") return kVersionOfNothing;
  return parse_number(text.substr(0, text.size() - suffix.size())).value_or(kVersionOfNothing);
}

Refused bad_precondition(std::string_view header, std::string detail) {
  http::Problem result = problem("bad_precondition", std::move(detail));
  add_text(result, "header", header);
  return Refused(std::move(result));
}

Refused not_tags(std::string_view header) {
  return bad_precondition(
      header, std::string(header) + " is a list of entity-tags in quotes, as in \"12\", or *.");
}

std::expected<domain::Precondition, http::Problem> read_if_match(std::string_view field) {
  const auto list = parse_tags(field);
  if (!list) return not_tags("If-Match");
  domain::Precondition result;
  if (list->any) {
    result.if_exists = true;
    return result;
  }
  result.if_version = kVersionOfNothing;
  for (const EntityTag& tag : list->tags) {
    const std::uint64_t version = version_of(tag);
    if (version == kVersionOfNothing || version == result.if_version) continue;
    if (result.if_version != kVersionOfNothing) {
      return bad_precondition("If-Match", "On a write If-Match names one version.");
    }
    result.if_version = version;
  }
  return result;
}

bool matches(std::string_view field, std::string_view quoted_tag, bool strongly) {
  const auto list = parse_tags(field);
  if (!list) return false;
  return list->any || std::ranges::any_of(list->tags, [&](const EntityTag& tag) {
           return tag.quoted == quoted_tag && !(strongly && tag.weak);
         });
}

}  // namespace

std::optional<TagList> parse_tags(std::string_view field) {
  TagList list;
  std::string_view rest = without_space(field);
  if (rest == "*") {
    list.any = true;
    return list;
  }
  while (!rest.empty()) {
    if (!rest.starts_with(',')) {
      const auto tag = take_tag(rest);
      if (!tag) return std::nullopt;
      list.tags.push_back(*tag);
      rest = without_space(rest);
      if (!rest.empty() && !rest.starts_with(',')) return std::nullopt;
    }
    // Empty elements are skipped (RFC 9110 §5.6.1).
    if (!rest.empty()) rest = without_space(rest.substr(1));
  }
  if (list.tags.empty()) return std::nullopt;
  return list;
}

std::expected<domain::Precondition, http::Problem> read_precondition(
    const RequestHeaders& headers) {
  if (headers.if_match && headers.if_none_match) {
    return bad_precondition("If-None-Match", "Give either If-Match or If-None-Match.");
  }
  if (headers.if_match) return read_if_match(*headers.if_match);  // before any time: §13.2.2
  if (headers.if_unmodified_since) {
    return bad_precondition("If-Unmodified-Since",
                            "A write isn't bound to a time: two changes may fall in one second. "
                            "Name the version with If-Match.");
  }
  domain::Precondition result;
  if (headers.if_none_match) {
    const auto list = parse_tags(*headers.if_none_match);
    if (!list || !list->any) {
      return bad_precondition("If-None-Match",
                              "On a write If-None-Match is *: create, never replace.");
    }
    result.if_absent = true;
  }
  return result;
}

std::expected<ReadConditions, http::Problem> read_conditions(const RequestHeaders& headers) {
  ReadConditions result;
  if (headers.if_match) {
    if (!parse_tags(*headers.if_match)) return not_tags("If-Match");
    result.if_match = *headers.if_match;
  }
  if (headers.if_none_match) {
    if (!parse_tags(*headers.if_none_match)) return not_tags("If-None-Match");
    result.if_none_match = *headers.if_none_match;
  }
  return result;
}

Verdict evaluate(const ReadConditions& conditions, std::string_view quoted_tag) {
  if (!conditions.if_match.empty() && !matches(conditions.if_match, quoted_tag, true)) {
    return Verdict::Failed;
  }
  const bool unchanged =
      !conditions.if_none_match.empty() && matches(conditions.if_none_match, quoted_tag, false);
  return unchanged ? Verdict::NotModified : Verdict::Answer;
}

}  // namespace confman::api
