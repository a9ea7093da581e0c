#pragma once

#include <unistd.h>

#include "adapters/sqlite/vfs/file_system.hpp"
#include "adapters/sqlite/worker.hpp"

namespace confman::sqlite {

// What the stores of one process stand on. The default is production's.
struct Platform {
  FileSystem* files = &posix_file_system();
  const char* vfs = nullptr;  // by which SQLite reaches the same files; null: its own
  Workers* workers = &thread_workers();
  long process_id = ::getpid();
};

}  // namespace confman::sqlite
