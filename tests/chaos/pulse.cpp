#include "tests/chaos/pulse.hpp"

#include <chrono>

#include "tests/chaos/stage.hpp"
#include "tests/support/client.hpp"
#include "tests/support/http_connection.hpp"

namespace confman::chaos {
namespace {

using namespace std::chrono_literals;
using testing::Recorder;

constexpr auto kInterval = 25ms;
constexpr const char* kServerTimeout = "timeout=250ms";
constexpr auto kTimeout = 400ms;

}  // namespace

Pulse::Pulse(const testing::Endpoints& nodes, const std::string& space)
    : nodes_(nodes), space_(space), beats_(nodes.size()), newest_(nodes.size(), 0) {
  for (std::size_t i = 0; i < nodes_.size(); ++i) threads_.emplace_back([this, i] { run(i); });
}

Pulse::~Pulse() {
  stopping_.store(true);
  for (std::thread& thread : threads_) thread.join();
}

void Pulse::run(std::size_t node) {
  testing::HttpConnection connection(nodes_[node]);
  const testing::HttpRequest request{.method = "PUT",
                                     .target = "/api/v1/config/" + space_ + "/pulse-" +
                                               Stage::name_of(node) + "?" + kServerTimeout,
                                     .body = "1"};
  while (!stopping_) {
    const Moment called = Recorder::now();
    const auto answer = connection.send(request, kTimeout);
    if (answer && answer->status < 300) {
      const std::lock_guard lock(mutex_);
      beats_[node].push_back(Recorder::now());
      newest_[node] = called;
    }
    std::this_thread::sleep_for(kInterval);  // between two beats
  }
}

bool Pulse::served_since(std::size_t node, Moment moment) const {
  const std::lock_guard lock(mutex_);
  return newest_[node] >= moment;
}

std::vector<std::vector<Moment>> Pulse::beats() const {
  const std::lock_guard lock(mutex_);
  return beats_;
}

}  // namespace confman::chaos
