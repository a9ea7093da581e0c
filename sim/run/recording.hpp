#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/event.hpp"
#include "sim/failure.hpp"
#include "sim/seed/derived_config.hpp"
#include "sim/workload/client_op.hpp"

namespace confman::sim {

struct RecordedEvent {
  Event event;
  std::optional<ClientOp> op;  // of a Submit

  friend bool operator==(const RecordedEvent&, const RecordedEvent&) = default;
};

// A run that failed, whole: what is needed to see it again without drawing a single number.
//
// As text, one thing per line:
//   confman-recording 1
//   seed 17
//   profile chaos
//   build <free text>
//   program 1234567890abcdef            which one made it (run/build_id.hpp); not in old ones
//   knob nodes 5                        one line for each knob
//   failure correctness linearizability The sentence.
//   hash 1234567890abcdef               after the last event
//   sentence What happened, for people. any number of these
//   events 12345
//   e <time> <kind> <node> <a> <b>      the events
//   o <number> <number> …               behind its submit: the operation (sim/workload/columns.hpp)
struct Recording {
  std::uint64_t seed{};
  Profile profile = Profile::Default;
  std::string build;
  std::uint64_t program{};  // 0: not told
  DerivedConfig config;
  std::optional<RunFailure> failure;
  std::uint64_t hash{};
  std::vector<std::string> sentences;
  std::vector<RecordedEvent> events;
  // Of a text that was read: knobs of other programs, which are left out, and those of this one
  // that it doesn't set, which stand as usual.
  std::vector<std::string> unknown_knobs;
  std::vector<std::string> missing_knobs;

  friend bool operator==(const Recording&, const Recording&) = default;
};

std::string to_text(const Recording& recording);
// The error names the line, and the word in it that this program doesn't know.
std::expected<Recording, std::string> parse_recording(std::string_view text);

}  // namespace confman::sim
