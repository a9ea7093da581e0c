#pragma once

#include <cstdlib>
#include <gtest/gtest.h>
#include <string>

#include "adapters/sqlite/connection.hpp"
#include "adapters/sqlite/vfs/file_system_vfs.hpp"
#include "sim/storage/node_storage.hpp"

namespace confman::sim {

inline NodeStorage::Opened open_or_abort(NodeStorage& storage) {
  auto opened = storage.open();
  if (!opened) {
    ADD_FAILURE() << opened.error().code << ": " << opened.error().message;
    std::abort();
  }
  return std::move(*opened);
}

// Changes a database while no process uses it. Durable.
inline void run_sql(SimFileSystem& disk, const std::string& sql,
                    const char* file = "/data/log.db") {
  {
    const sqlite::FileSystemVfs vfs(disk, disk.device());
    sqlite::Connection::Options options;
    options.file = file;
    options.vfs = vfs.name();
    auto connection = sqlite::Connection::open(options);
    ASSERT_TRUE(connection) << connection.error().message;
    const auto done = connection->exec(sql.c_str());
    EXPECT_TRUE(done) << done.error().message;
  }
  disk.restart();
}

}  // namespace confman::sim
