#pragma once

#include <cstdint>
#include <vector>

#include "app/node/request.hpp"
#include "sim/seed/prng.hpp"

namespace confman::sim {

struct ClientOp;

// The requests for publication that clients have heard of, with the versions they heard last.
class RequestBook {
 public:
  struct Known {
    std::uint64_t id{};
    std::uint64_t version{};
  };

  void learn(const ClientOp& op, const node::Response& response);
  // One of the newest, as a rule; id 0: there is none.
  Known draw(Prng& prng) const;

 private:
  Known* find(std::uint64_t id);

  std::vector<Known> known_;
};

}  // namespace confman::sim
