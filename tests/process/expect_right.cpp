#include "tests/process/expect_right.hpp"

#include <algorithm>
#include <gtest/gtest.h>

#include "tests/process/cluster.hpp"
#include "tests/support/client.hpp"
#include "tests/support/judge.hpp"
#include "tests/support/replicas.hpp"

namespace confman::testing {
namespace {

using namespace std::chrono_literals;

constexpr auto kSameDeadline = 20s;
constexpr std::size_t kMaxShown = 20;  // violations; the file has all

}  // namespace

sim::Revision create_namespace(const Cluster& cluster, const std::string& space) {
  const auto made = create_namespace(Address(cluster.port(0)), space);
  if (!made) ADD_FAILURE() << made.error();
  return made.value_or(sim::Revision{});
}

void expect_writes(const Workload& workload, std::uint64_t more, std::chrono::seconds deadline) {
  if (!workload.await_writes(more, deadline)) {
    FAIL() << "not even " << more << " writes were acknowledged within " << deadline.count()
           << " s";
  }
}

void expect_right(Cluster& cluster, const Recorder& recorder, const std::vector<std::string>& keys,
                  const std::vector<sim::WatchRecord>& watches) {
  const auto replicas = compare_replicas(cluster.endpoints(), keys, kSameDeadline);
  const sim::History history{recorder.operations(), replicas.history};
  auto violations = judge(history, watches);
  violations.insert(violations.begin(), replicas.violations.begin(), replicas.violations.end());
  for (const std::string& surprise : recorder.surprises()) ADD_FAILURE() << surprise;
  for (std::size_t i = 0; i < std::min(violations.size(), kMaxShown); ++i) {
    ADD_FAILURE() << violations[i].property << ": " << violations[i].sentence;
  }
  if (::testing::Test::HasFailure()) {
    const auto file = cluster.folder() / "history.txt";
    write_history(file, history, watches, violations);
    ADD_FAILURE() << violations.size() << " violations; the recorded history is in "
                  << file.string();
  }
}

}  // namespace confman::testing
