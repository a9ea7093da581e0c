#pragma once

// What the exit status of confmand tells a supervisor (sysexits.h).
namespace confman::host {

inline constexpr int kOk = 0;
inline constexpr int kUsage = 64;
inline constexpr int kData = 65;         // a file of the node is damaged or not its own
inline constexpr int kUnavailable = 69;  // an address can't be listened on
inline constexpr int kInternal = 70;
inline constexpr int kIo = 74;
inline constexpr int kConfig = 78;

}  // namespace confman::host
