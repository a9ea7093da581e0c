#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <vector>

#include "bench/load/client_threads.hpp"
#include "bench/load/connection.hpp"

namespace confman::bench {

// Where entries lie: each in a namespace of its own, in which so many principals have a role, or
// all in one, in which one has. They are as many, and the same key is used, whose owner is one of
// these.
struct Assigned {
  std::uint32_t entries = 10'000;
  std::uint32_t namespaces = 10'000;  // as many as entries, or 1
  std::uint32_t assignments = 10;     // of each namespace
};

// Makes them. Returns the API key.
std::expected<std::string, std::string> prepare_assigned(const std::vector<Endpoint>& nodes,
                                                         const Assigned& assigned);

enum class KeyedWork : std::uint8_t { Write, Read };  // of an entry at random; reads are local

WorkDone do_keyed_work(KeyedWork work, const WorkPlan& plan, const std::vector<Endpoint>& nodes,
                       const Assigned& assigned, const std::string& key);

}  // namespace confman::bench
