#pragma once

#include "consensus/effect.hpp"
#include "consensus/log_recovery.hpp"
#include "consensus/types.hpp"

namespace confman::consensus {

// Port: the durable log and hard state of one group.
//
// persist() is asynchronous: it returns at once, requests become durable in the order of the calls,
// each atomically, several possibly in one sync; then the host reports the last finished one
// through Driver::persisted(). Reporting only a later one is enough. A write or sync that fails is
// final: the implementation ends the process (or crashes the simulated node) and never reports the
// request; it does not retry (a failed fsync may have dropped the dirty pages, and the next one
// succeeds: https://lwn.net/Articles/752063/).
class LogStore {
 public:
  virtual ~LogStore() = default;

  virtual void persist(PersistRequest request) = 0;
};

}  // namespace confman::consensus
