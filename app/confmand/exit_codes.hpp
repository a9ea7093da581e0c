#pragma once

// What the exit status of confmand tells a supervisor (sysexits.h).
namespace confman::host {

inline constexpr int kOk = 0;
inline constexpr int kUsage = 64;
inline constexpr int kData = 65;  // a file of the node is damaged or not its own
// An address can't be listened on, or another program uses a file of the node.
inline constexpr int kUnavailable = 69;
inline constexpr int kInternal = 70;
inline constexpr int kIo = 74;
inline constexpr int kConfig = 78;

}  // namespace confman::host
