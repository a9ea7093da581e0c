#pragma once

#include <cstdint>

#include "sim/director/event_queue.hpp"
#include "sim/seed/derived_config.hpp"
#include "sim/world/world.hpp"

namespace confman::sim {

// The stage that the director's parts act on. They look at the world, schedule what will happen,
// and make things happen now through emit().
class Stage {
 public:
  virtual ~Stage() = default;

  // Hands the event to the world now and lets every part see what it brought about. Must not be
  // called while the outputs of an event are being looked at.
  virtual void emit(EventKind kind, int node, std::uint64_t a = 0, std::uint64_t b = 0,
                    const ClientOp* op = nullptr) = 0;

  const DerivedConfig& config;
  const World& world;
  EventQueue queue;
  SimTime now = 0;
  bool healed = false;  // chaos is over

 protected:
  Stage(const DerivedConfig& c, const World& w) : config(c), world(w) {}
};

}  // namespace confman::sim
