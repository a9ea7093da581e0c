#pragma once

#include <cstdint>
#include <vector>

#include "sim/clients.hpp"
#include "sim/nemesis.hpp"
#include "sim/watchers.hpp"

namespace confman::sim {

// The second half of a run: everything is healed, and within bounds of simulated time the cluster
// must serve a write and a linearizable read at every node, come to one state everywhere, and keep
// its leader. What a bound was missed by is told by the world at the Deadline event.
class Recovery {
 public:
  Recovery(Stage& stage, Serial& serial, Nemesis& nemesis, Clients& clients, Watchers& watchers)
      : stage_(stage), serial_(serial), nemesis_(nemesis), clients_(clients), watchers_(watchers) {}

  void begin();
  void check();
  void answered(const Outputs::Answered& answer);
  static bool owns(const ClientOp& op) { return op.client >= kFirstProbe; }
  bool over() const { return phase_ == Phase::Over; }

 private:
  enum class Phase : std::uint8_t { Chaos, Serve, Converge, Steady, Over };
  // One for each node: writes through it, then reads through it.
  struct Probe {
    std::uint64_t waits_for = 0;  // request; 0: none
    bool written = false;
    bool read = false;
  };

  void ask_probes();
  void check_again() { stage_.queue.wake(stage_.now + kCheckEvery, Due::What::PhaseCheck); }
  void enter(Phase phase, std::int64_t within);
  bool late() const { return stage_.now >= deadline_; }

  static constexpr SimTime kCheckEvery = 50'000;

  Stage& stage_;
  Serial& serial_;
  Nemesis& nemesis_;
  Clients& clients_;
  Watchers& watchers_;
  Phase phase_ = Phase::Chaos;
  SimTime deadline_ = 0;
  std::vector<Probe> probes_;
};

}  // namespace confman::sim
