#pragma once

#include <cstdint>
#include <map>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sim/check/history.hpp"

namespace confman::sim {

// The completed operations of each session, by call.
std::map<std::uint64_t, std::vector<const OpRecord*>> done_by_session(
    const std::vector<OpRecord>& operations);

// Whether `read` must reflect a revision that its session got earlier.
bool promises(const OpRecord& read, Revision earlier);

// What a session has seen and done so far, at its newest. A read beyond all of that breaks no
// promise towards any of it, which spares most reads the comparison with each operation before.
class Horizon {
 public:
  void add(const OpRecord& op);
  bool cleared_by(const OpRecord& read) const;

 private:
  Revision newest_;
  std::unordered_map<std::string_view, std::uint64_t> version_above_;  // by key
};

}  // namespace confman::sim
