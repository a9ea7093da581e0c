#include "app/node/forward_filter.hpp"

#include <algorithm>

namespace confman::node {

bool ForwardFilter::admit(consensus::NodeId sender, std::uint64_t id) {
  if (!senders_.contains(sender) && senders_.size() == kMaxSenders) forget_one();
  Seen& seen = senders_[sender];
  const std::uint64_t start = id >> kCounterBits;
  if (start > seen.start) seen = Seen{.start = start};
  seen.heard = ++admissions_;
  if (start < seen.start || id <= seen.floor || !seen.ids.insert(id).second) return false;
  if (seen.ids.size() > window_) {
    seen.floor = *seen.ids.begin();
    seen.ids.erase(seen.ids.begin());
  }
  return true;
}

void ForwardFilter::forget_one() {
  senders_.erase(std::ranges::min_element(senders_, {},
                                          [](const auto& sender) { return sender.second.heard; }));
}

}  // namespace confman::node
