#pragma once

#include <utility>

#include "consensus/effect.hpp"
#include "consensus/raft/ballot.hpp"
#include "consensus/raft/context.hpp"
#include "consensus/raft/durability.hpp"

namespace confman::consensus {

// What the step under way wants done, in order.
class Outbox {
 public:
  Outbox(const Context& context, const Ballot& ballot, const Durability& durable)
      : context_(context), ballot_(ballot), durable_(durable) {}

  // Between these two there is a step.
  void begin(Effects& effects) {
    effects_ = &effects;
    begun_at_ = effects.size();
  }
  void end() { effects_ = nullptr; }

  void emit(Effect effect) { effects_->push_back(std::move(effect)); }
  // Before everything else in this step.
  void emit_first(Effect effect);

  // A message that promises nothing but the term it carries.
  void send(NodeId to, MessageBody body);
  // A message about local state: waits until all that was written for it is durable.
  void promise(NodeId to, MessageBody body);
  // A pre-vote's answer or question may carry a term that this node isn't in.
  void send_as(Term term, PersistSeq after, NodeId to, MessageBody body);

  // The node does nothing any more.
  void halt(HaltReason reason, LogIndex promised = {}, LogIndex found = {});
  bool halted() const { return halted_; }

 private:
  const Context& context_;
  const Ballot& ballot_;
  const Durability& durable_;
  Effects* effects_ = nullptr;
  std::size_t begun_at_ = 0;
  bool halted_ = false;
};

}  // namespace confman::consensus
