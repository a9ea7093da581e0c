#pragma once

#include <optional>

namespace confman::sqlite {

// The process that holds the flock(2) on the file; nothing where none does, or where it can't be
// told for certain: it ended and left the descriptor to a child, it is somebody else's, or in
// another container.
std::optional<long> flock_holder(int descriptor);

}  // namespace confman::sqlite
