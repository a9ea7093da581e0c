#include "tests/chaos/observer.hpp"

#include <algorithm>
#include <chrono>

#include "tests/chaos/stage.hpp"
#include "tests/support/client.hpp"

namespace confman::chaos {
namespace {

using namespace std::chrono_literals;
using testing::NodeStatus;
using testing::Recorder;

constexpr auto kInterval = 100ms;
constexpr auto kTimeout = 500ms;
constexpr std::size_t kMaxDigests = 10'000;

}  // namespace

Observer::Observer(const testing::Endpoints& nodes, Timeline& timeline)
    : nodes_(nodes), timeline_(timeline), seen_(nodes.size()) {
  for (std::size_t i = 0; i < nodes_.size(); ++i) threads_.emplace_back([this, i] { run(i); });
}

Observer::~Observer() {
  stopping_.store(true);
  for (std::thread& thread : threads_) thread.join();
}

void Observer::run(std::size_t node) {
  testing::HttpConnection connection(nodes_[node]);
  while (!stopping_) {
    take(node, testing::ask_status(connection, kTimeout));
    std::this_thread::sleep_for(kInterval);  // between two looks
  }
}

void Observer::take(std::size_t node, std::optional<NodeStatus> status) {
  const std::lock_guard lock(mutex_);
  Seen& seen = seen_[node];
  const std::string before = seen.status ? seen.status->role : "";
  const std::uint64_t term_before = seen.status ? seen.status->term : 0;
  seen = {std::move(status), Recorder::now()};
  const std::string role = seen.status ? seen.status->role : "";
  const std::uint64_t term = seen.status ? seen.status->term : term_before;
  if (role != before || term != term_before) {
    timeline_.add(&Timeline::Data::roles, RoleChange{seen.at, node, role, term});
  }
  if (!seen.status) return;
  compare_leaders(node, *seen.status);
  compare_states(node, *seen.status);
}

void Observer::compare_leaders(std::size_t node, const NodeStatus& status) {
  if (status.role != "leader") return;
  const auto [known, is_new] = leaders_.try_emplace(status.term, node);
  if (known->second == node) return;
  timeline_.add_violation("two_leaders", Stage::name_of(node) + " and " +
                                             Stage::name_of(known->second) + " both lead in term " +
                                             std::to_string(status.term) + ".");
}

void Observer::compare_states(std::size_t node, const NodeStatus& status) {
  if (digests_.size() > kMaxDigests) digests_.clear();
  const auto [known, is_new] = digests_.try_emplace(status.applied, status.digest, node);
  if (known->second.first == status.digest) return;
  timeline_.add_violation("different_states",
                          Stage::name_of(node) + " and " + Stage::name_of(known->second.second) +
                              " hold different states at " + status.applied + ".");
}

std::optional<std::size_t> Observer::leader() const {
  const std::lock_guard lock(mutex_);
  std::optional<std::size_t> leader;
  std::uint64_t term = 0;
  for (std::size_t i = 0; i < seen_.size(); ++i) {
    const Seen& seen = seen_[i];
    const bool old = seen.at + kOld < Recorder::now();
    if (old || !seen.status || seen.status->role != "leader" || seen.status->term <= term) continue;
    leader = i;
    term = seen.status->term;
  }
  return leader;
}

std::optional<NodeStatus> Observer::status(std::size_t node) const {
  const std::lock_guard lock(mutex_);
  const bool old = seen_[node].at + kOld < Recorder::now();
  return old ? std::nullopt : seen_[node].status;
}

}  // namespace confman::chaos
