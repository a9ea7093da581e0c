#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "tests/chaos/figures.hpp"
#include "tests/chaos/net/packet_switch.hpp"
#include "tests/chaos/timeline.hpp"

namespace confman::chaos {

// All that is known of a run when it is over.
struct Outcome {
  std::uint64_t seed{};
  std::string again;  // the command line
  std::size_t nodes{};
  std::string settings;
  std::size_t lost_nodes{};
  Moment served_after{};  // the last fault: until every node had acknowledged a write
  std::map<std::string, std::size_t> reached;  // events in the nodes' logs, and how often
  Timeline::Data timeline;
  Figures figures;
  std::optional<PacketSwitch::Counts> network = {};
};

// For people: a page of text.
std::string summary_of(const Outcome& outcome);
// A page with a picture of the whole run, which needs nothing but itself.
std::string page_of(const Outcome& outcome);

// summary.txt and report.html.
void write_report(const std::filesystem::path& folder, const Outcome& outcome);

}  // namespace confman::chaos
