#pragma once

#include <memory>

#include "consensus/config.hpp"
#include "consensus/effect.hpp"
#include "consensus/event.hpp"
#include "consensus/invariants.hpp"
#include "consensus/restored.hpp"
#include "consensus/status.hpp"
#include "consensus/types.hpp"
#include "domain/base/time.hpp"

namespace confman::consensus {

// Port: one member of a group that agrees on a log, as the driver and the simulator know it. How it
// agrees is the implementation's business; Raft is the one there is (raft/). The port is there
// without a second one: what nobody outside can see of Raft, its parts and how they are cut, stays
// free to change.
//
// A consensus algorithm is a function from what happens to what must be done about it; threads,
// timers, files and sockets are how a program happens to be told and to obey. So an engine is only
// that function: it never waits, is never called back, and reads no clock. A run is the list of its
// inputs, so any run can be had again. Not thread-safe.
class Engine {
 public:
  virtual ~Engine() = default;

  // What must be done about `event`, in order, is appended to `out`. Time that goes backwards
  // stands still.
  virtual void step(Time now, Event event, Effects& out) = 0;
  // When TimePassed is due; ask after each step.
  virtual Time next_deadline() const = 0;

  virtual Status status() const = 0;
  // The configuration in force here, committed or not. Valid until the next step.
  virtual const Membership& membership() const = 0;
  // Whom this node may have something to say to: the members, and as long as it lacks a part of its
  // log, whoever is named by what is left behind that. Not a configuration.
  virtual Membership contacts() const = 0;

  // What the invariants are about. Cheap.
  virtual NodeView view() const = 0;
  // Of the log in memory, valid until the next step; null before it begins and behind its end.
  virtual const Entry* entry(LogIndex index) const = 0;
};

// `config` must pass validate().
std::unique_ptr<Engine> make_raft(RaftConfig config, Restored restored, Time now);

}  // namespace confman::consensus
