#include "sim/workload/request_book.hpp"

#include <algorithm>
#include <optional>

#include "sim/workload/client_op.hpp"

namespace confman::sim {

void RequestBook::learn(const ClientOp& op, const node::Response& response) {
  const auto* done = std::get_if<node::WriteDone>(&response.outcome);
  if (done == nullptr) return;
  const domain::Reply& reply = done->reply;
  const auto* policy = std::get_if<PolicyOp>(&op.body);
  if (policy != nullptr && policy->freeze_from_ms >= 0 && !reply.refusal) frozen_ = op.name_space;
  if (std::holds_alternative<PutReviewedOp>(op.body)) {
    auto& versions = versions_[{op.name_space, op.key}];
    versions = std::max(versions, reply.version);
  }
  const auto* draft = std::get_if<DraftRequestOp>(&op.body);
  if (draft != nullptr && !reply.refusal) {
    puts_[draft->id == 0 ? reply.revision.index : draft->id] = draft->puts();
  }
  if (draft != nullptr && draft->id == 0) {
    if (!reply.refusal) known_.push_back({reply.revision.index, reply.version});
    return;
  }
  const auto* keep = std::get_if<KeepOp>(&op.body);
  if (keep != nullptr && keep->drafts() && !reply.refusal) {
    known_.push_back({reply.revision.index, reply.version});
  }
  const auto* step = std::get_if<StepRequestOp>(&op.body);
  if (draft == nullptr && step == nullptr) return;
  const std::uint64_t id = draft != nullptr ? draft->id : step->id;
  const auto known = std::ranges::find(known_, id, &Known::id);
  const bool tells = !reply.refusal || reply.refusal == domain::Refusal::VersionMismatch;
  if (known == known_.end() || !tells) return;
  known->version = std::max(known->version, reply.version);
  using enum domain::RequestStep;
  const bool agrees = step != nullptr && (step->step == static_cast<std::uint64_t>(Approve) ||
                                          step->step == static_cast<std::uint64_t>(Publish));
  if (agrees && !reply.refusal) agreed_ = {known->id, op.api_key};
  // It may have been one for later.
  const bool publishes = step != nullptr && (step->step == static_cast<std::uint64_t>(Publish) ||
                                             step->step == static_cast<std::uint64_t>(Emergency));
  if (!publishes || reply.refusal) return;
  for (const EntryName& entry : puts_[id]) ++versions_[entry];
}

std::optional<RequestBook::Entry> RequestBook::draw_entry(Prng& prng) const {
  std::vector<Entry> several;
  std::vector<Entry> requested;
  for (const auto& [entry, versions] : versions_) {
    if (versions < 2) continue;
    several.push_back({entry.first, entry.second, versions});
    const bool asked_for = std::ranges::any_of(puts_, [&](const auto& request) {
      return std::ranges::find(request.second, entry) != request.second.end();
    });
    if (asked_for) requested.push_back(several.back());
  }
  if (!requested.empty() && prng.chance(2, 3)) several = requested;
  if (several.empty()) return std::nullopt;
  return several[prng.below(several.size())];
}

std::uint64_t RequestBook::version_of(std::uint64_t id) const {
  const auto known = std::ranges::find(known_, id, &Known::id);
  return known == known_.end() ? 0 : known->version;
}

RequestBook::Known RequestBook::draw(Prng& prng) const {
  if (known_.empty()) return {};
  constexpr std::size_t kNewest = 4;
  const std::size_t among = prng.chance(1, 10) ? known_.size() : std::min(kNewest, known_.size());
  return known_[known_.size() - 1 - prng.below(among)];
}

}  // namespace confman::sim
