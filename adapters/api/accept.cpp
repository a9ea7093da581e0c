#include "adapters/api/accept.hpp"

#include <algorithm>

#include "adapters/api/faults.hpp"
#include "adapters/http/message.hpp"

namespace confman::api {
namespace {

using http::equals_ignoring_case;

constexpr std::array<std::string_view, kForms> kMediaTypes{"application/json", "application/yaml",
                                                           "text/plain", "application/octet-stream",
                                                           "text/event-stream"};
// The document of one entry under the name that a write may use for it.
constexpr std::string_view kEntryType = "application/vnd.confman.entry+json";

constexpr std::size_t kMaxRanges = 32;

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Takes the part up to the separator off the front.
std::string_view next_part(std::string_view& text, char separator) {
  const std::size_t length = std::min(text.find(separator), text.size());
  const std::string_view part = text.substr(0, length);
  text.remove_prefix(std::min(length + 1, text.size()));
  return trimmed(part);
}

// "1", "0.5", "1.000": at most three decimals and at most 1.
std::optional<std::uint16_t> parse_weight(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return std::nullopt;
  if (text.size() > 1 && text[1] != '.') return std::nullopt;
  std::uint16_t weight = text[0] == '1' ? 1000 : 0;
  std::uint16_t unit = 100;
  for (const char c : text.substr(std::min<std::size_t>(2, text.size()))) {
    if (c < '0' || c > '9') return std::nullopt;
    weight = static_cast<std::uint16_t>(weight + (c - '0') * unit);
    unit = static_cast<std::uint16_t>(unit / 10);
  }
  if (weight > 1000) return std::nullopt;
  return weight;
}

// 0: doesn't cover the form; 1: */*; 2: type/*; 3: the type itself.
int precision(std::string_view range, Form form) {
  const std::string_view type = media_type_of(form);
  if (range == "*/*") return 1;
  if (range.ends_with("/*")) {
    const std::size_t slash = range.size() - 1;  // up to and with the slash
    return equals_ignoring_case(range.substr(0, slash), type.substr(0, slash)) ? 2 : 0;
  }
  if (equals_ignoring_case(range, type)) return 3;
  return form == Form::Json && equals_ignoring_case(range, kEntryType) ? 3 : 0;
}

Refused bad_accept() {
  http::Problem result =
      problem("bad_accept",
              "Accept is a list of at most 32 media ranges, as in \"application/json;q=0.9, "
              "*/*;q=0.1\".");
  add_text(result, "header", "Accept");
  return Refused(std::move(result));
}

}  // namespace

std::string_view media_type_of(Form form) {
  return kMediaTypes[static_cast<std::size_t>(form)];
}

std::expected<Accept, http::Problem> Accept::parse(std::string_view header) {
  Accept result;
  if (header.empty() || header == "*/*") {
    result.weights_.fill(1000);
    return result;
  }
  std::array<int, kForms> precisions{};
  std::size_t ranges = 0;
  while (!header.empty()) {
    std::string_view item = next_part(header, ',');
    if (item.empty()) continue;  // RFC 9110 §5.6.1: empty list elements are skipped
    const std::string_view range = next_part(item, ';');
    if (++ranges > kMaxRanges || range.find('/') == range.npos) return bad_accept();
    std::uint16_t weight = 1000;
    while (!item.empty()) {
      const std::string_view parameter = next_part(item, ';');
      if (!parameter.starts_with("q=") && !parameter.starts_with("Q=")) continue;
      const auto parsed = parse_weight(parameter.substr(2));
      if (!parsed) return bad_accept();
      weight = *parsed;
    }
    for (std::size_t i = 0; i < kForms; ++i) {
      const int found = precision(range, static_cast<Form>(i));
      if (found == 0 || found < precisions[i]) continue;
      precisions[i] = found;
      result.weights_[i] = weight;
      if (found == 3) result.named_ = static_cast<std::uint8_t>(result.named_ | 1U << i);
    }
  }
  if (ranges == 0) result.weights_.fill(1000);
  return result;
}

bool Accept::wants_any(FormSet forms) const {
  for (std::size_t i = 0; i < kForms; ++i) {
    const auto form = static_cast<Form>(i);
    if ((forms & set_of({form})) != 0 && wants(form)) return true;
  }
  return false;
}

}  // namespace confman::api
