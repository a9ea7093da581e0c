#include "consensus/raft/membership_history.hpp"

#include <algorithm>
#include <utility>

#include "domain/base/assert.hpp"

namespace confman::consensus {

const MembershipHistory::Item& MembershipHistory::at(LogIndex index) const {
  for (auto item = items_.rbegin(); item != items_.rend(); ++item) {
    if (item->index <= index) return *item;
  }
  return items_.front();
}

bool MembershipHistory::is_voter_since(LogIndex index, NodeId node) const {
  const LogIndex from = at(index).index;
  return std::ranges::any_of(items_, [&](const Item& item) {
    return item.index >= from && item.membership.is_voter(node);
  });
}

void MembershipHistory::append(LogIndex index, Membership membership) {
  CONFMAN_ASSERT(index > latest_index(), "Configurations are named in the order of the log.");
  items_.push_back({index, std::move(membership)});
}

bool MembershipHistory::truncate_from(LogIndex index) {
  const std::size_t before = items_.size();
  while (items_.size() > 1 && items_.back().index >= index) items_.pop_back();
  return items_.size() != before;
}

void MembershipHistory::forget_before(LogIndex index) {
  while (items_.size() > 1 && items_[1].index <= index) items_.pop_front();
}

void MembershipHistory::reset(LogIndex index, Membership membership) {
  items_.clear();
  items_.push_back({index, std::move(membership)});
}

}  // namespace confman::consensus
