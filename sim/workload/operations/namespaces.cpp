#include "sim/workload/operations/namespaces.hpp"

#include <array>

#include "sim/workload/client_op.hpp"
#include "sim/workload/names.hpp"

namespace confman::sim {

namespace {

// Namespaces stand in a client's memory under key 0.
void draw_condition(Drawing& with, const ClientOp& op, Precondition& condition) {
  using enum Precondition::Kind;
  if (with.prng.chance(1, 2)) return;
  condition.kind = with.prng.one_of({IfVersion, IfAbsent, IfExists});
  if (condition.kind != IfVersion) return;
  condition.version = with.memory.versions[{op.name_space, 0}];
  if (condition.version == 0) condition.kind = None;
}

}  // namespace

void PutNamespaceOp::draw(Drawing& with, ClientOp& op) {
  op.name_space = 1 + with.prng.below(static_cast<std::uint64_t>(with.config.namespaces) + 1);
  if (with.prng.chance(1, 4)) {
    DeleteNamespaceOp deletion;
    // Two deletions of one namespace are the same request.
    deletion.draw_write(with, false);
    draw_condition(with, op, deletion.precondition);
    op.body = deletion;
  } else {
    PutNamespaceOp put;
    put.draw_write(with, true);
    draw_condition(with, op, put.precondition);
    op.body = put;
  }
}

std::span<const Draw> PutNamespaceOp::draws() {
  static constexpr std::array kDraws = {
      Draw{[](const DerivedConfig& c) { return c.namespace_weight; }, draw}};
  return kDraws;
}

std::string PutNamespaceOp::about(const ClientOp& op) const {
  return namespace_path(op.name_space);
}

AskedOperation PutNamespaceOp::asked(const ClientOp& op) const {
  return write_of(op, domain::PutNamespace{.path = namespace_path(op.name_space),
                                           .description = value_bytes(value),
                                           .owner = numbered("owner", value % 3),
                                           .labels = labels_of(value),
                                           .precondition = condition()});
}

void PutNamespaceOp::learn(ClientMemory& memory, const ClientOp& op,
                           const node::Response& response) const {
  WriteOp::learn(memory, op, response);
  const auto* done = std::get_if<node::WriteDone>(&response.outcome);
  if (done != nullptr) memory.versions[{op.name_space, 0}] = done->reply.version;
}

std::string DeleteNamespaceOp::about(const ClientOp& op) const {
  return namespace_path(op.name_space);
}

AskedOperation DeleteNamespaceOp::asked(const ClientOp& op) const {
  return write_of(op, domain::DeleteNamespace{namespace_path(op.name_space), condition()});
}

void DeleteNamespaceOp::learn(ClientMemory& memory, const ClientOp& op,
                              const node::Response& response) const {
  WriteOp::learn(memory, op, response);
  const auto* done = std::get_if<node::WriteDone>(&response.outcome);
  if (done != nullptr && !done->reply.refusal) memory.namespace_missing[op.name_space] = true;
}

}  // namespace confman::sim
