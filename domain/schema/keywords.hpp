#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "domain/schema/dialect.hpp"

// The keywords that hold subschemas. Everything else that looks like a schema is data, until a
// reference leads to it.
namespace confman::schema {

enum class Shape : std::uint8_t {
  One,           // a schema
  List,          // an array of schemas, which isn't empty
  Map,           // an object of schemas
  OneOrList,     // draft 7's items
  Dependencies,  // an object of schemas and arrays of names
};

enum class Part : std::uint8_t { Core, Applicator, Unevaluated, Annotation };

struct SubschemaKeyword {
  std::string_view name;
  Shape shape{};
  Part part{};
  bool in_draft7 = false;
  bool in_draft2020 = false;
};

inline constexpr std::array kSubschemaKeywords{
    SubschemaKeyword{"$defs", Shape::Map, Part::Core, false, true},
    SubschemaKeyword{"definitions", Shape::Map, Part::Core, true, true},
    SubschemaKeyword{"allOf", Shape::List, Part::Applicator, true, true},
    SubschemaKeyword{"anyOf", Shape::List, Part::Applicator, true, true},
    SubschemaKeyword{"oneOf", Shape::List, Part::Applicator, true, true},
    SubschemaKeyword{"not", Shape::One, Part::Applicator, true, true},
    SubschemaKeyword{"if", Shape::One, Part::Applicator, true, true},
    SubschemaKeyword{"then", Shape::One, Part::Applicator, true, true},
    SubschemaKeyword{"else", Shape::One, Part::Applicator, true, true},
    SubschemaKeyword{"properties", Shape::Map, Part::Applicator, true, true},
    SubschemaKeyword{"patternProperties", Shape::Map, Part::Applicator, true, true},
    SubschemaKeyword{"additionalProperties", Shape::One, Part::Applicator, true, true},
    SubschemaKeyword{"propertyNames", Shape::One, Part::Applicator, true, true},
    // 2020-12 has them no more, but its metaschema still knows what they were.
    SubschemaKeyword{"dependencies", Shape::Dependencies, Part::Applicator, true, true},
    SubschemaKeyword{"dependentSchemas", Shape::Map, Part::Applicator, false, true},
    SubschemaKeyword{"prefixItems", Shape::List, Part::Applicator, false, true},
    SubschemaKeyword{"items", Shape::One, Part::Applicator, false, true},
    SubschemaKeyword{"items", Shape::OneOrList, Part::Applicator, true, false},
    SubschemaKeyword{"additionalItems", Shape::One, Part::Applicator, true, false},
    SubschemaKeyword{"contains", Shape::One, Part::Applicator, true, true},
    SubschemaKeyword{"unevaluatedItems", Shape::One, Part::Unevaluated, false, true},
    SubschemaKeyword{"unevaluatedProperties", Shape::One, Part::Unevaluated, false, true},
    SubschemaKeyword{"contentSchema", Shape::One, Part::Annotation, false, true},
};

constexpr bool knows(const Dialect& dialect, const SubschemaKeyword& keyword) {
  if (dialect.draft == Draft::Draft7) return keyword.in_draft7;
  if (keyword.part == Part::Applicator && !dialect.applicator) return false;
  if (keyword.part == Part::Unevaluated && !dialect.unevaluated) return false;
  return keyword.in_draft2020;
}

}  // namespace confman::schema
