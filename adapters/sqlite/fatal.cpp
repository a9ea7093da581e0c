#include "adapters/sqlite/fatal.hpp"

#include <cstdio>
#include <cstring>
#include <unistd.h>

namespace confman::sqlite {

void die(const FatalHandler& handler, const FatalError& error) {
  if (handler) {
    handler(error);
  } else {
    std::fprintf(stderr, "confman: %s\n", error.message.c_str());
  }
  // Not exit(): destructors would write to the store that has just failed.
  _exit(error.exit_code);
}

FatalError io_error(const std::string& what, int error_number) {
  return {kExitIo, what + ": " + std::strerror(error_number)};
}

}  // namespace confman::sqlite
