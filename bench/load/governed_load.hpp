#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <vector>

#include "bench/load/client_threads.hpp"
#include "bench/load/connection.hpp"

namespace confman::bench {

// Who writes in the namespace /governed, where a policy asks for one approval.
struct Reviewers {
  std::string editor;  // API keys
  std::string publisher;
};
std::expected<Reviewers, std::string> prepare_reviews(const Endpoint& node);

enum class Work : std::uint8_t {
  Write,    // a PUT in /bench, by nobody in particular
  Publish,  // of a PUT in /governed: opened, submitted, approved, published; four commands
};

// Each client has a connection of its own, and a key of the namespace for itself.
WorkDone do_work(Work work, const WorkPlan& plan, const std::vector<Endpoint>& nodes,
                 const Reviewers& reviewers);

}  // namespace confman::bench
