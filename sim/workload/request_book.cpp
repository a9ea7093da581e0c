#include "sim/workload/request_book.hpp"

#include <algorithm>
#include <optional>

#include "sim/workload/client_op.hpp"

namespace confman::sim {

RequestBook::Known* RequestBook::find(std::uint64_t id) {
  const auto found = std::ranges::find(known_, id, &Known::id);
  return found == known_.end() ? nullptr : &*found;
}

void RequestBook::learn(const ClientOp& op, const node::Response& response) {
  const auto* done = std::get_if<node::WriteDone>(&response.outcome);
  if (done == nullptr) return;
  const domain::Reply& reply = done->reply;
  const auto* draft = std::get_if<DraftRequestOp>(&op.body);
  if (draft != nullptr && draft->id == 0) {
    if (!reply.refusal) known_.push_back({reply.revision.index, reply.version});
    return;
  }
  const auto* step = std::get_if<StepRequestOp>(&op.body);
  if (draft == nullptr && step == nullptr) return;
  Known* known = find(draft != nullptr ? draft->id : step->id);
  const bool tells = !reply.refusal || reply.refusal == domain::Refusal::VersionMismatch;
  if (known != nullptr && tells) known->version = std::max(known->version, reply.version);
}

RequestBook::Known RequestBook::draw(Prng& prng) const {
  if (known_.empty()) return {};
  constexpr std::size_t kNewest = 4;
  const std::size_t among = prng.chance(1, 10) ? known_.size() : std::min(kNewest, known_.size());
  return known_[known_.size() - 1 - prng.below(among)];
}

}  // namespace confman::sim
