#pragma once

#include <stdexcept>
#include <string>

namespace confman::cli {

// Exit statuses, so that scripts can tell what went wrong: from 64 on as sysexits.h has them.
inline constexpr int kOk = 0;
inline constexpr int kDegraded = 1;  // of `status` only: the cluster serves, but not as it should
inline constexpr int kNoLeader = 2;  // of `status` only: the cluster takes no writes
inline constexpr int kUsage = 64;
inline constexpr int kData = 65;     // refused: a bad value, a failed precondition
inline constexpr int kNoInput = 66;  // not found, here or there
inline constexpr int kUnavailable =
    69;  // no server answered, or none could serve; nothing was done
inline constexpr int kInternal = 70;
inline constexpr int kIo = 74;
inline constexpr int kTemporary = 75;  // timed out; for a write, whether it was made isn't known
inline constexpr int kProtocol = 76;   // a server's answer can't be read
inline constexpr int kNoPermission = 77;
inline constexpr int kInterrupted = 130;

// Ends the program with that status, after the message (none: quietly).
class Failure : public std::runtime_error {
 public:
  Failure(int exit_status, const std::string& message)
      : std::runtime_error(message), status(exit_status) {}
  int status;
  std::string problem;          // the server's problem document, a JSON text; empty: there is none
  std::string idempotency_key;  // of a write whose outcome isn't known; empty: it had none
  bool outcome_unknown = false;

  // {"error":{"exit":…,"message":…,…}}, one line.
  std::string as_json() const;
};

}  // namespace confman::cli
