#include <algorithm>

#include "consensus/raft/raft_node.hpp"
#include "domain/base/marks.hpp"

// What the cluster may write to its log while nodes of different builds are members. Every node
// says in its answers what it can apply; when all members can apply more than is in use, the leader
// raises the level by an entry of the log. It never goes down. A node that is given a level which
// it doesn't know stops: it must not skip what it can't apply.
namespace confman::consensus {

void RaftNode::maybe_raise_feature_level(Leader& leading) {
  if (feature_level_ >= config_.max_feature_level || feature_entry_ > applied_) return;
  if (!committed_in_term(leading) || leading.transfer) return;
  std::uint64_t common = config_.max_feature_level;
  for (const Progress& member : leading.peers) common = std::min(common, member.feature_level);
  if (common <= feature_level_) return;
  CONFMAN_MARK("feature level: all members can go along, so it is raised");
  Bytes payload;
  ByteWriter(payload).varint(common);
  append_as_leader(leading, EntryKind::FeatureLevel, make_payload(std::move(payload)));
  feature_entry_ = log_.last();
}

}  // namespace confman::consensus
