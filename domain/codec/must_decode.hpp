#pragma once

#include <expected>
#include <utility>

#include "domain/base/assert.hpp"
#include "domain/codec/decode_fault.hpp"

namespace confman::domain {

// For rows of our own state: that they decode was checked when they came in.
template <class Row>
Row must_decode(std::expected<Row, DecodeFault> row) {
  CONFMAN_ASSERT(row.has_value(), "The state holds a row that this build can't decode.");
  return std::move(*row);
}

}  // namespace confman::domain
