#include <algorithm>
#include <map>

#include "sim/check/final_state.hpp"

namespace confman::sim {

namespace {

constexpr const char* kProperty = "phantom";
using KeyAndNumber = std::pair<std::string, std::uint64_t>;

// The writes that may have happened to one key.
struct Deletes {
  std::vector<std::uint64_t> acknowledged;  // versions
  std::size_t unknown = 0;
};

struct Origins {
  std::map<KeyAndNumber, Moment> puts;  // (key, value) → the earliest call of a put that may count
  std::map<std::string, Deletes> deletes;
};

Origins origins_of(const std::vector<OpRecord>& operations) {
  Origins origins;
  for (const OpRecord& op : operations) {
    if (op.is_read() || op.outcome == Outcome::Refused || op.outcome == Outcome::NotDone) {
      continue;
    }
    if (op.kind == EntryAction::Kind::Put) {
      const auto [at, is_new] = origins.puts.try_emplace({op.key, op.value}, op.called);
      at->second = std::min(at->second, op.called);
    } else if (op.outcome == Outcome::Done && op.version != kVersionNotTold) {
      origins.deletes[op.key].acknowledged.push_back(op.version);
    } else {
      ++origins.deletes[op.key].unknown;
    }
  }
  return origins;
}

void check_versions(const FinalHistory& versions, Origins& origins, Violations& violations) {
  for (const FinalVersion& v : versions) {
    const std::string where =
        "Version " + std::to_string(v.version) + " of '" + v.key + "' at " + name_of(v.revision);
    if (!v.tombstone) {
      if (!origins.puts.contains({v.key, v.value})) {
        violations.push_back(
            {kProperty, where + " holds value " + std::to_string(v.value) +
                            ", which no put that was done or may have been wrote."});
      }
      continue;
    }
    Deletes& deletes = origins.deletes[v.key];
    if (std::ranges::find(deletes.acknowledged, v.version) != deletes.acknowledged.end()) {
      continue;
    }
    if (deletes.unknown == 0) {
      violations.push_back({kProperty, where + " is a tombstone that no delete explains."});
    } else {
      --deletes.unknown;
    }
  }
}

}  // namespace

Violations check_no_phantom(const History& history) {
  Violations violations;
  Origins origins = origins_of(history.operations);
  check_versions(history.final_history, origins, violations);

  std::map<KeyAndNumber, const FinalVersion*> kept;
  for (const FinalVersion& v : history.final_history) {
    kept.try_emplace({v.key, v.version}, &v);
  }
  for (const OpRecord& op : history.operations) {
    if (!op.is_read() || op.outcome != Outcome::Done || op.version == 0) {
      continue;
    }
    const std::string what = "The " + name_of(op) + " found version " + std::to_string(op.version) +
                             " with value " + std::to_string(op.value);
    const auto put = origins.puts.find({op.key, op.value});
    if (put == origins.puts.end()) {
      violations.push_back(
          {kProperty, what + ", which no put that was done or may have been wrote."});
      continue;
    }
    if (put->second > op.returned) {
      violations.push_back({kProperty, what + ", before any put of it began."});
    }
    const auto version = kept.find({op.key, op.version});
    if (version == kept.end()) {
      violations.push_back({kProperty, what + ", but the cluster has no such version."});
    } else if (version->second->tombstone || version->second->value != op.value) {
      violations.push_back(
          {kProperty,
           what + ", but the cluster keeps " +
               (version->second->tombstone ? std::string("a tombstone")
                                           : "value " + std::to_string(version->second->value)) +
               " under that version."});
    }
  }
  return violations;
}

}  // namespace confman::sim
