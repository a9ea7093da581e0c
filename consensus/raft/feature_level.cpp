#include "consensus/raft/feature_level.hpp"

#include <algorithm>

#include "domain/base/marks.hpp"

// What the cluster may write to its log while nodes of different builds are members. Every node
// says in its answers what it can apply; when all members can apply more than is in use, the leader
// raises the level by an entry of the log. It never goes down. A node that is given a level which
// it doesn't know stops: it must not skip what it can't apply.
namespace confman::consensus {

void FeatureLevels::maybe_raise_feature_level(Leader& leading) {
  if (machine_.feature_level >= context_.config.max_feature_level ||
      leading.feature_entry > machine_.applied)
    return;
  if (!leading.committed_in_term(log_.commit()) || leading.transfer) return;
  std::uint64_t common = context_.config.max_feature_level;
  for (const Progress& member : leading.peers) common = std::min(common, member.feature_level);
  if (common <= machine_.feature_level) return;
  CONFMAN_MARK("feature level: all members can go along, so it is raised");
  Bytes payload;
  ByteWriter(payload).varint(common);
  proposals_.append_as_leader(leading, EntryKind::FeatureLevel, make_payload(std::move(payload)));
  leading.feature_entry = log_.last();
}

}  // namespace confman::consensus
