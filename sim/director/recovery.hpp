#pragma once

#include <cstdint>
#include <vector>

#include "sim/nemesis/nemesis.hpp"
#include "sim/workload/clients.hpp"
#include "sim/workload/operator.hpp"
#include "sim/workload/watchers.hpp"

namespace confman::sim {

// The second half of a run: everything is healed, and within bounds of simulated time the cluster
// must serve a write and a linearizable read at every node, come to one state everywhere, and keep
// its leader. What a bound was missed by is told by the world at the Deadline event.
class Recovery {
 public:
  Recovery(Stage& stage, Serial& serial, Nemesis& nemesis, Operator& admin, Clients& clients,
           Watchers& watchers, std::uint64_t seed)
      : stage_(stage),
        serial_(serial),
        nemesis_(nemesis),
        operator_(admin),
        clients_(clients),
        watchers_(watchers),
        prng_(seed, "recovery") {}

  void begin();
  // Begins without the chaos before it.
  void begin_at(SimTime at) { stage_.queue.wake(at, Due::What::PhaseCheck); }
  // Looks at what there is after every event.
  void after();
  void check();
  void answered(const Outputs::Answered& answer);
  void lost(const ClientOp& op);
  static bool owns(const ClientOp& op) { return is_probe(op); }
  bool over() const { return phase_ == Phase::Over; }

 private:
  // Those before Restore only where a majority is healed first.
  enum class Phase : std::uint8_t {
    Chaos,
    LastAct,
    MajorityServes,
    MajorityLeads,
    MajorityKeeps,
    MajorityHears,
    Restore,  // the operator replaces what was lost
    Serve,
    Converge,
    Keep,
    Over,
  };
  // One for each node: writes through it, then reads through it.
  struct Probe {
    std::uint64_t waits_for = 0;  // request; 0: none
    bool written = false;
    bool read = false;
  };

  void heal(Phase next, std::uint64_t serving);
  void restore();
  void expect(Phase next, std::uint64_t serving);
  bool served();
  std::uint64_t all_nodes() const { return (std::uint64_t{1} << stage_.world.size()) - 1; }
  bool majority_can_do() const;
  std::uint64_t some_majority();
  void tell_deadline(LivenessStage stage);
  void ask_probes();
  void check_again() { stage_.queue.wake(stage_.now + kCheckEvery, Due::What::PhaseCheck); }
  void enter(Phase phase, std::int64_t within);
  bool late() const { return stage_.now >= deadline_; }

  static constexpr SimTime kCheckEvery = 50'000;

  Stage& stage_;
  Serial& serial_;
  Nemesis& nemesis_;
  Operator& operator_;
  Clients& clients_;
  Watchers& watchers_;
  Prng prng_;
  Phase phase_ = Phase::Chaos;
  SimTime deadline_ = 0;
  std::uint64_t serving_ = 0;  // the nodes that must serve, one bit for each
  std::vector<Probe> probes_;
};

}  // namespace confman::sim
