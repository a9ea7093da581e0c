#include "adapters/api/value_check.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "adapters/api/faults.hpp"
#include "adapters/http/message.hpp"
#include "domain/base/utf8.hpp"
#include "domain/json/check.hpp"
#include "domain/limits.hpp"

namespace confman::api {
namespace {

using http::equals_ignoring_case;

constexpr std::array<std::string_view, 4> kMediaTypes{"application/json", "application/yaml",
                                                      "text/plain", "application/octet-stream"};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string_view unquoted(std::string_view text) {
  const bool quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
  return quoted ? text.substr(1, text.size() - 2) : text;
}

std::expected<void, http::Problem> check_parameter(std::string_view parameter) {
  const std::size_t equals = parameter.find('=');
  if (equals == 0 || equals == parameter.npos) {
    return refuse("bad_content_type", "A parameter of the Content-Type has no name or no value.");
  }
  if (!equals_ignoring_case(parameter.substr(0, equals), "charset")) return {};
  const std::string_view charset = unquoted(parameter.substr(equals + 1));
  if (equals_ignoring_case(charset, "utf-8") || equals_ignoring_case(charset, "utf8")) return {};
  return refuse("unsupported_charset", "Values are UTF-8; no other charset is accepted.");
}

std::expected<void, http::Problem> check_utf8(std::string_view value) {
  const std::size_t valid = valid_utf8_prefix(value);
  if (valid == value.size()) return {};
  const std::string_view before = value.substr(0, valid);
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  const auto starts_character = [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  };
  http::Problem result = problem("invalid_utf8", "The value isn't UTF-8.");
  add_number(result, "line", 1 + static_cast<std::size_t>(std::ranges::count(before, '\n')));
  add_number(result, "column",
             1 + static_cast<std::size_t>(
                     std::ranges::count_if(before.substr(line_start), starts_character)));
  add_number(result, "offset", valid);
  return Refused(std::move(result));
}

std::expected<void, http::Problem> check_yaml(std::string_view value, const ValueChecker* checker) {
  if (auto ok = check_utf8(value); !ok || checker == nullptr) return ok;
  const auto fault = checker->check_yaml(value);
  if (!fault) return {};
  std::string detail = fault->detail;
  if (!detail.empty() && detail[0] >= 'a' && detail[0] <= 'z') detail[0] -= 'a' - 'A';
  http::Problem result = problem(fault->code, std::move(detail));
  add_number(result, "line", fault->line);
  add_number(result, "column", fault->column);
  if (fault->limit) add_number(result, "limit", *fault->limit);
  return Refused(std::move(result));
}

std::string_view sentence_of(json::FaultKind kind) {
  using enum json::FaultKind;
  switch (kind) {
    case EmptyBody:
      return "There is no JSON value.";
    case BomNotAllowed:
      return "A JSON text starts without a byte order mark.";
    case InvalidUtf8:
      return "A JSON text is UTF-8.";
    case ControlCharacter:
      return "Control characters in strings are written as escapes.";
    case UnterminatedString:
      return "A string has no closing quote.";
    case BadEscape:
      return "After a backslash comes one of \" \\ / b f n r t u and, after u, four hex digits.";
    case LoneSurrogate:
      return "An escaped surrogate comes in a pair.";
    case UnexpectedEnd:
      return "The text ends in the middle of a value.";
    case TrailingContent:
      return "Something comes after the value.";
    case TrailingComma:
      return "Nothing comes after a comma.";
    case CommentsNotAllowed:
      return "JSON has no comments.";
    case ExpectedValue:
      return "A JSON value is expected here.";
    case ExpectedStringKey:
      return "A member's name is a string in double quotes.";
    case ExpectedColon:
      return "A colon is expected after a member's name.";
    case ExpectedComma:
      return "A comma or a closing bracket is expected here.";
    case BadNumber:
      return "That isn't a number as JSON writes them.";
    case LeadingZero:
      return "A number doesn't start with a zero that is followed by digits.";
    case NumberTooLong:
      return "A number has at most 64 characters.";
    case NumberOutOfRange:
      return "A number is beyond what a double can hold.";
    case NumberUnderflow:
      return "A number is closer to zero than a double can say.";
    case DuplicateKey:
      return "An object names a member twice.";
    case NulInKey:
      return "A member's name may not hold U+0000.";
    case KeyTooLong:
      return "A member's name is too long.";
    case TooDeep:
      return "Arrays and objects nest to a depth of at most 64.";
    case TooManyNodes:
      return "A text has at most 50000 values.";
    case TooManyMembers:
      return "An object has too many members.";
  }
  return {};
}
std::optional<std::uint64_t> limit_of(json::FaultKind kind) {
  switch (kind) {
    case json::FaultKind::TooDeep:
      return domain::kMaxJsonDepth;
    case json::FaultKind::TooManyNodes:
      return domain::kMaxJsonNodes;
    case json::FaultKind::TooManyMembers:
      return domain::kMaxJsonMembers;
    case json::FaultKind::NumberTooLong:
      return domain::kMaxJsonNumberChars;
    case json::FaultKind::KeyTooLong:
      return domain::kMaxJsonNameBytes;
    default:
      return std::nullopt;
  }
}

static_assert(domain::kMaxJsonDepth == 64 && domain::kMaxJsonNodes == 50'000 &&
                  domain::kMaxJsonNumberChars == 64,
              "the sentences above name the limits");

}  // namespace

std::string_view media_type_of(ValueType type) {
  return kMediaTypes[static_cast<std::size_t>(type)];
}

std::optional<ValueType> value_type_of(std::string_view media_type) {
  for (std::size_t i = 0; i < kMediaTypes.size(); ++i) {
    if (equals_ignoring_case(media_type, kMediaTypes[i])) return static_cast<ValueType>(i);
  }
  return std::nullopt;
}

std::expected<std::string_view, http::Problem> media_type_without_parameters(
    std::string_view content_type) {
  const std::size_t end = std::min(content_type.find(';'), content_type.size());
  const std::string_view type = trimmed(content_type.substr(0, end));
  std::string_view rest = content_type.substr(end);
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const std::size_t length = std::min(rest.find(';'), rest.size());
    const std::string_view parameter = trimmed(rest.substr(0, length));
    rest.remove_prefix(length);
    if (parameter.empty()) continue;
    if (auto ok = check_parameter(parameter); !ok) return Refused(std::move(ok.error()));
  }
  return type;
}

std::expected<void, http::Problem> check_value(ValueType type, std::string_view value,
                                               const ValueChecker* checker) {
  if (auto ok = check_size(value); !ok) return ok;
  switch (type) {
    case ValueType::Json:
      if (auto ok = json::check_json(value); !ok) return Refused(problem_of(ok.error()));
      return {};
    case ValueType::Yaml:
      return check_yaml(value, checker);
    case ValueType::Text:
      return check_utf8(value);
    case ValueType::Octets:
      return {};
  }
  return {};
}

std::expected<void, http::Problem> check_size(std::string_view value) {
  if (value.size() <= domain::kMaxValueBytes) return {};
  return Refused(problem_of(domain::CommandFault{domain::CommandFaultKind::ValueTooLarge, {}}));
}

http::Problem problem_of(const json::Fault& fault) {
  http::Problem result = problem(json::code_of(fault.kind), std::string(sentence_of(fault.kind)));
  add_number(result, "line", fault.line);
  add_number(result, "column", fault.column);
  add_number(result, "offset", fault.offset);
  add_text(result, "pointer", fault.pointer);
  if (const auto limit = limit_of(fault.kind)) add_number(result, "limit", *limit);
  return result;
}

}  // namespace confman::api
