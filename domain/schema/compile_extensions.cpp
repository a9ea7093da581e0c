#include <array>
#include <utility>

#include "domain/base/closest.hpp"
#include "domain/json/pointer.hpp"
#include "domain/schema/compiler.hpp"
#include "domain/schema/describe.hpp"

// Our own keywords: x-confman-….
namespace confman::schema {
namespace {

using json::Value;

constexpr std::string_view kPrefix = "x-confman-";
constexpr std::string_view kEncrypted = "x-confman-encrypted";
constexpr std::string_view kRotationDays = "x-confman-rotation-days";
constexpr std::string_view kDeprecated = "x-confman-deprecated";
constexpr std::string_view kAllowedValues = "x-confman-allowed-values";
constexpr std::array<std::string_view, 4> kExtensions{kEncrypted, kRotationDays, kDeprecated,
                                                      kAllowedValues};
constexpr std::array<std::string_view, 2> kFields{"value", "description"};

bool is_message(const Value& value) {
  return value.string() != nullptr && value.string()->size() <= kMaxMessageBytes;
}

}  // namespace

bool Compiler::read_extensions(const Source& from, Node& node) {
  MarkRules marks;
  for (const auto& [name, value] : *from.schema.object()) {
    if (!name.starts_with(kPrefix)) continue;
    if (name == kEncrypted) {
      if (value.boolean() == nullptr) return wrong_type(from, name, "true or false", value);
      marks.encrypted = *value.boolean();
    } else if (name == kRotationDays) {
      if (!read_rotation_days(from, value, marks)) return false;
    } else if (name == kDeprecated) {
      if (value.boolean() == nullptr && !is_message(value)) {
        return wrong_type(from, name, "true, false, or a message of up to 1024 bytes", value);
      }
      if (value.string() != nullptr) marks.deprecated = *value.string();
      if (value.boolean() != nullptr && *value.boolean()) marks.deprecated = "";
    } else if (name == kAllowedValues) {
      if (!read_allowed_values(from, value, node)) return false;
    } else {
      registry_.fail(FaultKind::UnknownExtension, from.place, name,
                     "x-confman-encrypted, -rotation-days, -deprecated or -allowed-values",
                     describe(Value(name)));
      registry_.suggest(closest(name, kExtensions));
      return false;
    }
  }
  if (marks.encrypted || marks.rotation_days || marks.deprecated) {
    node.marks = std::make_unique<MarkRules>(std::move(marks));
  }
  return true;
}

bool Compiler::read_rotation_days(const Source& from, const Value& value, MarkRules& marks) {
  const std::string wanted = "a whole number from 1 to " + std::to_string(kMaxRotationDays);
  if (value.number() == nullptr) return wrong_type(from, kRotationDays, wanted, value);
  const json::Decimal number(value.number()->text);
  if (!number.is_integer()) return wrong_type(from, kRotationDays, wanted, value);
  if (number.is_zero() || number.is_negative() || number.to_size() > kMaxRotationDays) {
    return registry_.fail(FaultKind::OutOfRange, from.place, kRotationDays, wanted,
                          describe(value));
  }
  marks.rotation_days = static_cast<std::uint32_t>(number.to_size());
  return true;
}

bool Compiler::read_allowed_values(const Source& from, const Value& value, Node& node) {
  if (value.array() == nullptr) {
    return wrong_type(from, kAllowedValues, "an array of objects", value);
  }
  if (value.array()->empty()) {
    return registry_.fail(FaultKind::EmptyList, from.place, kAllowedValues, "at least one value",
                          "[]");
  }
  std::vector<AllowedValue> allowed;
  const Place list = below(from.place, kAllowedValues);
  for (std::size_t i = 0; i < value.array()->size(); ++i) {
    const Place place = below(list, std::to_string(i));
    AllowedValue& one = allowed.emplace_back();
    if (!read_allowed_value({from.schema, place, from.dialect}, (*value.array())[i], one)) {
      return false;
    }
  }
  if (!node.values) node.values = std::make_unique<ValueRules>();
  node.values->allowed = std::move(allowed);
  return true;
}

bool Compiler::read_allowed_value(const Source& from, const Value& value, AllowedValue& allowed) {
  if (value.object() == nullptr) {
    return wrong_type(from, {}, "an object with value and description", value);
  }
  const Value* one = value.find("value");
  if (one == nullptr) {
    return registry_.fail(FaultKind::MissingField, from.place, {}, "value", describe(value));
  }
  allowed.value = *one;
  if (const Value* description = value.find("description")) {
    if (!is_message(*description)) {
      return wrong_type(from, "description", "a text of up to 1024 bytes", *description);
    }
    allowed.description = *description->string();
  }
  for (const auto& [name, unused] : *value.object()) {
    if (name == "value" || name == "description") continue;
    registry_.fail(FaultKind::UnknownField, from.place, name, "value or description",
                   describe(Value(name)));
    registry_.suggest(closest(name, kFields));
    return false;
  }
  return true;
}

}  // namespace confman::schema
