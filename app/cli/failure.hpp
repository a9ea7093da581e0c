#pragma once

#include <stdexcept>
#include <string>

namespace confman::cli {

// Exit statuses, as sysexits.h has them, so that scripts can tell what went wrong.
inline constexpr int kOk = 0;
inline constexpr int kUsage = 64;
inline constexpr int kData = 65;     // refused: a bad value, a failed precondition
inline constexpr int kNoInput = 66;  // not found, here or there
inline constexpr int kUnavailable =
    69;  // no server answered, or none could serve; nothing was done
inline constexpr int kInternal = 70;
inline constexpr int kIo = 74;
inline constexpr int kTemporary = 75;  // timed out; for a write, whether it was made isn't known
inline constexpr int kNoPermission = 77;
inline constexpr int kInterrupted = 130;

// Ends the program with that status, after the message (none: quietly).
class Failure : public std::runtime_error {
 public:
  Failure(int exit_status, const std::string& message)
      : std::runtime_error(message), status(exit_status) {}
  int status;
};

}  // namespace confman::cli
