#pragma once

#include <filesystem>

// Where the sources and the build are. Compiled into one small file alone: a path on every command
// line would keep the compiler cache from serving a clone in another folder.
namespace confman::test {

std::filesystem::path source_dir();
std::filesystem::path binary_dir();

}  // namespace confman::test
