#pragma once

#include <string>

namespace confman::sqlite {

// Why a store wasn't opened. `code` is stable and for programs ("log_head_stale"); `message` is for
// the operator: which file, what was found, what was expected.
struct StartupError {
  std::string code;
  std::string message;
};

}  // namespace confman::sqlite
