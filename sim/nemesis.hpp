#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/prng.hpp"
#include "sim/sim_disk.hpp"
#include "sim/sim_network.hpp"
#include "sim/stage.hpp"

namespace confman::sim {

// Draws faults, and ends them. Disks only ever lose what was not synced, so however many nodes are
// down at a time, a majority can be had again: that is the fault budget.
class Nemesis {
 public:
  Nemesis(Stage& stage, SimNetwork& network, SimDisk& disk, std::uint64_t seed)
      : stage_(stage), network_(network), disk_(disk), prng_(seed, "nemesis") {}

  // Wrong clocks from the start, and the first fault.
  void begin();
  void strike();
  void end_fault(std::uint64_t number);
  // Looks for the moment to strike, after every event.
  void after(int node);
  // Ends all faults: everybody is up, connected and on time, but for those that aren't to serve.
  void heal(std::uint64_t serving);
  // Whoever was asked to stop does, though nobody remembers having asked.
  void finish_shutdowns();
  // After a majority was healed and has a leader: some of the others, who hear everybody else, no
  // longer hear that leader. They must not get it deposed.
  void deafen_to(int leader);

 private:
  enum class Fault : std::uint8_t {
    Crash,
    CrashAll,
    CrashLeader,
    Figure8,
    Pause,
    PauseLeader,
    Isolate,
    IsolateLeader,
    Split,
    OneWay,
    Bridge,
    SlowDisk,
    Drift,
    WallJump,
    Shutdown,
  };
  // A fault that will end by itself.
  struct Lasting {
    std::uint64_t number{};
    Fault kind{};
    int node{};
    std::uint64_t cut{};
  };
  // Figure 8 of the Raft paper, first act: the leader reaches one follower only, and dies as soon
  // as that one holds an entry of the leader's term that nobody else has.
  struct Figure8Act {
    int leader{};
    int follower{};
    std::uint64_t term{};
    std::uint64_t cut{};
  };

  void cause(Fault fault);
  void last(Fault kind, int node, std::uint64_t cut = 0);
  void crash(int node);
  void pause(int node);
  void isolate(int node);
  void split();
  void one_way();
  void bridge();
  void slow_disk();
  void drift(int node);
  void wall_jump(int node);
  void shut_down(int node);
  void stop(int node);
  void handicap(int node);
  void begin_figure8();
  void watch_figure8();
  void finish_figure8(bool kill);
  void strike_new_leader(int node);
  std::uint64_t cut(const PathSet& paths);
  void mend(std::uint64_t number);
  int any_node() { return static_cast<int>(prng_.below(static_cast<std::uint64_t>(size()))); }
  int size() const { return stage_.world.size(); }

  Stage& stage_;
  SimNetwork& network_;
  SimDisk& disk_;
  Prng prng_;
  std::vector<Lasting> lasting_;
  std::uint64_t next_number_ = 1;
  std::optional<Figure8Act> figure8_;
  std::vector<int> to_deafen_;
  std::uint64_t struck_term_ = 0;  // the last new leader that was considered
};

}  // namespace confman::sim
