#pragma once

#include "sim/workload/operations/operation.hpp"

namespace confman::sim {

// One long poll of a watcher (sim/workload/watchers.hpp), of the entry of that key, or with key 0
// of the namespace. Judged by check_watch.
struct WatchOp : OpDefaults {
  static constexpr std::string_view kName = "watch";

  std::uint64_t term{};     // of `after`
  std::int64_t after = -1;  // log index; -1: from now
  std::int64_t limit{};
  std::uint64_t flags{};  // of these
  static constexpr std::uint64_t kWithAfter = 1;
  static constexpr std::uint64_t kAtOnce = 2;
  static constexpr std::uint64_t kWithoutLeader = 4;

  template <class Self, class Visit>
  static void for_each_field(Self& self, Visit&& visit) {
    visit(Column::MinTerm, self.term);
    visit(Column::After, self.after);
    visit(Column::Limit, self.limit);
    visit(Column::Flags, self.flags);
  }
  domain::Revision named() const { return {term, static_cast<std::uint64_t>(after)}; }
  std::string about(const ClientOp& op) const;
  AskedOperation asked(const ClientOp& op) const;
  void submitted(HistoryRecorder& history, const ClientOp& op, Moment moment) const;
  void answered(HistoryRecorder& history, const ClientOp& op, const node::Response& response,
                Moment moment) const;

  friend bool operator==(const WatchOp&, const WatchOp&) = default;
};

}  // namespace confman::sim
