#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace confman::sim {

// What people call this build: what -DCONFMAN_BUILD_ID says, else the commit of the sources when
// the build was configured (which a commit triggers again), with a '+' if they had been changed
// since.
std::string_view build_id();

// Which program this is: a hash of the executable's own bytes, all but those of its name, so that a
// commit which changes no code is the same program. 0: it can't be told.
//
// Bytes rather than sources: compiler, options and whatever is linked in are in them, and nobody
// can forget to list a file. Two builds of one source by ./dev have the same ones, in whatever
// folder. Shared libraries (libstdc++, libsqlite3) aren't in them.
std::uint64_t program_hash();

// Not const: a compiler that knew the name would build its length into the code.
inline constexpr std::size_t kBuildNameSize = 64;
extern char build_name[kBuildNameSize];

// The hash of a program's bytes. Exposed for its test.
std::uint64_t hash_of_program(std::string_view bytes, std::string_view name_bytes);

}  // namespace confman::sim
