#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
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

  // An approval, or a publication for later: what holds only as long as its giver may.
  struct Agreed {
    std::uint64_t id{};
    std::uint64_t api_key{};  // it came with this one
  };

  void learn(const ClientOp& op, const node::Response& response);
  // One of the newest, as a rule; id 0: there is none.
  Known draw(Prng& prng) const;
  // The last one.
  const std::optional<Agreed>& agreed() const { return agreed_; }
  std::uint64_t version_of(std::uint64_t id) const;
  // An entry that requests change, with several versions as far as anybody has heard, and how many.
  struct Entry {
    std::uint64_t name_space{};
    std::uint64_t key{};
    std::uint64_t versions{};
  };
  // Nothing: there is none.
  std::optional<Entry> draw_entry(Prng& prng) const;
  // Where the last freeze was set: the number of the namespace.
  std::optional<std::uint64_t> frozen() const { return frozen_; }

 private:
  using EntryName = std::pair<std::uint64_t, std::uint64_t>;  // numbers of namespace and key

  std::vector<Known> known_;
  std::map<EntryName, std::uint64_t> versions_;
  std::map<std::uint64_t, std::vector<EntryName>> puts_;  // by request
  std::optional<Agreed> agreed_;
  std::optional<std::uint64_t> frozen_;
};

}  // namespace confman::sim
