#include "bench/peers/restart.hpp"

#include <unistd.h>

#include "bench/load/clock.hpp"
#include "bench/load/interrupt.hpp"
#include "bench/peers/cluster.hpp"
#include "bench/peers/confman_product.hpp"
#include "bench/peers/single_request.hpp"

namespace confman::bench {
namespace {

constexpr std::int64_t kServesWithin = 300 * kNanosPerSecond;
constexpr useconds_t kAskEveryUs = 2'000;
constexpr int kAnswersWithinMs = 1000;

}  // namespace

std::expected<LoneNode, std::string> LoneNode::in(const std::filesystem::path& folder,
                                                  std::size_t value_size) {
  const auto ports = free_ports(2);
  if (ports.size() != 2) return std::unexpected("there are no free ports");
  return LoneNode({.name = "node1",
                   .client = {"127.0.0.1", ports[0]},
                   .peer = {"127.0.0.1", ports[1]},
                   .folder = folder},
                  value_size);
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
    const auto done = [&](Operation operation) {
      return done_once(TargetKind::kConfman, member_.client, operation, value_size_,
                       kAnswersWithinMs);
    };
    const bool ready = is_new ? product.prepare(member_.client) && done(Operation::kWrite)
                              : done(Operation::kLinearizableRead);
    if (ready) {
      return static_cast<double>(monotonic_ns() - began) / static_cast<double>(kNanosPerMilli);
    }
    if (!process_->running()) {
      return std::unexpected("the node ended by itself; its log:\n" +
                             last_output((member_.folder / "log").string()));
    }
    ::usleep(kAskEveryUs);
  }
  return std::unexpected(interrupted() ? "interrupted"
                                       : "the node doesn't serve; its log:\n" +
                                             last_output((member_.folder / "log").string()));
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

}  // namespace confman::bench
