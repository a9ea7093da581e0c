#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "consensus/types.hpp"

namespace confman::consensus {

// Majorities of one configuration, or of both in the joint phase of a change (Raft §6). Learners
// and strangers don't exist here: nothing they say is ever looked at. A configuration without
// members, of a node that knows none yet, never has a majority.
//
// Commit index, read rounds and check-quorum are one question: the greatest value that a majority
// has reached.
class Quorum {
 public:
  Quorum() = default;
  explicit Quorum(const Membership& membership);

  // value_of(MemberId) -> std::uint64_t, 0 for "nothing yet". In the joint phase the smaller of the
  // two majorities' values: both must have reached it.
  template <class ValueOf>
  std::uint64_t reached(ValueOf value_of) const {
    if (incoming_.empty()) return 0;
    std::uint64_t result = reached_in(incoming_, value_of);
    if (!outgoing_.empty()) result = std::min(result, reached_in(outgoing_, value_of));
    return result;
  }

  // has(MemberId) -> bool
  template <class Has>
  bool majority(Has has) const {
    return reached([&](MemberId id) { return std::uint64_t{has(id) ? 1u : 0u}; }) == 1;
  }

 private:
  template <class ValueOf>
  static std::uint64_t reached_in(const std::vector<MemberId>& voters, ValueOf& value_of) {
    std::array<std::uint64_t, kMaxMembers> values{};
    const std::size_t n = voters.size();
    for (std::size_t i = 0; i < n; ++i) values[i] = value_of(voters[i]);
    std::sort(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(n));
    // Ascending: what stands here has n/2 + 1 values at or above it, for odd n and for even n.
    return values[(n - 1) / 2];
  }

  std::vector<MemberId> incoming_;  // empty: no configuration is known
  std::vector<MemberId> outgoing_;  // empty outside the joint phase
};

// The votes of one campaign. Each member counts once, whatever it repeats; its first word stands.
class VoteTally {
 public:
  void record(MemberId from, bool granted);
  bool won(const Quorum& quorum) const;
  // No majority is possible any more, whatever the others say.
  bool lost(const Quorum& quorum) const;

 private:
  std::vector<MemberId> granted_;
  std::vector<MemberId> refused_;
};

}  // namespace confman::consensus
