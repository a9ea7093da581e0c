#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tests/chaos/faults/fault_table.hpp"

namespace confman::chaos {

struct Trials {
  enum class Kind : std::uint8_t { LeaderKill, Handover };
  Kind kind{};
  int count{};
};

// The command line as data.
struct Options {
  int seconds = 600;
  std::uint64_t seed{};
  std::size_t nodes = 0;                // 0: drawn
  std::filesystem::path report;         // folder
  std::filesystem::path programs;       // folder of confmand and confman
  std::vector<const FaultKind*> kinds;  // to draw from
  bool loopback = false;
  bool keep = false;  // logs and data of a run that passed, too
  std::optional<Trials> trials;
  bool help = false;
  bool list = false;
};

extern const std::string_view kUsage;

struct Defaults {
  std::uint64_t seed{};
  std::filesystem::path reports;  // a folder in it is made
  std::filesystem::path programs;
};

// The error is a sentence for the user.
std::expected<Options, std::string> parse_options(std::span<const std::string_view> arguments,
                                                  const Defaults& defaults);

// What starts the same again.
std::string again(const Options& options);

}  // namespace confman::chaos
