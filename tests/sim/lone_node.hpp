#pragma once

#include <cstdint>

#include "sim/seed/derived_config.hpp"
#include "sim/world/world.hpp"

namespace confman::sim {

// A cluster of one, to which only what a test says happens.
class LoneNode {
 public:
  explicit LoneNode(StorageKind storage = StorageKind::Model) : world_(config_for(storage), 1) {}

  const World& world() const { return world_; }
  const SimNode& node() const { return world_.node(0); }
  void happens(EventKind kind, std::uint64_t a = 0) {
    world_.execute({.at = ++at_, .kind = kind, .node = 0, .a = a, .b = 0});
  }
  // Time passes, and what it writes becomes durable, until that holds. False: it never did.
  template <class Condition>
  bool runs_until(const Condition& holds) {
    for (int i = 0; i < 1000 && !holds(); ++i) {
      at_ += 10'000;
      happens(EventKind::Tick);
      happens(EventKind::Sync, UINT64_MAX);
    }
    return holds();
  }

 private:
  static DerivedConfig config_for(StorageKind storage) {
    DerivedConfig config = derive(1, Profile::Calm, storage);
    config.nodes = config.founded = 1;
    config.spares = config.turn_us = 0;
    return config;
  }

  World world_;
  SimTime at_ = 0;
};

}  // namespace confman::sim
