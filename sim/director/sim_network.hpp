#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sim/director/stage.hpp"
#include "sim/seed/prng.hpp"

namespace confman::sim {

// Which directed paths are cut: bit t of row f for messages from node f to node t.
using PathSet = std::array<std::uint8_t, kMaxSimNodes>;
inline PathSet from_to(unsigned from, unsigned to) {
  PathSet paths{};
  for (std::size_t i = 0; i < paths.size(); ++i) {
    if ((from >> i & 1) != 0) paths[i] = static_cast<std::uint8_t>(to & ~(1U << i));
  }
  return paths;
}

// Decides the fate of messages: how long each takes, whether it is lost or comes twice.
class SimNetwork {
 public:
  SimNetwork(Stage& stage, std::uint64_t seed) : stage_(stage), prng_(seed, "network") {}

  // Schedules the deliveries of a message; returns how many there will be.
  std::uint32_t sent(const Outputs::Sent& message);
  // A delivery is due. False: not now, and the message was either kept for later or is to be
  // discarded (`discard`).
  enum class Fate : std::uint8_t { Deliver, Later, Discard };
  Fate due(const Due& delivery, int from);

  // Cuts add up; each is undone by its number.
  std::uint64_t cut(const PathSet& paths);
  void mend(std::uint64_t number);
  // Messages on this path wait from now on, and come when the path is released.
  void hold(int from, int to) { kept_[static_cast<std::size_t>(from)] |= bit(to); }
  void release(int from, int to);
  void release_last_first(int from, int to);
  // Writes that are forwarded to that node come twice, the second time so much later at most.
  void set_echo(int to, std::int64_t within) { echo_[static_cast<std::size_t>(to)] = within; }
  // Messages to that node take so much longer.
  void set_lag(int to, std::int64_t lag) { lag_[static_cast<std::size_t>(to)] = lag; }
  bool is_cut(int from, int to) const { return (cut_[from] >> to & 1) != 0; }
  // Messages wait while the receiver is paused.
  void resumed(int node);

 private:
  struct Cut {
    std::uint64_t number{};
    PathSet paths{};
  };
  struct Held {
    Due delivery;
    int from{};
  };

  static std::uint8_t bit(int node) { return static_cast<std::uint8_t>(1U << node); }
  bool is_kept(int from, int to) const {
    return (kept_[static_cast<std::size_t>(from)] & bit(to)) != 0;
  }
  SimTime arrival(int from, int to);
  void recompute();
  void release_mended();

  Stage& stage_;
  Prng prng_;
  PathSet cut_{};
  PathSet kept_{};
  std::array<std::int64_t, kMaxSimNodes> echo_{};
  std::vector<Cut> cuts_;
  std::uint64_t next_cut_ = 1;
  std::vector<Held> held_;                              // by cut paths
  std::array<std::vector<Due>, kMaxSimNodes> waiting_;  // for a paused receiver
  std::array<std::array<SimTime, kMaxSimNodes>, kMaxSimNodes> last_arrival_{};
  std::array<SimTime, kMaxSimNodes> lag_{};
};

}  // namespace confman::sim
