#pragma once

#include <cstddef>

#include "sim/seed/derived_config.hpp"
#include "sim/world/world.hpp"

namespace confman::sim {

// The losses that there may be. A crash loses only what was not synced, so however many nodes are
// down at a time, a majority can be had again. What a medium loses is limited: either anything, on
// a minority of the voters' disks at a time; or records on any disks, as long as each is whole
// somewhere else (World::is_mendable). Within that the cluster must recover. Beyond it
// (DerivedConfig::beyond_budget) it must only not lie.
class FaultBudget {
 public:
  FaultBudget(const World& world, const DerivedConfig& config) : world_(world), config_(config) {}

  // All of this disk.
  bool may_lose(int node) const;
  // Any part of it, as it has lost something already, or may lose all.
  bool may_damage(int node) const {
    return (is_faulty(node) && !has_last_copy(node)) || may_lose(node);
  }
  // Whether of so many voters a majority would still be whole, also without this node.
  bool leaves_majority(std::size_t voters, std::size_t more_faulty, int besides = -1) const;
  // Nothing is damaged, lost or refused: a majority alone can go on.
  bool media_are_whole() const;
  // Somebody must be left who knows who the members are; else another cluster is founded.
  bool is_last_witness(int node) const;

 private:
  bool is_founded() const;
  bool has_last_copy(int node) const;
  bool has_not_founded(int node) const;
  bool may_be_told(int node, int besides) const;
  bool is_faulty(int node) const;
  std::size_t faulty_voters(int besides) const;

  const World& world_;
  const DerivedConfig& config_;
};

}  // namespace confman::sim
