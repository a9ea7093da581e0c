#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "adapters/yaml/fault.hpp"

// What a YAML text says, in order. Views point into the text.
namespace confman::yaml {

enum class EventKind : std::uint8_t {
  DocumentStart,
  DocumentEnd,
  SequenceStart,
  SequenceEnd,
  MapStart,
  MapEnd,
  Scalar,
  Alias,
};

enum class ScalarStyle : std::uint8_t {
  Absent,  // a node that isn't written: the value of "a:", the key of ": a"
  Plain,
  Single,
  Double,
  Literal,
  Folded,
};

enum class Chomping : std::uint8_t { Clip, Strip, Keep };

struct Event {
  EventKind kind{};
  ScalarStyle style = ScalarStyle::Absent;  // of a Scalar
  Chomping chomping = Chomping::Clip;       // of Literal and Folded
  std::uint32_t indent = 0;                 // of their lines, in spaces
  std::uint32_t line = 1;                   // where the node begins
  std::uint32_t offset = 0;                 // likewise, in bytes from the text's beginning
  std::string_view source;  // of a Scalar: between the quotes, or the lines of a block;
                            // of an Alias: the name
  std::string_view anchor;  // empty: none
  std::string_view tag;     // as it is written, with its "!"; empty: none
};

// The content of a Scalar: lines folded, escapes resolved, indentation taken off.
std::string content_of(const Event& scalar);

// The place of an event in the text that it came from.
Mark mark_of(std::string_view text, const Event& event);

}  // namespace confman::yaml
