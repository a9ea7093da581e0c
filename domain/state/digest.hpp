#pragma once

#include <cstdint>

#include "domain/base/bytes.hpp"
#include "domain/state/store.hpp"

namespace confman::domain {

// The digest of a state is the sum, in two independent 64-bit lanes, of a hash of each row outside
// Meta and the derived tables. A sum, because it is kept up to date by adding and subtracting the
// rows that a command touches, whatever the size of the state; equal states have equal digests
// whatever their history.
struct RowDigest {
  std::uint64_t low{};
  std::uint64_t high{};
};
RowDigest digest_of_row(Table table, ByteView key, ByteView value);

}  // namespace confman::domain
