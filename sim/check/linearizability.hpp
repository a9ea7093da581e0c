#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sim/check/entry_model.hpp"
#include "sim/check/kv_model.hpp"
#include "sim/check/register_model.hpp"

// Is there an order of the operations, each at one instant between its call and its return, in
// which every answer is right? Judged key by key (Herlihy & Wing 1990: linearizability is local).
//
// Pure functions: the same operations give the same verdict, in the same number of steps.
namespace confman::sim {

struct SearchLimits {
  // Configurations tried per key. One costs about 150 bytes and a microsecond.
  std::uint64_t steps_per_key = 1'000'000;
};

enum class Verdict {
  Linearizable,
  NotLinearizable,
  BudgetExhausted,  // no verdict
};

struct Explanation {
  std::string key;
  std::vector<std::uint64_t> prefix;    // ids of the longest order found
  std::vector<std::uint64_t> unplaced;  // ids of completed operations, one of which had to be next
  std::string sentence;
};

struct LinearizabilityResult {
  Verdict verdict = Verdict::Linearizable;
  std::uint64_t steps = 0;  // over all keys
  // Of the first key, by name, that isn't linearizable; else of the first that ran out of steps.
  std::optional<Explanation> explanation;
};

LinearizabilityResult check_register(std::span<const RegisterOperation> operations,
                                     SearchLimits limits = {});
// `texts` holds the ids that the operations name; it grows.
LinearizabilityResult check_kv(std::span<const KvOperation> operations, Texts& texts,
                               SearchLimits limits = {});
LinearizabilityResult check_entries(std::span<const EntryOperation> operations,
                                    SearchLimits limits = {});

}  // namespace confman::sim
