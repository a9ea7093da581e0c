#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string_view>

#include "domain/command.hpp"
#include "domain/errors.hpp"

namespace confman::domain {

enum class CommandFaultKind : std::uint8_t {
  BadPath,  // `name` says how
  BadKey,   // `name` says how
  ValueTooLarge,
  BadContentType,
  TooManyLabels,
  BadLabel,  // a label's name is empty, or name or value too long, not UTF-8 or with control
             // characters
  LabelsNotSorted,
  DescriptionTooLong,
  BadText,  // description, owner, actor or request id too long or not UTF-8
  BadIdempotencyKey,
  ContradictoryPrecondition,
};

struct CommandFault {
  CommandFaultKind kind{};
  NameFault name{};  // for BadPath and BadKey

  friend bool operator==(const CommandFault&, const CommandFault&) = default;
};

// Everything that can be told of a command without looking at the state: names and limits. Asked at
// the edge, again by the leader of what was forwarded, and by apply of what the log holds.
// Well-formedness of JSON and YAML values is the edge's.
std::expected<void, CommandFault> validate(const Command& command);

}  // namespace confman::domain
