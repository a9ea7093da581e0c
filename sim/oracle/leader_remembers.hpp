#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "consensus/messages.hpp"

namespace confman::sim {

// What a follower has told a leader stays known while it leads: entries that it holds and bytes of
// a snapshot that it has aren't sent again. No safety hangs on it, only time and traffic; but a
// leader that forgets can go on forever.
class LeaderRemembers {
 public:
  // `message` is for the leader of term `leads`, whose log ends at `last`.
  void reads(const consensus::Message& message, consensus::Term leads, consensus::LogIndex last);
  void sends(const consensus::Message& message);
  // Another snapshot, even of the same entry: the transfer starts again.
  void has_built(consensus::MemberId leader);
  // Another configuration: whoever is named begins afresh.
  void changes_members(consensus::MemberId leader);

 private:
  struct Told {
    std::uint64_t incarnation{};
    consensus::Term term;
    consensus::LogIndex match;
    consensus::LogId snapshot;  // on its way
    std::optional<std::uint64_t> next_offset;
  };
  using Pair = std::pair<consensus::MemberId, consensus::MemberId>;  // leader, follower

  Told& of(Pair pair, consensus::NodeId follower, consensus::Term term);

  std::map<Pair, Told> told_;
};

}  // namespace confman::sim
