#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "tests/chaos/timeline.hpp"
#include "tests/support/address.hpp"
#include "tests/support/node_status.hpp"

namespace confman::chaos {

// Asks all nodes what they think they are, several times a second, each on a thread of its own: one
// that doesn't answer keeps nobody waiting. Finds two leaders of one term, and different states at
// one revision. Thread-safe.
class Observer {
 public:
  // An answer that is older than this isn't given out any more.
  static constexpr Moment kOld = 1'000'000'000;  // nanoseconds

  Observer(const testing::Endpoints& nodes, Timeline& timeline);
  ~Observer();

  // Who said last, and not long ago, that it leads, in the newest term that anybody spoke of.
  std::optional<std::size_t> leader() const;
  // The node's last answer, if it is not old.
  std::optional<testing::NodeStatus> status(std::size_t node) const;

 private:
  struct Seen {
    std::optional<testing::NodeStatus> status;
    Moment at{};
  };

  void run(std::size_t node);
  void take(std::size_t node, std::optional<testing::NodeStatus> status);
  void compare_states(std::size_t node, const testing::NodeStatus& status);
  void compare_leaders(std::size_t node, const testing::NodeStatus& status);

  const testing::Endpoints nodes_;
  Timeline& timeline_;
  mutable std::mutex mutex_;
  std::vector<Seen> seen_;
  std::map<std::string, std::pair<std::string, std::size_t>> digests_;  // by revision; told by whom
  std::map<std::uint64_t, std::size_t> leaders_;                        // by term
  std::atomic<bool> stopping_{false};
  std::vector<std::thread> threads_;
};

}  // namespace confman::chaos
