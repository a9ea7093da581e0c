#include "sim/workload/operations/operation.hpp"

#include <utility>

#include "sim/workload/client_op.hpp"
#include "sim/workload/history_recorder.hpp"
#include "sim/workload/names.hpp"

namespace confman::sim {

void WriteOp::draw_write(Drawing& with, bool is_distinct) {
  value = ++with.serial.value;
  forward = !with.prng.per_million(with.config.redirect_ppm);
  if (!with.prng.per_million(with.config.idempotency_ppm)) return;
  // A client with a bug: the key of another request. It must not be answered as that one was.
  std::uint64_t& last_key = with.memory.last_key;
  const bool borrows = is_distinct && last_key != 0 && with.prng.chance(1, 30);
  idempotency = borrows ? last_key : value;
  last_key = idempotency;
}

void WriteOp::learn(ClientMemory& memory, const ClientOp& op,
                    const node::Response& response) const {
  const auto* done = std::get_if<node::WriteDone>(&response.outcome);
  if (done == nullptr) return;
  const auto refusal = done->reply.refusal;
  memory.namespace_missing[op.name_space] =
      refusal == domain::Refusal::NamespaceNotFound || refusal == domain::Refusal::ParentNotFound;
}

domain::Precondition WriteOp::condition() const {
  domain::Precondition condition;
  switch (precondition.kind) {
    case Precondition::Kind::None:
      break;
    case Precondition::Kind::IfVersion:
      condition.if_version = precondition.version;
      break;
    case Precondition::Kind::IfAbsent:
      condition.if_absent = true;
      break;
    case Precondition::Kind::IfExists:
      condition.if_exists = true;
      break;
  }
  return condition;
}

node::Write WriteOp::write_of(const ClientOp& op, domain::CommandBody body) const {
  node::Write write;
  write.forward = forward;
  const domain::Credentials from = credentials_of(op.client, op.request, op.api_key);
  write.command.actor = from.actor;
  write.command.api_key = from.key;
  if (idempotency != 0) write.command.idempotency_key = numbered("once", idempotency);
  write.command.request_id = numbered("req", op.request);
  write.command.body = std::move(body);
  return write;
}

void ReadOp::submitted(HistoryRecorder& history, const ClientOp& op, Moment moment) const {
  history.read_submitted(op, moment);
}

void ReadOp::answered(HistoryRecorder& history, const ClientOp& op,
                      const node::Response& /*response*/, Moment /*moment*/) const {
  history.read_lost(op);
}

void ReadOp::lost(HistoryRecorder& history, const ClientOp& op, Moment /*moment*/) const {
  history.read_lost(op);
}

// Waits for what the client has seen or done, or for what there never was.
void ReadOp::draw_position(Drawing& with) {
  const domain::Revision newest = with.memory.newest;
  min_term = newest.term;
  min_index = newest.index;
  if (newest.index == 0 || !with.prng.per_million(with.config.made_up_ppm)) return;
  switch (with.prng.below(4)) {
    case 0:
      min_term += 1;
      break;
    case 1:
      min_term -= 1;
      break;
    case 2:
      min_index += 1 + with.prng.below(5);
      break;
    default:
      min_index = 1 + with.prng.below(min_index);
      break;
  }
}

node::Read ReadOp::read_of(const ClientOp& op, node::Query query) const {
  node::Read read;
  read.from = credentials_of(op.client, op.request, op.api_key);
  read.query = std::move(query);
  if (stale) read.consistency = node::Consistency::Stale;
  if (min_index != 0) read.min_version = domain::Revision{min_term, min_index};
  if (max_staleness_us >= 0) read.max_staleness = Duration{max_staleness_us};
  return read;
}

}  // namespace confman::sim
