#pragma once

#include <cstdint>

namespace confman::domain {

enum class DecodeFault : std::uint8_t {
  Truncated,           // ends early, or a length is over its limit
  UnsupportedVersion,  // written by a build whose format this one can't read
  UnknownKind,
  NotCanonical,  // decodes, but would not be encoded so
  TrailingBytes,
};

}  // namespace confman::domain
