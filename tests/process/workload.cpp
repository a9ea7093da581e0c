#include "tests/process/workload.hpp"

#include <gtest/gtest.h>
#include <random>

#include "tests/process/client.hpp"
#include "tests/process/cluster.hpp"

namespace confman::testing {
namespace {

using namespace std::chrono_literals;
using Kind = sim::Precondition::Kind;

constexpr auto kNamespaceTimeout = 10s;
constexpr auto kPollInterval = 5ms;

// One operation in a hundred of what the name says.
enum Share : unsigned { Put = 22, Swap = 42, Create = 48, Erase = 56, Stale = 66, Mine = 80 };

}  // namespace

Workload::Workload(const Cluster& cluster, Recorder& recorder, std::size_t clients,
                   std::vector<std::string> keys)
    : cluster_(cluster), recorder_(recorder), keys_(std::move(keys)) {
  for (std::size_t i = 0; i < clients; ++i) threads_.emplace_back([this, i] { run(i); });
}

Workload::~Workload() {
  stopping_.store(true);
  for (std::thread& thread : threads_) thread.join();
}

void Workload::run(std::size_t number) {
  Client client(cluster_, recorder_, number + 1);
  std::minstd_rand random(static_cast<unsigned>(number) + 1);
  const auto below = [&random](std::size_t bound) { return random() / 7 % bound; };
  while (!stopping_) {
    const std::size_t node = below(kNodes);
    const std::string& key = keys_[below(keys_.size())];
    const auto retry = below(2) == 0 ? Client::Retry::Never : Client::Retry::UntilKnown;
    const std::size_t what = below(100);
    if (what < Share::Put) {
      client.put(node, key, {}, retry);
    } else if (what < Share::Swap) {
      // Compare and set, on what was just read; sometimes somebody else is faster.
      const auto found = client.read(node, key, sim::Consistency::Linearizable);
      if (found.outcome == sim::Outcome::Done && found.version != 0) {
        client.put(below(kNodes), key, {Kind::IfVersion, found.version}, retry);
      }
    } else if (what < Share::Create) {
      client.put(node, key, {Kind::IfAbsent, 0}, retry);
    } else if (what < Share::Erase) {
      client.erase(node, key, {below(2) == 0 ? Kind::None : Kind::IfExists, 0}, retry);
    } else if (what < Share::Stale) {
      client.read(node, key, sim::Consistency::Stale);
    } else if (what < Share::Mine) {
      client.read(node, key, sim::Consistency::ReadYourWrites);
    } else {
      client.read(node, key, sim::Consistency::Linearizable);
    }
  }
}

void Workload::await_writes(std::uint64_t more, std::chrono::seconds deadline) {
  const std::uint64_t goal = recorder_.acknowledged() + more;
  const auto end = std::chrono::steady_clock::now() + deadline;
  while (recorder_.acknowledged() < goal) {
    if (std::chrono::steady_clock::now() > end) {
      FAIL() << "only " << recorder_.acknowledged() + more - goal << " of " << more
             << " writes were acknowledged within " << deadline.count() << " s";
    }
    std::this_thread::sleep_for(kPollInterval);
  }
}

std::vector<std::string> make_keys(const std::string& space, std::size_t count) {
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < count; ++i) keys.push_back("/" + space + "/k" + std::to_string(i));
  return keys;
}

sim::Revision create_namespace(const Cluster& cluster, const std::string& space) {
  const auto answer =
      ask(cluster.port(0), {.method = "PUT", .target = "/api/v1/namespaces/" + space, .body = "{}"},
          kNamespaceTimeout);
  if (!answer || answer->status != 201) {
    ADD_FAILURE() << "the namespace couldn't be made: " << (answer ? answer->body : "no answer");
    return {};
  }
  return *domain::parse_revision(answer->header("x-confman-version"));
}

}  // namespace confman::testing
