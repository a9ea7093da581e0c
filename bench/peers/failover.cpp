#include "bench/peers/failover.hpp"

#include <poll.h>
#include <unistd.h>

#include "bench/load/clock.hpp"
#include "bench/load/interrupt.hpp"

namespace confman::bench {
namespace {

constexpr std::int64_t kProbeEvery = 5 * kNanosPerMilli;
constexpr std::int64_t kGiveUpAfter = 30 * kNanosPerSecond;
// Connections to one node for a protocol that carries one request at a time. A probe is given up
// when its turn comes again, after 640 ms.
constexpr std::size_t kLanesPerNode = 128;
constexpr std::size_t kValueSize = 16;
// The kill comes at a random moment after the cluster was ready, in no step with its heartbeats.
constexpr std::uint32_t kQuietMaxMs = 500;
constexpr std::uint32_t kQuietMinMs = 500;

struct Lane {
  Endpoint node;
  std::unique_ptr<Connection> connection;
};

// Sends probes until one is acknowledged.
class Prober final : public CompletionSink {
 public:
  Prober(TargetKind kind, const std::vector<Endpoint>& nodes) : kind_(kind) {
    lanes_per_node_ = kind == TargetKind::kEtcd ? 1 : kLanesPerNode;
    for (std::size_t i = 0; i < lanes_per_node_; ++i) {
      for (const Endpoint& node : nodes) {
        lanes_.push_back({node, nullptr});
        reopen(lanes_.back());
      }
    }
    nodes_ = nodes.size();
  }

  void completed(ClientId, Outcome outcome) override {
    if (outcome == Outcome::kOk && acknowledged_at_ == 0) {
      acknowledged_at_ = monotonic_ns();
    }
  }

  // When the first acknowledgement came; 0 when none came until `deadline`.
  std::int64_t run(std::int64_t deadline) {
    std::int64_t next = monotonic_ns();
    while (acknowledged_at_ == 0 && next < deadline && !interrupted()) {
      send_round();
      next += kProbeEvery;
      for (std::int64_t left = next - monotonic_ns(); left > 0 && acknowledged_at_ == 0;
           left = next - monotonic_ns()) {
        receive(left);
      }
    }
    return acknowledged_at_;
  }

 private:
  void reopen(Lane& lane) {
    auto opened = open_connection(kind_, lane.node, kValueSize);
    lane.connection = opened ? std::move(*opened) : nullptr;
  }

  void send_round() {
    const std::size_t first = round_++ % lanes_per_node_ * nodes_;
    for (std::size_t i = first; i < first + nodes_; ++i) {
      Lane& lane = lanes_[i];
      if (!lane.connection || !lane.connection->can_submit()) {
        reopen(lane);
      }
      if (lane.connection) {
        const auto probe = static_cast<ClientId>(round_);
        lane.connection->submit(probe, {.nonce = round_});
        settle(lane, lane.connection->flush());
      }
    }
  }

  void settle(Lane& lane, Connection::Progress progress) {
    if (progress == Connection::Progress::kLost) {
      lane.connection.reset();
    }
  }

  void receive(std::int64_t at_most_ns) {
    std::vector<pollfd> polls;
    std::vector<Lane*> polled;
    for (Lane& lane : lanes_) {
      if (lane.connection) {
        polls.push_back({lane.connection->fd(), POLLIN, 0});
        polled.push_back(&lane);
      }
    }
    const timespec timeout{.tv_sec = 0, .tv_nsec = at_most_ns};
    if (::ppoll(polls.data(), polls.size(), &timeout, nullptr) <= 0) {
      return;
    }
    for (std::size_t i = 0; i < polls.size(); ++i) {
      if (polls[i].revents != 0) {
        settle(*polled[i], polled[i]->connection->receive(*this));
      }
    }
    // gRPC: what was received may have to be answered (pings, windows).
    for (Lane* lane : polled) {
      if (lane->connection) {
        settle(*lane, lane->connection->flush());
      }
    }
  }

  TargetKind kind_;
  std::size_t lanes_per_node_ = 1;
  std::size_t nodes_ = 0;
  std::vector<Lane> lanes_;  // round by round: one to each node
  std::uint64_t round_ = 0;
  std::int64_t acknowledged_at_ = 0;
};

}  // namespace

std::expected<std::optional<double>, std::string> measure_failover(Cluster& cluster,
                                                                   TargetKind kind, Prng& random) {
  ::usleep((kQuietMinMs + random.below(kQuietMaxMs)) * 1000);
  const auto leading = cluster.leader();
  if (!leading) {
    return std::unexpected("the cluster has no leader to kill");
  }
  std::vector<Endpoint> others = cluster.endpoints();
  others.erase(others.begin() + static_cast<std::ptrdiff_t>(*leading));
  std::optional<double> millis;
  {
    Prober prober(kind, others);
    const std::int64_t killed_at = monotonic_ns();
    cluster.kill(*leading);
    const std::int64_t acknowledged_at = prober.run(killed_at + kGiveUpAfter);
    if (acknowledged_at != 0) {
      millis = static_cast<double>(acknowledged_at - killed_at) / 1e6;
    }
  }
  if (auto restarted = cluster.restart(*leading); !restarted) {
    return std::unexpected(restarted.error());
  }
  if (auto ready = cluster.wait_ready(); !ready) {
    return std::unexpected(ready.error());
  }
  return millis;
}

}  // namespace confman::bench
