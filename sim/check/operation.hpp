#pragma once

#include <cstdint>
#include <string>

// What the linearizability checkers judge: calls with a beginning, perhaps an end, and an effect.
namespace confman::sim {

// A position in the order of a run's events. Any strictly growing clock will do (the simulator's
// event counter, nanoseconds of one machine's monotonic clock). Two events at the same Moment count
// as concurrent, so a coarse clock may hide a violation but never invents one.
using Moment = std::uint64_t;
inline constexpr Moment kNever = UINT64_MAX;

template <class A>
struct Operation {
  using Action = A;

  std::string key;  // histories are judged key by key
  Action action{};
  Moment called{};
  // kNever: nobody knows whether it happened, and it may still happen at any later time. What
  // certainly did not happen must not be among the operations at all.
  Moment returned = kNever;
  std::uint64_t id{};  // the caller's name for it, used in explanations

  bool unknown() const { return returned == kNever; }
};

}  // namespace confman::sim
