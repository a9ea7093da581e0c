#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sim/run/run.hpp"

namespace confman::sim {

// What all hunts with one corpus have done so far; hunt.json in its folder.
struct Ledger {
  // A failure unlike all others: by shape_of(), and by which kinds of faults its shrunk recording
  // needs, because a symptom (above all "does not serve") may have several causes.
  struct Found {
    std::string shape;
    std::string faults;  // "crash restart"; empty: none
    RunFailure failure;  // of the shrunk recording
    std::uint64_t seed{};
    std::string profile;
    std::string build;
    std::string file;  // in the corpus
    std::uint64_t events_before{};
    std::uint64_t events{};
    std::string found_at;     // UTC
    std::uint64_t repeats{};  // runs that failed like this, the first one included
    std::uint64_t last_seed{};

    friend bool operator==(const Found&, const Found&) = default;
  };

  std::uint64_t high_water = 0;  // every seed up to here has been run
  std::uint64_t seeds = 0;
  std::uint64_t on_sqlite = 0;  // of them
  std::uint64_t events = 0;
  std::uint64_t operations = 0;
  std::uint64_t canaries = 0;  // run, and failed as they must
  double simulated_seconds = 0;
  double wall_seconds = 0;
  std::map<std::string, std::uint64_t> profiles;  // seeds of each
  std::map<std::string, std::uint64_t> oracles;   // failed runs of each
  std::vector<Found> found;

  friend bool operator==(const Ledger&, const Ledger&) = default;
};

std::string to_json(const Ledger& ledger);
// The error is a sentence.
std::expected<Ledger, std::string> parse_ledger(std::string_view text);

}  // namespace confman::sim
