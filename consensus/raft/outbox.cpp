#include "consensus/raft/outbox.hpp"

namespace confman::consensus {

void Outbox::emit_first(Effect effect) {
  effects_->insert(effects_->begin() + static_cast<std::ptrdiff_t>(begun_at_), std::move(effect));
}

void Outbox::send_as(Term as_term, PersistSeq after, NodeId to, MessageBody body) {
  emit(Send{{.group = context_.config.group,
             .from = context_.config.self,
             .to = to,
             .term = as_term,
             .body = std::move(body)},
            after});
}

void Outbox::send(NodeId to, MessageBody body) {
  send_as(ballot_.term(), durable_.term(), to, std::move(body));
}

void Outbox::promise(NodeId to, MessageBody body) {
  send_as(ballot_.term(), durable_.everything(), to, std::move(body));
}

void Outbox::halt(HaltReason reason, LogIndex promised, LogIndex found) {
  halted_ = true;
  emit(Halt{.reason = reason, .promised = promised, .found = found});
}

}  // namespace confman::consensus
