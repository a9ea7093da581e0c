#include "bench/peers/restart.hpp"

#include <algorithm>
#include <fstream>
#include <poll.h>
#include <unistd.h>

#include "bench/load/clock.hpp"
#include "bench/load/interrupt.hpp"
#include "bench/peers/cluster.hpp"
#include "bench/peers/confman_product.hpp"

namespace confman::bench {
namespace {

constexpr std::int64_t kServesWithin = 300 * kNanosPerSecond;
constexpr useconds_t kAskEveryUs = 2'000;
constexpr int kAnswersWithinMs = 1000;
constexpr std::size_t kLogTail = 1000;

class OneAnswer final : public CompletionSink {
 public:
  void completed(ClientId, Outcome outcome) override { outcome_ = outcome; }
  std::optional<Outcome> outcome_;
};

// Through a connection of its own.
bool reads(const Endpoint& node) {
  auto connection = open_connection(TargetKind::kConfman, node, 0);
  if (!connection) return false;
  OneAnswer answer;
  (*connection)->submit(0, {.operation = Operation::kLinearizableRead});
  while (!answer.outcome_) {
    const auto progress = (*connection)->flush();
    if (progress == Connection::Progress::kLost || interrupted()) return false;
    const bool blocked = progress == Connection::Progress::kBlocked;
    pollfd poll{(*connection)->fd(), static_cast<short>(blocked ? POLLIN | POLLOUT : POLLIN), 0};
    if (::poll(&poll, 1, kAnswersWithinMs) <= 0) return false;
    if ((poll.revents & ~POLLOUT) != 0 &&
        (*connection)->receive(answer) == Connection::Progress::kLost && !answer.outcome_) {
      return false;
    }
  }
  return *answer.outcome_ == Outcome::kOk;
}

}  // namespace

std::expected<LoneNode, std::string> LoneNode::in(const std::filesystem::path& folder) {
  const auto ports = free_ports(2);
  if (ports.size() != 2) return std::unexpected("there are no free ports");
  return LoneNode({.name = "node1",
                   .client = {"127.0.0.1", ports[0]},
                   .peer = {"127.0.0.1", ports[1]},
                   .folder = folder});
}

std::expected<double, std::string> LoneNode::start(const std::string& program) {
  const ConfmanProduct product(program);
  const bool is_new = !std::filesystem::exists(member_.folder / "data");
  const auto command = product.command({member_}, 0);
  if (!command) return std::unexpected(command.error());
  const std::int64_t began = monotonic_ns();
  auto process = ChildProcess::start(*command, (member_.folder / "log").string());
  if (!process) return std::unexpected(process.error());
  process_ = std::move(*process);
  while (monotonic_ns() - began < kServesWithin && !interrupted()) {
    const bool ready = is_new ? product.prepare(member_.client) &&
                                    write_once(TargetKind::kConfman, member_.client, kAnswersWithinMs)
                              : reads(member_.client);
    if (ready) {
      return static_cast<double>(monotonic_ns() - began) / static_cast<double>(kNanosPerMilli);
    }
    if (!process_->running()) {
      return std::unexpected("the node ended by itself; its log:\n" + log_tail());
    }
    ::usleep(kAskEveryUs);
  }
  return std::unexpected(interrupted() ? "interrupted"
                                       : "the node doesn't serve; its log:\n" + log_tail());
}

void LoneNode::kill() {
  if (process_) process_->kill();
}

Target LoneNode::target() const {
  return {.kind = TargetKind::kConfman, .endpoints = {member_.client}};
}

double LoneNode::cpu_ms() const {
  return process_ ? process_->usage().cpu_us / 1000 : 0;
}

std::string LoneNode::log_tail() const {
  std::ifstream file(member_.folder / "log", std::ios::binary);
  const std::string whole((std::istreambuf_iterator<char>(file)), {});
  return whole.substr(whole.size() - std::min(whole.size(), kLogTail));
}

}  // namespace confman::bench
