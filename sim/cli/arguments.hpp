#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "sim/run/runner.hpp"
#include "sim/seed/derived_config.hpp"

namespace confman::sim {

// The command line as data.
struct RunCommand {
  SeedRange seeds{1, 1};
  Profile profile = Profile::Default;
  StorageKind storage = StorageKind::Model;
  unsigned jobs = 0;  // 0: one per processor
  bool json = false;
  bool verbose = false;                            // a line for every seed, with all of its knobs
  bool marks = false;                              // how often each was passed
  std::uint64_t stop_at = 0;                       // as soon as so many have failed; 0: never
  std::string record_to = "confman-sim-failures";  // folder for recordings; empty: none
};
struct ReplayCommand {
  std::string file;
  bool tell = false;  // what happens, in words
};
struct BranchCommand {
  std::string file;
  std::string at;  // a moment of it (sim/run/branch.hpp)
  SeedRange seeds{1, 20};
  std::optional<Profile> profile;
  unsigned jobs = 0;
  bool verbose = false;
  std::uint64_t stop_at = 0;
  std::string record_to = "confman-sim-failures";
};
struct ShrinkCommand {
  std::string file;
  std::string output;  // empty: beside the file
  unsigned seconds = 110;
};
struct ShowCommand {
  std::string file;
  std::string output;  // empty: beside the file
};
struct HuntCommand {
  std::string corpus = ".local/hunt";
  unsigned seconds = 0;          // 0: until it is interrupted
  unsigned jobs = 0;             // 0: one per processor
  std::uint64_t first_seed = 0;  // 0: behind the last hunt
};
struct BenchCommand {
  unsigned seconds = 10;  // for each row
  bool json = false;
};
struct CheckCommand {
  std::string file;
};
struct HelpCommand {};
using Command = std::variant<RunCommand, ReplayCommand, BranchCommand, ShrinkCommand, ShowCommand,
                             HuntCommand, BenchCommand, CheckCommand, HelpCommand>;

extern const std::string_view kUsage;

// The error is a sentence for the user.
std::expected<Command, std::string> parse_arguments(std::span<const std::string_view> arguments);

}  // namespace confman::sim
