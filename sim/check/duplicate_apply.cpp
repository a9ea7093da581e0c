#include <map>

#include "sim/check/final_state.hpp"

namespace confman::sim {

namespace {

constexpr const char* kProperty = "duplicate_apply";

std::string name_of_version(const FinalVersion& v) {
  return "version " + std::to_string(v.version) + " of '" + v.key + "' at " + name_of(v.revision);
}

void check_numbering(const FinalHistory& versions, Violations& violations) {
  std::map<std::string, const FinalVersion*> newest;
  for (const FinalVersion& v : versions) {
    const FinalVersion*& last = newest[v.key];
    const std::uint64_t expected = last == nullptr ? 1 : last->version + 1;
    if (v.version != expected) {
      violations.push_back({kProperty, "The cluster keeps " + name_of_version(v) +
                                           " where version " + std::to_string(expected) +
                                           " was due."});
    } else if (last != nullptr && v.revision.index <= last->revision.index) {
      violations.push_back({kProperty, "The cluster keeps " + name_of_version(v) + " after " +
                                           name_of_version(*last) + ": revisions don't grow."});
    }
    last = &v;
  }
}

}  // namespace

Violations check_no_duplicate_apply(const History& history) {
  Violations violations;
  check_numbering(history.final_history, violations);

  std::map<std::pair<std::string, std::uint64_t>, std::vector<const OpRecord*>> puts_of;
  for (const OpRecord& op : history.operations) {
    if (op.kind == EntryAction::Kind::Put) {
      puts_of[{op.key, op.value}].push_back(&op);
    }
  }
  std::map<std::uint64_t, const FinalVersion*> by_idempotency_key;
  std::map<std::pair<std::string, std::uint64_t>, const FinalVersion*> by_value;
  for (const FinalVersion& v : history.final_history) {
    if (v.idempotency_key != 0) {
      const auto [at, is_new] = by_idempotency_key.try_emplace(v.idempotency_key, &v);
      if (!is_new) {
        violations.push_back({kProperty, "Idempotency key " + std::to_string(v.idempotency_key) +
                                             " made both " + name_of_version(*at->second) +
                                             " and " + name_of_version(v) + "."});
        continue;
      }
    }
    const auto puts = puts_of.find({v.key, v.value});
    if (v.tombstone || puts == puts_of.end() || puts->second.size() != 1) {
      continue;
    }
    const auto [at, is_new] = by_value.try_emplace({v.key, v.value}, &v);
    if (!is_new) {
      violations.push_back({kProperty, "The " + name_of(*puts->second.front()) + " made both " +
                                           name_of_version(*at->second) + " and " +
                                           name_of_version(v) + "."});
    }
  }
  return violations;
}

}  // namespace confman::sim
