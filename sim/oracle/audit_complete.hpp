#pragma once

#include <cstdint>

#include "consensus/types.hpp"
#include "domain/state/store.hpp"

namespace confman::sim {

// Every decided command, accepted or refused, leaves exactly one audit event, but for the replay of
// an outcome; so does every change of members that somebody asked for. And the events form an
// unbroken chain up to the head.
class AuditComplete {
 public:
  // Called for each log entry once, in order; `events`: in the state after it.
  void applied(const consensus::Entry& entry, std::uint64_t events);
  // The chain of the whole trail.
  static void check_chain(const domain::StateStore& state);

 private:
  std::uint64_t events_ = 0;
};

}  // namespace confman::sim
