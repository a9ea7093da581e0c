#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>

#include "consensus/types.hpp"

namespace confman::node {

// Gives each forwarded write one verdict, however often its frame arrives: a second copy must
// neither be done a second time nor be called "not done" while the first one is on its way to
// commitment. What the filter refuses gets no answer at all.
//
// Ids are ascending within one start of the sender, whose number is in their upper bits; a member
// that comes with another disk counts its starts from the beginning, and is another sender.
// Bounded: of each sender only its newest start counts (nobody waits for the answers to an older
// one), and of that the newest `window` ids are remembered, and what is older counts as seen. Of
// more than kMaxSenders, the one that wasn't heard for longest is forgotten.
class ForwardFilter {
 public:
  static constexpr std::size_t kWindow = 64 * 1024;
  static constexpr std::size_t kMaxSenders = 64;
  static constexpr int kCounterBits = 40;

  explicit ForwardFilter(std::size_t window = kWindow) : window_(window) {}

  bool admit(consensus::NodeId sender, std::uint64_t id);

 private:
  struct Seen {
    std::uint64_t start{};
    std::set<std::uint64_t> ids;
    std::uint64_t floor{};  // everything up to here counts as seen
    std::uint64_t heard{};  // admissions_ as of its last message
  };
  void forget_one();

  const std::size_t window_;
  std::map<consensus::NodeId, Seen> senders_;
  std::uint64_t admissions_ = 0;
};

}  // namespace confman::node
