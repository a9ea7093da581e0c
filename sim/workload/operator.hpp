#pragma once

#include <cstdint>
#include <optional>

#include "sim/director/stage.hpp"
#include "sim/nemesis/nemesis.hpp"
#include "sim/seed/prng.hpp"
#include "sim/workload/clients.hpp"

namespace confman::sim {

// Looks after the cluster: adds, promotes, demotes and removes members, moves leadership, and
// replaces the disks that were lost: empties the directory, removes the old member, adds the new
// one, promotes it. At random in chaos, also right after an election; by duty afterwards. One
// request at a time, to whoever is said to lead.
class Operator {
 public:
  // Its number as a client, above watchers and probes.
  static constexpr std::uint64_t kNumber = 4000;

  Operator(Stage& stage, Serial& serial, Nemesis& nemesis, std::uint64_t seed)
      : stage_(stage), serial_(serial), nemesis_(nemesis), prng_(seed, "operator") {}

  void begin();
  void wake(std::uint64_t generation);
  void tire(std::uint64_t request);
  void answered(const Outputs::Answered& answer);
  void lost(const ClientOp& op);
  // Looks for a new leader, after every event.
  void after(int node);
  static bool owns(const ClientOp& op) { return op.client == kNumber; }

  // Nothing more, until restore_only().
  void rest() { ++generation_; }
  // Does only what duty asks for from now on.
  void restore_only();
  bool is_waiting() const { return waiting_; }

 private:
  std::optional<ClientOp> duty();
  std::optional<ClientOp> draw();
  bool may_lower_voters() const;
  void send(ClientOp op);
  void sleep(std::int64_t time);
  int any_node() {
    return static_cast<int>(prng_.below(static_cast<std::uint64_t>(stage_.world.size())));
  }

  Stage& stage_;
  Serial& serial_;
  Nemesis& nemesis_;
  Prng prng_;
  bool restoring_ = false;
  bool waiting_ = false;
  std::uint64_t request_ = 0;
  int asked_ = 0;
  std::uint64_t generation_ = 0;
  std::uint64_t seen_term_ = 0;
};

}  // namespace confman::sim
