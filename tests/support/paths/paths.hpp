#pragma once

#include <filesystem>

// Where the sources and the build are. Compiled into one small file alone: a path on every command
// line would keep the compiler cache from serving a clone in another folder.
namespace confman::test {

std::filesystem::path source_dir();
std::filesystem::path binary_dir();

// Other people's data, which isn't in the repository: CONFMAN_SHARED, or the folder "shared" beside
// the sources. What looks for it skips, and says so, where it isn't.
std::filesystem::path third_party_data();

}  // namespace confman::test
