#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "bench/load/connection.hpp"
#include "bench/load/histogram.hpp"

namespace confman::bench {

// What came of one kind of request. A page is one answer; a walk is all the pages of a listing.
struct HeavyResult {
  Histogram page;  // nanoseconds
  std::uint64_t walks = 0;
  std::uint64_t items = 0;
  std::uint64_t failed = 0;  // answered with an error, or not at all
  std::string first_failure;
};

// The data that the heavy requests are about, beside the entries that a fill has made: ten entries
// with a label, a namespace of deleted ones, one with many children, an entry with many versions.
// `size`: of each of these.
std::expected<void, std::string> fill_for_heavy_load(const Endpoint& node, std::uint32_t size);

// The names of the kinds of requests.
std::vector<std::string> heavy_kinds();

// So many clients on threads of their own, each with a connection and a kind of request; each asks
// for one page after the other. Ends with the object, or with stop().
class HeavyLoad {
 public:
  HeavyLoad(const Endpoint& node, const std::vector<std::string>& kinds, std::uint32_t clients);
  ~HeavyLoad();
  HeavyLoad(const HeavyLoad&) = delete;
  HeavyLoad& operator=(const HeavyLoad&) = delete;

  std::map<std::string, HeavyResult> stop();

 private:
  struct Client;
  std::vector<std::unique_ptr<Client>> clients_;
};

// What the nodes tell of themselves while this lives: asks each a few times a second.
class StatusWatch {
 public:
  struct Seen {
    double longest_turn_ms = -1;  // -1: it isn't told
    double longest_turn_cpu_ms = -1;
    std::uint64_t terms = 0;  // how many terms began
    std::uint64_t unanswered = 0;
  };
  explicit StatusWatch(std::vector<Endpoint> nodes);
  ~StatusWatch();
  Seen stop();

 private:
  struct Watcher;
  std::vector<std::unique_ptr<Watcher>> watchers_;
};

}  // namespace confman::bench
