#pragma once

#include "consensus/raft/context.hpp"
#include "consensus/raft/log.hpp"
#include "consensus/raft/machine.hpp"
#include "consensus/raft/propose.hpp"

namespace confman::consensus {

// What the cluster may write to its log while nodes of different builds are members.
class FeatureLevels {
 public:
  FeatureLevels(const Context& context, const Log& log, const Machine& machine,
                Proposals& proposals)
      : context_(context), log_(log), machine_(machine), proposals_(proposals) {}

  void maybe_raise_feature_level(Leader& leading);

 private:
  const Context& context_;
  const Log& log_;
  const Machine& machine_;
  Proposals& proposals_;
};

}  // namespace confman::consensus
