#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace confman::sim {

// What kind of failure a run ended with.
enum class FailureKind : std::uint8_t {
  Correctness,  // an oracle or a checker found a broken promise
  Liveness,     // healed, but it doesn't serve or agree
  Crash,        // an assertion inside the node failed
};
inline constexpr int kFailureKinds = 3;

inline std::string_view name_of(FailureKind kind) {
  constexpr std::string_view kNames[] = {"correctness", "liveness", "crash"};
  return kNames[static_cast<std::size_t>(kind)];
}

// Ends a run: thrown by whoever finds it (oracles, checkers, the assertion handler) out of the
// event that brought it to light, caught by the run.
struct RunFailure {
  FailureKind kind = FailureKind::Correctness;
  std::string oracle;    // stable name of the finder, "election-safety"
  std::string sentence;  // what was promised and what was seen; one line

  friend bool operator==(const RunFailure&, const RunFailure&) = default;
};

[[noreturn]] inline void broken(std::string oracle, std::string sentence) {
  throw RunFailure{FailureKind::Correctness, std::move(oracle), std::move(sentence)};
}

}  // namespace confman::sim
