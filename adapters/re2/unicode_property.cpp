#include "adapters/re2/unicode_property.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace confman::re2 {
namespace {

// PropertyValueAliases.txt of Unicode, General_Category.
constexpr std::array<std::pair<std::string_view, std::string_view>, 39> kCategories{{
    {"Letter", "L"},
    {"Uppercase_Letter", "Lu"},
    {"Lowercase_Letter", "Ll"},
    {"Titlecase_Letter", "Lt"},
    {"Modifier_Letter", "Lm"},
    {"Other_Letter", "Lo"},
    {"Mark", "M"},
    {"Combining_Mark", "M"},
    {"Nonspacing_Mark", "Mn"},
    {"Spacing_Mark", "Mc"},
    {"Enclosing_Mark", "Me"},
    {"Number", "N"},
    {"Decimal_Number", "Nd"},
    {"digit", "Nd"},
    {"Letter_Number", "Nl"},
    {"Other_Number", "No"},
    {"Symbol", "S"},
    {"Math_Symbol", "Sm"},
    {"Currency_Symbol", "Sc"},
    {"Modifier_Symbol", "Sk"},
    {"Other_Symbol", "So"},
    {"Punctuation", "P"},
    {"punct", "P"},
    {"Connector_Punctuation", "Pc"},
    {"Dash_Punctuation", "Pd"},
    {"Open_Punctuation", "Ps"},
    {"Close_Punctuation", "Pe"},
    {"Initial_Punctuation", "Pi"},
    {"Final_Punctuation", "Pf"},
    {"Other_Punctuation", "Po"},
    {"Separator", "Z"},
    {"Space_Separator", "Zs"},
    {"Line_Separator", "Zl"},
    {"Paragraph_Separator", "Zp"},
    {"Control", "Cc"},
    {"cntrl", "Cc"},
    {"Format", "Cf"},
    {"Private_Use", "Co"},
    {"Surrogate", "Cs"},
}};

bool is_category(std::string_view name) {
  constexpr std::string_view kLetters = "LMNSPZC";
  return name != "C" && !name.empty() && name.size() <= 2 && kLetters.contains(name.front());
}

std::string category(std::string_view name) {
  const auto known = std::ranges::find(kCategories, name, [](const auto& c) { return c.first; });
  if (known != kCategories.end()) return std::string(known->second);
  return is_category(name) ? std::string(name) : std::string();
}

std::string set(std::string_view name, bool negated) {
  return (negated ? "\\P{" : "\\p{") + std::string(name) + "}";
}

}  // namespace

std::string property_set(std::string_view content, bool negated) {
  if (content == "Any") return negated ? std::string() : "\\x00-\\x{10FFFF}";
  if (content == "ASCII") return negated ? "\\x{80}-\\x{10FFFF}" : "\\x00-\\x{7F}";
  const std::size_t equals = content.find('=');
  const std::string_view name = content.substr(0, equals);
  const bool has_value = equals != content.npos;
  const std::string_view value = has_value ? content.substr(equals + 1) : content;
  if (has_value && (name == "Script" || name == "sc")) {
    // RE2 has scripts and categories in one space of names.
    return value.size() > 2 && category(value).empty() ? set(value, negated) : std::string();
  }
  if (has_value && name != "General_Category" && name != "gc") return {};
  const std::string known = category(value);
  return known.empty() ? std::string() : set(known, negated);
}

}  // namespace confman::re2
