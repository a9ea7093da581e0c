#pragma once

#include "domain/base/bytes.hpp"
#include "domain/state/store.hpp"

namespace confman::domain {

// Could apply have written this row? Names obey the grammar, the value decodes.
bool is_row(Table table, ByteView key, ByteView value);

}  // namespace confman::domain
