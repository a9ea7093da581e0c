#include "sim/workload/keyring.hpp"

#include <algorithm>
#include <optional>

#include "sim/workload/client_op.hpp"
#include "sim/workload/names.hpp"

namespace confman::sim {
namespace {

constexpr std::uint64_t kNeverMade = kFirstKey - 1;

std::optional<domain::Refusal> refusal_in(const node::Response& response) {
  if (const auto* denied = std::get_if<node::Denied>(&response.outcome)) return denied->why;
  const auto* done = std::get_if<node::WriteDone>(&response.outcome);
  return done != nullptr ? done->reply.refusal : std::nullopt;
}

}  // namespace

void Keyring::learn(const ClientOp& op, const node::Response& response) {
  const auto refusal = refusal_in(response);
  const bool done = std::holds_alternative<node::WriteDone>(response.outcome) && !refusal;
  if (const auto* create = std::get_if<CreateKeyOp>(&op.body); done && create != nullptr) {
    good_.push_back({create->key_number(), op.key});
  }
  if (const auto* mint = std::get_if<MintKeyOp>(&op.body); done && mint != nullptr) {
    good_.push_back({mint->key_number(), 0});
  }
  const bool is_over =
      refusal == domain::Refusal::ApiKeyRevoked || refusal == domain::Refusal::ApiKeyExpired;
  if (is_over && std::erase_if(good_, [&](const Known& key) { return key.number == op.api_key; })) {
    useless_.push_back(op.api_key);
  }
}

std::uint64_t Keyring::one_of(Prng& prng, std::uint64_t owner) const {
  std::vector<std::uint64_t> own;
  for (const Known& key : good_) {
    if (key.owner == owner) own.push_back(key.number);
  }
  return own.empty() ? kNoKey : own[prng.below(own.size())];
}

std::uint64_t Keyring::draw(Prng& prng, std::uint64_t client, bool administers) const {
  if (good_.empty() || prng.chance(1, 20)) return kNoKey;
  if (prng.chance(1, 40)) return kNeverMade;
  if (!useless_.empty() && prng.chance(1, 20)) return useless_[prng.below(useless_.size())];
  if (administers && prng.chance(2, 3)) {
    if (const std::uint64_t key = one_of(prng, 0); key != kNoKey) return key;
  }
  if (prng.chance(3, 4)) {
    if (const std::uint64_t key = one_of(prng, client); key != kNoKey) return key;
  }
  return good_[prng.below(good_.size())].number;
}

std::uint64_t Keyring::draw_any(Prng& prng) const {
  if (good_.empty() || prng.chance(1, 8)) return kNeverMade;
  if (!useless_.empty() && prng.chance(1, 8)) return useless_[prng.below(useless_.size())];
  return good_[prng.below(good_.size())].number;
}

std::optional<std::uint64_t> Keyring::owner_of(std::uint64_t key) const {
  const auto found = std::ranges::find(good_, key, &Known::number);
  return found == good_.end() ? std::nullopt : std::optional(found->owner);
}

}  // namespace confman::sim
