#pragma once

#include <array>
#include <cstdint>

#include "sim/director/past.hpp"
#include "sim/director/recovery.hpp"
#include "sim/director/sim_disk.hpp"
#include "sim/director/sim_network.hpp"
#include "sim/director/stage.hpp"
#include "sim/nemesis/nemesis.hpp"
#include "sim/run/recording.hpp"
#include "sim/workload/clients.hpp"
#include "sim/workload/operator.hpp"
#include "sim/workload/watchers.hpp"
#include "sim/world/world.hpp"

namespace confman::sim {

// Makes a run up from a seed: takes what is due next, has its parts decide, and tells the world.
// All chance of a run is here; each part draws from a stream of its own.
class Director final : Stage {
 public:
  // `recorded`, if not null, gets every event.
  Director(World& world, const DerivedConfig& config, std::uint64_t seed,
           std::vector<RecordedEvent>* recorded);

  // Runs until the end; throws its RunFailure.
  void run();
  // The second half of a run only, for a world that has a past in which these numbers were used:
  // from `at` on all is healed. What was under way between nodes is lost. Without load there are no
  // clients but the probes.
  void recover(SimTime at, const Serial& used, bool under_load);
  // Goes on in a world that has this past, with other chance: clients finish what they are at and
  // know what they knew, what was under way arrives, and nodes that are down come back.
  void go_on_from(const Past& past);

 private:
  void emit(EventKind kind, int node, std::uint64_t a, std::uint64_t b,
            const ClientOp* op) override;
  void arrive(const std::vector<Outputs::Sent>& under_way);
  void go_on();
  void handle(const Due& due);
  void handle_world_event(const Due& due);
  void look_at_outputs(int node);
  void look_around(int node);
  void arm_timer(int node);
  void timer_due(const Due& due);

  static constexpr SimTime kNotArmed = INT64_MAX;

  World& acting_world_;
  std::vector<RecordedEvent>* recorded_;
  Prng timers_;
  Serial serial_;
  SimNetwork network_;
  SimDisk disk_;
  Nemesis nemesis_;
  Operator operator_;
  Clients clients_;
  Watchers watchers_;
  Recovery recovery_;

  struct Timer {
    SimTime armed_for = kNotArmed;
    std::uint64_t generation = 0;
    bool turn_scheduled = false;
  };
  std::array<Timer, kMaxSimNodes> timer_{};
};

}  // namespace confman::sim
