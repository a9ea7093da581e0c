#pragma once

#include <atomic>
#include <filesystem>
#include <gtest/gtest.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

#include "adapters/sqlite/data_dir.hpp"
#include "tests/support/paths/paths.hpp"

namespace confman::sqlite {

// A directory of its own for each test, below the build directory: on a real filesystem.
class TestDir {
 public:
  TestDir() {
    static std::atomic<int> count{0};
    root_ = test::binary_dir() / "test-data" /
            (std::to_string(::getpid()) + "-" + std::to_string(count++));
    std::filesystem::create_directories(root_);
  }
  ~TestDir() { std::filesystem::remove_all(root_); }
  TestDir(const TestDir&) = delete;
  TestDir& operator=(const TestDir&) = delete;

  const std::filesystem::path& root() const { return root_; }
  std::filesystem::path data() const { return root_ / "data"; }

 private:
  std::filesystem::path root_;
};

inline DataDir::Request request_for(const std::filesystem::path& path,
                                    const Platform& platform = {}) {
  return {path, "prod", "node1", consensus::GroupId{0}, 0x1122334455667788, platform};
}

inline DataDir open_dir(const std::filesystem::path& path, const Platform& platform = {}) {
  auto dir = DataDir::open(request_for(path, platform));
  if (!dir) {
    ADD_FAILURE() << dir.error().code << ": " << dir.error().message;
    std::abort();
  }
  return std::move(*dir);
}

}  // namespace confman::sqlite
