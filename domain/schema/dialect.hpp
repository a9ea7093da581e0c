#pragma once

#include <cstdint>
#include <string_view>

namespace confman::schema {

enum class Draft : std::uint8_t { Draft7, Draft2020 };

// Which keywords mean something. A metaschema of one's own can leave out vocabularies of 2020-12.
struct Dialect {
  Draft draft = Draft::Draft2020;
  bool applicator = true;
  bool unevaluated = true;
  bool validation = true;
  bool format_assertion = false;
};

inline constexpr std::string_view kDraft7Uri = "http://json-schema.org/draft-07/schema";
inline constexpr std::string_view kDraft2020Uri = "https://json-schema.org/draft/2020-12/schema";
inline constexpr std::string_view kVocabularyPrefix =
    "https://json-schema.org/draft/2020-12/vocab/";

}  // namespace confman::schema
