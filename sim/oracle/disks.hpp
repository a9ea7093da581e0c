#pragma once

#include <map>

#include "consensus/types.hpp"
#include "sim/model/log_image.hpp"

namespace confman::sim {

// Every disk that ever belonged to the cluster, also those that have been wiped since: what they
// promised they did promise.
using Disks = std::map<consensus::NodeId, const LogImage*>;

// Whether so many voters' disks satisfy the predicate that they are a majority of the
// configuration; in its joint phase of both. Counted here anew, and not by the code under test.
template <class Holds>
bool majority_of_disks(const consensus::Membership& membership, const Disks& disks, Holds holds) {
  std::size_t incoming = 0;
  std::size_t incoming_for = 0;
  std::size_t outgoing_for = 0;
  for (const consensus::Member& member : membership.members) {
    const auto disk = disks.find({member.id, member.incarnation});
    const bool in_favour = disk != disks.end() && holds(disk->first, *disk->second);
    if (member.role == consensus::MemberRole::Voter) {
      ++incoming;
      incoming_for += in_favour ? 1 : 0;
    }
    for (const consensus::MemberId id : membership.outgoing) {
      outgoing_for += id == member.id && in_favour ? 1 : 0;
    }
  }
  const bool outgoing_agrees =
      membership.outgoing.empty() || 2 * outgoing_for > membership.outgoing.size();
  return 2 * incoming_for > incoming && outgoing_agrees;
}

}  // namespace confman::sim
