#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <queue>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "sim/seed/prng.hpp"
#include "tests/chaos/net/namespaces.hpp"
#include "tests/chaos/net/packet.hpp"

namespace confman::chaos {

// What happens to packets on the way from one host to another.
struct Quality {
  bool cut = false;
  // Only the connections that the sender opened to the receiver's peer port are cut, both
  // directions of them: as a firewall's rule does. The receiver's own connections go on.
  bool cut_dialled = false;
  std::int64_t delay_us = 0;
  std::int64_t jitter_us = 0;  // on top, drawn for each packet
  bool keeps_order = true;     // in spite of the jitter
  std::int64_t loss_per_million = 0;
  std::int64_t duplicates_per_million = 0;
  std::int64_t bytes_per_second = 0;  // 0: any number. Of what piles up, a second's worth is kept
};

// From, to; hosts are numbered from 0.
using Path = std::pair<std::size_t, std::size_t>;
using Paths = std::vector<Path>;

// The network of a run: the other end of each host's wire, and a thread that carries packets from
// one to the other. It works on whole IP packets, so that the kernels' TCP at both ends finds
// itself on a real bad network: retransmission, half-open connections, connects that hang. All
// methods are thread-safe.
class PacketSwitch {
 public:
  struct Host {
    Descriptor packets;       // of its wire
    std::uint32_t address{};  // IPv4, host byte order
  };
  PacketSwitch(std::vector<Host> hosts, std::uint16_t peer_port, std::uint64_t seed);
  ~PacketSwitch();

  // Several at a time add up: cut if one of them cuts, the longest delay, the worst loss.
  std::uint64_t impose(const Paths& paths, const Quality& quality);
  void lift(std::uint64_t number);
  // The peer connections on this path are reset at both ends, each in the middle of what it sends
  // next.
  void reset(const Paths& paths);

  struct Counts {
    std::uint64_t carried{};
    std::uint64_t dropped{};
    std::uint64_t resets{};
  };
  Counts counts() const;

 private:
  using Moment = std::int64_t;  // microseconds
  struct Late {
    Moment due{};
    std::uint64_t number{};
    std::size_t to{};
    Packet packet;
    bool operator>(const Late& other) const {
      return std::pair(due, number) > std::pair(other.due, other.number);
    }
  };
  struct Imposed {
    Paths paths;
    Quality quality;
  };
  struct PathState {
    Quality quality;
    Moment free_at = 0;  // when the bandwidth is free again
    Moment last_due = 0;
    bool resetting = false;
  };

  static Moment now();
  void run();
  void take_packets(std::size_t from);
  void carry(std::size_t from, Packet packet);
  bool is_cut(std::size_t from, std::size_t to, const TcpHeader& header) const;
  void pass_on(PathState& path, std::size_t to, const Packet& packet);
  void deliver_due();
  void write(std::size_t to, const Packet& packet);
  void work_out();
  PathState& path(std::size_t from, std::size_t to) { return paths_[from * hosts_.size() + to]; }
  const PathState& path(std::size_t from, std::size_t to) const {
    return paths_[from * hosts_.size() + to];
  }

  const std::vector<Host> hosts_;
  const std::uint16_t peer_port_;
  Descriptor stop_;

  mutable std::mutex mutex_;
  sim::Prng prng_;
  std::vector<PathState> paths_;
  std::map<std::uint64_t, Imposed> imposed_;
  std::uint64_t last_number_ = 0;
  std::priority_queue<Late, std::vector<Late>, std::greater<>> late_;
  Counts counts_;

  std::thread thread_;
};

}  // namespace confman::chaos
