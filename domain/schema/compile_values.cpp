#include <algorithm>
#include <array>
#include <utility>

#include "domain/base/closest.hpp"
#include "domain/schema/compiler.hpp"
#include "domain/schema/describe.hpp"

// Keywords about a value by itself: its type, what it may equal, numbers and strings.
namespace confman::schema {
namespace {

using json::Value;

constexpr std::array<std::string_view, 7> kTypeNames{"null",  "boolean", "number", "string",
                                                     "array", "object",  "integer"};
constexpr std::string_view kTypesWanted = "null, boolean, number, integer, string, array or object";

}  // namespace

bool Compiler::wrong_type(const Source& from, std::string_view keyword, std::string_view expected,
                          const Value& found) {
  return registry_.fail(FaultKind::WrongType, from.place, keyword, expected, describe(found));
}

bool Compiler::read_count(const Source& from, std::string_view keyword, std::size_t& count) {
  constexpr std::string_view kWanted = "a whole number from 0";
  const Value* value = from.schema.find(keyword);
  if (value == nullptr) return true;
  if (value->number() == nullptr) return wrong_type(from, keyword, kWanted, *value);
  const json::Decimal number(value->number()->text);
  if (!number.is_integer()) return wrong_type(from, keyword, kWanted, *value);
  if (number.is_negative()) {
    return registry_.fail(FaultKind::OutOfRange, from.place, keyword, kWanted, describe(*value));
  }
  count = number.to_size();
  return true;
}

bool Compiler::read_limit(const Source& from, std::string_view keyword,
                          std::optional<NumberLimit>& limit) {
  const Value* value = from.schema.find(keyword);
  if (value == nullptr) return true;
  if (value->number() == nullptr) return wrong_type(from, keyword, "a number", *value);
  const std::string& text = value->number()->text;
  limit = NumberLimit{json::Decimal(text), text, json::small_integer(text)};
  return true;
}

bool Compiler::read_names(const Source& from, std::string_view keyword, const Value& list,
                          std::vector<std::string>& names) {
  if (list.array() == nullptr) return wrong_type(from, keyword, "an array of strings", list);
  for (const Value& name : *list.array()) {
    if (name.string() == nullptr) return wrong_type(from, keyword, "an array of strings", name);
    names.push_back(*name.string());
  }
  std::vector<std::string> sorted = names;
  std::ranges::sort(sorted);
  const auto twice = std::ranges::adjacent_find(sorted);
  return twice == sorted.end() || registry_.fail(FaultKind::DuplicateItem, from.place, keyword,
                                                 "each name once", describe(Value(*twice)));
}

bool Compiler::read_types(const Source& from, Node& node) {
  const Value* type = from.schema.find("type");
  if (type == nullptr || !from.dialect.validation) return true;
  TypeSet types = 0;
  if (type->string() != nullptr) {
    if (!add_type(from, *type, "type", types)) return false;
  } else if (const Value::Array* names = type->array()) {
    if (names->empty()) {
      return registry_.fail(FaultKind::EmptyTypeList, from.place, "type", "at least one type",
                            "[]");
    }
    const Place list = below(from.place, "type");
    const Source in_list{from.schema, list, from.dialect};
    for (std::size_t i = 0; i < names->size(); ++i) {
      if (!add_type(in_list, (*names)[i], std::to_string(i), types)) return false;
    }
  } else {
    return wrong_type(from, "type", "a string or an array of strings", *type);
  }
  // What is a number may be an integer.
  if ((types & type_bit(Value::Kind::Number)) != 0) types &= static_cast<TypeSet>(~kIntegerBit);
  node.types = types;
  return true;
}

bool Compiler::add_type(const Source& from, const Value& name, std::string_view step,
                        TypeSet& types) {
  if (name.string() == nullptr) return wrong_type(from, step, "a string", name);
  const auto at = std::ranges::find(kTypeNames, *name.string());
  if (at == kTypeNames.end()) {
    registry_.fail(FaultKind::UnknownType, from.place, step, kTypesWanted, describe(name));
    registry_.suggest(closest(*name.string(), kTypeNames));
    return false;
  }
  const auto bit = static_cast<TypeSet>(1U << static_cast<unsigned>(at - kTypeNames.begin()));
  if ((types & bit) != 0) {
    return registry_.fail(FaultKind::DuplicateType, from.place, step, "each type once",
                          describe(name));
  }
  types |= bit;
  return true;
}

bool Compiler::read_values(const Source& from, Node& node) {
  if (!from.dialect.validation) return true;
  const Value* one_of = from.schema.find("enum");
  const Value* constant = from.schema.find("const");
  if (one_of == nullptr && constant == nullptr) return true;
  node.values = std::make_unique<ValueRules>();
  if (constant != nullptr) node.values->constant = *constant;
  if (one_of == nullptr) return true;
  if (one_of->array() == nullptr) return wrong_type(from, "enum", "an array", *one_of);
  node.values->one_of = *one_of->array();
  return true;
}

bool Compiler::read_number(const Source& from, Node& node) {
  if (!from.dialect.validation) return true;
  NumberRules rules;
  const bool read = read_limit(from, "minimum", rules.minimum) &&
                    read_limit(from, "maximum", rules.maximum) &&
                    read_limit(from, "exclusiveMinimum", rules.exclusive_minimum) &&
                    read_limit(from, "exclusiveMaximum", rules.exclusive_maximum) &&
                    read_limit(from, "multipleOf", rules.multiple_of);
  if (!read) return false;
  if (const auto& divisor = rules.multiple_of;
      divisor && (divisor->value.is_zero() || divisor->value.is_negative())) {
    return registry_.fail(FaultKind::OutOfRange, from.place, "multipleOf", "a number above 0",
                          divisor->text);
  }
  if (rules.minimum || rules.maximum || rules.exclusive_minimum || rules.exclusive_maximum ||
      rules.multiple_of) {
    for (const auto* limit : {&rules.minimum, &rules.maximum, &rules.exclusive_minimum,
                              &rules.exclusive_maximum, &rules.multiple_of}) {
      if (*limit && !(*limit)->small) rules.all_small = false;
    }
    node.number = std::make_unique<NumberRules>(std::move(rules));
  }
  return true;
}

bool Compiler::read_string(const Source& from, Node& node) {
  StringRules rules;
  if (from.dialect.validation) {
    if (!read_count(from, "minLength", rules.length.least) ||
        !read_count(from, "maxLength", rules.length.most)) {
      return false;
    }
    if (const Value* pattern = from.schema.find("pattern")) {
      if (pattern->string() == nullptr) {
        return wrong_type(from, "pattern", "a regular expression", *pattern);
      }
      PatternRule rule;
      if (!read_pattern(from, "pattern", *pattern->string(), rule)) return false;
      rules.pattern = std::move(rule);
    }
  }
  if (const Value* format = from.schema.find("format")) {
    if (format->string() == nullptr) return wrong_type(from, "format", "a string", *format);
    if (options_.assert_formats || from.dialect.format_assertion) {
      rules.format = format_named(*format->string());
    }
  }
  if (!read_content(from, rules)) return false;
  if (rules.length.least > 0 || rules.length.most != kUnbounded || rules.pattern || rules.format ||
      rules.content) {
    node.string = std::make_unique<StringRules>(std::move(rules));
  }
  return true;
}

// 2020-12 has these as annotations only.
bool Compiler::read_content(const Source& from, StringRules& rules) {
  if (from.dialect.draft != Draft::Draft7 || !options_.assert_formats) return true;
  std::string_view encoding;
  std::string_view media_type;
  for (const auto& [keyword, text] :
       {std::pair("contentEncoding", &encoding), std::pair("contentMediaType", &media_type)}) {
    const Value* value = from.schema.find(keyword);
    if (value == nullptr) continue;
    if (value->string() == nullptr) return wrong_type(from, keyword, "a string", *value);
    *text = *value->string();
  }
  const Content content = content_named(encoding, media_type);
  if (content.base64 || (content.json && encoding.empty())) rules.content = content;
  return true;
}

bool Compiler::read_pattern(const Source& from, std::string_view step, const std::string& text,
                            PatternRule& rule) {
  const auto fail = [&](FaultKind kind, std::string_view expected, std::string_view found) {
    return registry_.fail(kind, from.place, step, expected, found);
  };
  if (text.size() > options_.bounds.pattern_bytes) {
    return fail(FaultKind::PatternTooLong,
                "at most " + counted(options_.bounds.pattern_bytes, "byte"),
                counted(text.size(), "byte"));
  }
  rule.text = text;
  auto& known = patterns_[text];
  if (known == nullptr) {
    if (patterns_.size() > options_.bounds.patterns) {
      return fail(FaultKind::TooManyPatterns,
                  "at most " + counted(options_.bounds.patterns, "pattern") + " that differ",
                  "more");
    }
    auto pattern = compiled_->patterns->compile(text);
    if (!pattern) {
      const PatternFault& fault = pattern.error();
      switch (fault.kind) {
        case PatternFaultKind::Bad:
          return fail(FaultKind::BadPattern, "a regular expression (ECMA-262)", fault.reason);
        case PatternFaultKind::Unsupported:
          return fail(FaultKind::UnsupportedPattern,
                      "a regular expression without lookaround and backreferences", fault.reason);
        case PatternFaultKind::TooComplex:
          return fail(FaultKind::PatternTooComplex, "a simpler regular expression", fault.reason);
      }
    }
    known = std::move(*pattern);
  }
  rule.pattern = known;
  return true;
}

}  // namespace confman::schema
