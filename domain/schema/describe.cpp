#include "domain/schema/describe.hpp"

#include "domain/base/utf8.hpp"
#include "domain/json/writer.hpp"
#include "domain/schema/bounds.hpp"

namespace confman::schema {
namespace {

std::string quoted(std::string_view text) {
  const bool cut = text.size() > kMaxQuotedBytes;
  if (cut) {
    // A character that is cut in two is left out.
    text = text.substr(0, kMaxQuotedBytes);
    text = text.substr(0, valid_utf8_prefix(text));
  }
  std::string out;
  json::append_quoted(out, text);
  return cut ? out + "…" : out;
}

}  // namespace

std::string counted(std::size_t count, std::string_view noun) {
  return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

std::string describe(const json::Value& value) {
  using Kind = json::Value::Kind;
  switch (value.kind()) {
    case Kind::Null:
      return "null";
    case Kind::Boolean:
      return *value.boolean() ? "true" : "false";
    case Kind::Number:
      return value.number()->text;
    case Kind::String:
      return quoted(*value.string());
    case Kind::Array:
      return "an array of " + counted(value.array()->size(), "item");
    case Kind::Object:
      return "an object of " + counted(value.object()->size(), "member");
  }
  return {};
}

std::string_view describe_kind(const json::Value& value) {
  using Kind = json::Value::Kind;
  switch (value.kind()) {
    case Kind::Null:
      return "null";
    case Kind::Boolean:
      return "a boolean";
    case Kind::Number:
      return "a number";
    case Kind::String:
      return "a string";
    case Kind::Array:
      return "an array";
    case Kind::Object:
      return "an object";
  }
  return {};
}

}  // namespace confman::schema
