#pragma once

#include <cstdint>
#include <expected>
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
  bool verbose = false;         // a line for every seed
  bool marks = false;           // how often each was passed
  std::string record_to = ".";  // folder for recordings of failures; empty: none
};
struct ReplayCommand {
  std::string file;
  bool tell = false;  // what happens, in words
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
using Command = std::variant<RunCommand, ReplayCommand, ShrinkCommand, ShowCommand, HuntCommand,
                             BenchCommand, CheckCommand, HelpCommand>;

extern const std::string_view kUsage;

// The error is a sentence for the user.
std::expected<Command, std::string> parse_arguments(std::span<const std::string_view> arguments);

}  // namespace confman::sim
