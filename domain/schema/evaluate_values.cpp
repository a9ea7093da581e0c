#include <algorithm>

#include "domain/base/utf8.hpp"
#include "domain/json/same.hpp"
#include "domain/schema/describe.hpp"
#include "domain/schema/evaluator.hpp"

// Keywords about a value by itself.
namespace confman::schema {
namespace {

// Of text that is UTF-8: each byte that doesn't go on with a character.
std::size_t characters_in(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (c & 0xc0) != 0x80; }));
}

constexpr std::size_t kListedValues = 10;

template <class Values, class Get>
std::string listed(const Values& values, Get get) {
  std::string words = values.size() == 1 ? "" : "one of ";
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) words += ", ";
    if (i == kListedValues) return words + "…";
    words += describe(get(values[i]));
  }
  return words;
}

}  // namespace

bool Evaluator::has_type(const Node& node, const Value& value) const {
  if ((node.types & type_bit(value.kind())) != 0) return true;
  if (value.kind() != Value::Kind::Number || (node.types & kIntegerBit) == 0) return false;
  const std::string& text = value.number()->text;
  return json::small_integer(text) || json::Decimal(text).is_integer();
}

bool Evaluator::equal(const Value& a, const Value& b) {
  if (a.kind() != b.kind()) return spend(1) && false;
  std::size_t nodes = 0;
  const bool equals = json::same(a, b, nodes);
  return spend(nodes) && equals;
}

bool Evaluator::is_one_of(const Value& value, const Value::Array& values) {
  return std::ranges::any_of(values, [&](const Value& one) { return equal(value, one); });
}

bool Evaluator::check_values(const Node& node, const Value& value, const ValuePath& path) {
  const ValueRules& rules = *node.values;
  const auto itself = [](const Value& one) -> const Value& { return one; };
  if (rules.constant && !equal(value, *rules.constant)) {
    report(node, "const", path, describe(*rules.constant), describe(value));
    return false;
  }
  if (rules.one_of && !is_one_of(value, *rules.one_of)) {
    if (report_ != nullptr) {
      report(node, "enum", path, listed(*rules.one_of, itself), describe(value));
    }
    return false;
  }
  if (!rules.allowed) return true;
  const auto of_rule = [](const AllowedValue& one) -> const Value& { return one.value; };
  if (std::ranges::any_of(*rules.allowed,
                          [&](const AllowedValue& one) { return equal(value, one.value); })) {
    return true;
  }
  if (report_ != nullptr) {
    report(node, "x-confman-allowed-values", path, listed(*rules.allowed, of_rule),
           describe(value));
  }
  return false;
}

namespace {

// What most numbers and their limits are.
bool holds(const NumberRules& rules, std::int64_t number) {
  return (!rules.minimum || number >= *rules.minimum->small) &&
         (!rules.maximum || number <= *rules.maximum->small) &&
         (!rules.exclusive_minimum || number > *rules.exclusive_minimum->small) &&
         (!rules.exclusive_maximum || number < *rules.exclusive_maximum->small) &&
         (!rules.multiple_of || number % *rules.multiple_of->small == 0);
}

}  // namespace

bool Evaluator::check_number(const Node& node, const Value& value, const ValuePath& path) {
  const NumberRules& rules = *node.number;
  const std::string& text = value.number()->text;
  if (rules.all_small) {
    if (const auto small = json::small_integer(text); small && holds(rules, *small)) return true;
  }
  const json::Decimal number(text);
  bool valid = true;
  const auto hold = [&](bool holds, std::string_view keyword, std::string_view words,
                        const NumberLimit& limit) {
    if (holds || (!valid && !goes_on())) return;
    valid = false;
    if (report_ != nullptr) {
      report(node, keyword, path, std::string(words) + " " + limit.text, describe(value));
    }
  };
  if (const auto& l = rules.minimum) hold(number >= l->value, "minimum", "at least", *l);
  if (const auto& l = rules.maximum) hold(number <= l->value, "maximum", "at most", *l);
  if (const auto& l = rules.exclusive_minimum) {
    hold(number > l->value, "exclusiveMinimum", "more than", *l);
  }
  if (const auto& l = rules.exclusive_maximum) {
    hold(number < l->value, "exclusiveMaximum", "less than", *l);
  }
  if (const auto& l = rules.multiple_of; l && (valid || goes_on()) && spend(text.size() / 16)) {
    hold(number.is_multiple_of(l->value), "multipleOf", "a multiple of", *l);
  }
  return valid;
}

bool Evaluator::check_string(const Node& node, const Value& value, const ValuePath& path) {
  const StringRules& rules = *node.string;
  const std::string& text = *value.string();
  bool valid = true;
  const CountRule& length = rules.length;
  // A character has one to four bytes, so most texts needn't be counted.
  if (text.size() > length.most || text.size() < length.least * 4) {
    if (!spend(text.size() / 256)) return false;
    const std::size_t characters = characters_in(text);
    if (characters < length.least || characters > length.most) {
      const bool few = characters < length.least;
      valid = report(node, few ? "minLength" : "maxLength", path,
                     few ? "at least " + counted(length.least, "character")
                         : "at most " + counted(length.most, "character"),
                     counted(characters, "character"));
      if (!goes_on()) return false;
    }
  }
  if (rules.pattern && !matches(*rules.pattern->pattern, text)) {
    if (report_ != nullptr) {
      report(node, "pattern", path, "a text that matches " + rules.pattern->text, describe(value));
    }
    valid = false;
    if (!goes_on()) return false;
  }
  if (rules.format &&
      (!spend(1 + text.size() / 32) || !is_of_format(*rules.format, text, *schema_.patterns))) {
    valid = report(node, "format", path, std::string(name_of(*rules.format)), describe(value));
    if (!goes_on()) return false;
  }
  if (rules.content && (!spend(1 + text.size() / 8) || !is_of_content(*rules.content, text))) {
    const bool base64 = rules.content->base64;
    valid = report(node, base64 ? "contentEncoding" : "contentMediaType", path,
                   !base64               ? "a JSON text"
                   : rules.content->json ? "a JSON text in base64"
                                         : "base64",
                   describe(value));
  }
  return valid;
}

}  // namespace confman::schema
