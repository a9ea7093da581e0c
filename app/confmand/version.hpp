#pragma once

namespace confman::host {

inline constexpr const char* kVersion = CONFMAN_VERSION;  // of CMakeLists.txt

}  // namespace confman::host
