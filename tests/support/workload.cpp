#include "tests/support/workload.hpp"

#include <algorithm>
#include <optional>
#include <random>

namespace confman::testing {
namespace {

using namespace std::chrono_literals;
using Kind = sim::Precondition::Kind;

constexpr auto kNamespaceTimeout = 10s;
constexpr auto kPollInterval = 5ms;

// One operation in a hundred of what the name says.
enum Share : unsigned { Put = 22, Swap = 42, Create = 48, Erase = 56, Stale = 66, Mine = 80 };

std::string key_of_generation(const std::string& key, std::uint64_t generation) {
  return generation == 0 ? key : key + "." + std::to_string(generation);
}

}  // namespace

Workload::Workload(Endpoints cluster, Recorder& recorder, Options options)
    : cluster_(std::move(cluster)),
      recorder_(recorder),
      options_(std::move(options)),
      operations_(options_.keys.size()) {
  for (std::size_t i = 0; i < options_.clients; ++i) threads_.emplace_back([this, i] { run(i); });
}

Workload::~Workload() {
  stopping_.store(true);
  for (std::thread& thread : threads_) thread.join();
}

std::string Workload::take_key(std::size_t slot) {
  const std::uint64_t generation = operations_[slot].fetch_add(1) / options_.operations_per_key;
  return key_of_generation(options_.keys[slot], generation);
}

std::vector<std::string> Workload::keys() const {
  std::vector<std::string> result;
  for (std::size_t slot = 0; slot < options_.keys.size(); ++slot) {
    const std::uint64_t newest = operations_[slot].load() / options_.operations_per_key;
    for (std::uint64_t generation = 0; generation <= newest; ++generation) {
      result.push_back(key_of_generation(options_.keys[slot], generation));
    }
  }
  return result;
}

void Workload::run(std::size_t number) {
  std::optional<Client> client;
  std::minstd_rand random(static_cast<unsigned>(options_.seed * 1000 + number + 1));
  const auto below = [&random](std::size_t bound) { return random() / 7 % bound; };
  for (std::uint64_t count = 0; !stopping_; ++count) {
    if (count % options_.operations_per_session == 0) {
      client.emplace(cluster_, recorder_, number + 1, options_.patience);
    }
    const bool stays = options_.at_home && below(4) != 0;
    const std::size_t node = stays ? number % cluster_.size() : below(cluster_.size());
    const std::string key = take_key(below(options_.keys.size()));
    const auto retry = below(2) == 0 ? Client::Retry::Never : Client::Retry::UntilKnown;
    const std::size_t what = below(100);
    if (what < Share::Put) {
      client->put(node, key, {}, retry);
    } else if (what < Share::Swap) {
      // Compare and set, on what was just read; sometimes somebody else is faster.
      const auto found = client->read(node, key, sim::Consistency::Linearizable);
      if (found.outcome == sim::Outcome::Done && found.version != 0) {
        client->put(stays ? node : below(cluster_.size()), key, {Kind::IfVersion, found.version},
                    retry);
      }
    } else if (what < Share::Create) {
      client->put(node, key, {Kind::IfAbsent, 0}, retry);
    } else if (what < Share::Erase) {
      client->erase(node, key, {below(2) == 0 ? Kind::None : Kind::IfExists, 0}, retry);
    } else if (what < Share::Stale) {
      client->read(node, key, sim::Consistency::Stale);
    } else if (what < Share::Mine) {
      client->read(node, key, sim::Consistency::ReadYourWrites);
    } else {
      client->read(node, key, sim::Consistency::Linearizable);
    }
    if (options_.pause > 0ms) std::this_thread::sleep_for(options_.pause);  // paces the load
  }
}

bool Workload::await_writes(std::uint64_t more, std::chrono::seconds deadline) const {
  const std::uint64_t goal = recorder_.acknowledged() + more;
  const auto end = std::chrono::steady_clock::now() + deadline;
  while (recorder_.acknowledged() < goal) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(kPollInterval);
  }
  return true;
}

std::vector<std::string> make_keys(const std::string& space, std::size_t count) {
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < count; ++i) keys.push_back("/" + space + "/k" + std::to_string(i));
  return keys;
}

std::expected<sim::Revision, std::string> create_namespace(const Address& node,
                                                           const std::string& space) {
  const auto answer =
      ask(node, {.method = "PUT", .target = "/api/v1/namespaces/" + space, .body = "{}"},
          kNamespaceTimeout);
  if (!answer || answer->status != 201) {
    return std::unexpected("namespace " + space + " couldn't be made: " +
                           (answer ? answer->body : std::string("no answer")));
  }
  return *domain::parse_revision(answer->header("x-confman-version"));
}

}  // namespace confman::testing
