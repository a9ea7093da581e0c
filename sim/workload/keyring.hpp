#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "app/node/request.hpp"
#include "sim/seed/prng.hpp"

namespace confman::sim {

struct ClientOp;

// The API keys that clients have heard of. Who makes one hands it on to whomever it is for, and
// some come into other hands.
class Keyring {
 public:
  void learn(const ClientOp& op, const node::Response& response);
  // What a request comes with (names.hpp). `administers`: with the key of an administrator, as a
  // rule.
  std::uint64_t draw(Prng& prng, std::uint64_t client, bool administers) const;
  // Any key, or one that there isn't.
  std::uint64_t draw_any(Prng& prng) const;
  // The number of the principal that it was made for; nothing: it is unknown, or no good any more.
  std::optional<std::uint64_t> owner_of(std::uint64_t key) const;

 private:
  struct Known {
    std::uint64_t number{};
    std::uint64_t owner{};
  };
  std::uint64_t one_of(Prng& prng, std::uint64_t owner) const;

  std::vector<Known> good_;
  std::vector<std::uint64_t> useless_;  // revoked or expired
};

}  // namespace confman::sim
