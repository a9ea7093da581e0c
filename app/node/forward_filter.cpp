#include "app/node/forward_filter.hpp"

namespace confman::node {

bool ForwardFilter::admit(consensus::NodeId sender, std::uint64_t id) {
  Seen& seen = senders_[sender.member];
  const std::uint64_t start = id >> kCounterBits;
  if (start > seen.start) seen = Seen{start, {}, 0};
  if (start < seen.start || id <= seen.floor || !seen.ids.insert(id).second) return false;
  if (seen.ids.size() > kWindow) {
    seen.floor = *seen.ids.begin();
    seen.ids.erase(seen.ids.begin());
  }
  return true;
}

}  // namespace confman::node
