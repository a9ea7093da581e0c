#include "sim/run/origin.hpp"

#include <algorithm>
#include <optional>

#include "sim/run/build_id.hpp"
#include "sim/run/failure_shape.hpp"

namespace confman::sim {
namespace {

// More knobs than this are counted and not named.
constexpr std::size_t kNamed = 12;

std::string list(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kNamed); ++i) {
    text += (i == 0 ? "" : ", ") + names[i];
  }
  if (names.size() > kNamed) text += " and " + std::to_string(names.size() - kNamed) + " more";
  return text;
}

std::string hex(std::uint64_t value) {
  std::string text;
  for (int shift = 60; shift >= 0; shift -= 4) text += "0123456789abcdef"[value >> shift & 15];
  return text;
}

std::string told(const std::optional<RunFailure>& failure) {
  if (!failure) return "no failure";
  return std::string(name_of(failure->kind)) + " " + failure->oracle + ": " + failure->sentence;
}

std::string other_build(const Recording& recording) {
  const std::string name = recording.build.empty() ? "an unnamed one" : recording.build;
  const std::string here(build_id());
  const std::string builds =
      recording.build == here
          ? "Another build of " + here + " than this one (program " + hex(recording.program) +
                ", and this is " + hex(program_hash()) + ") made this recording"
          : "Another build than this one made this recording (" + name + "; this is " + here + ")";
  return builds + ": its events may end differently here, and that is no fault of this build.";
}

}  // namespace

bool is_of_this_program(const Recording& recording) {
  return recording.program != 0 && recording.program == program_hash();
}

std::vector<std::string> caveats(const Recording& recording) {
  std::vector<std::string> sentences;
  if (!is_of_this_program(recording)) sentences.push_back(other_build(recording));
  if (!recording.unknown_knobs.empty()) {
    sentences.push_back("It sets knobs that this program doesn't know, and they are left out: " +
                        list(recording.unknown_knobs) + ".");
  }
  if (!recording.missing_knobs.empty()) {
    sentences.push_back("It doesn't set knobs that this program has, and they stand as usual: " +
                        list(recording.missing_knobs) + ".");
  }
  return sentences;
}

std::vector<std::string> verdict(const Recording& recording, const RunResult& result) {
  const std::string here = told(result.failure);
  const std::string where = " after " + std::to_string(result.events) + " of " +
                            std::to_string(recording.events.size()) + " events, hash " +
                            hex(result.hash);
  const bool own = is_of_this_program(recording);
  if (reproduces(recording, result)) {
    return {here, (own ? "reproduced" : "reproduced, with this build too,") + where};
  }
  if (own) {
    return {here, "not reproduced" + where +
                      ": this very program made the recording, so it was changed since, or the "
                      "simulator isn't deterministic"};
  }
  const bool alike =
      result.failure && recording.failure && same_failure(*result.failure, *recording.failure);
  // A cluster whose events don't fit doesn't serve, whatever the build.
  if (alike && result.failure->kind != FailureKind::Liveness) {
    return {here, "not reproduced" + where + ", but it fails in the same way with this build"};
  }
  std::string leftover = "nothing breaks";
  if (result.failure) {
    const std::string kind(name_of(result.failure->kind));
    leftover = "what fits of its events ends in " + kind;
    if (result.failure->oracle != kind) leftover += " (" + result.failure->oracle + ")";
    leftover += ", which accuses nobody";
  }
  return {"recorded: " + told(recording.failure), "here: " + leftover,
          "not reproduced" + where + ", as may be with another build"};
}

}  // namespace confman::sim
