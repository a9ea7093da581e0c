#include "sim/run/run.hpp"

#include <unordered_map>
#include <utility>

#include "domain/base/assert.hpp"
#include "sim/director/director.hpp"
#include "sim/run/build_id.hpp"
#include "sim/run/observed.hpp"

namespace confman::sim {
namespace {

[[noreturn]] void throw_failure(const char* sentence, const char* file, int line) {
  std::string_view name(file);
  name.remove_prefix(name.rfind('/') == std::string_view::npos ? 0 : name.rfind('/') + 1);
  throw RunFailure{
      FailureKind::Crash, "assertion",
      std::string(sentence) + " (" + std::string(name) + ":" + std::to_string(line) + ")"};
}

}  // namespace

void catch_assertions() {
  set_assertion_handler(throw_failure);
}

RunResult run_seed(std::uint64_t seed, Profile profile, Recording* recording, StorageKind storage) {
  return run_config(seed, profile, derive(seed, profile, storage), recording);
}

RunResult run_config(std::uint64_t seed, Profile profile, const DerivedConfig& config,
                     Recording* recording) {
  World world(config, seed);
  std::vector<RecordedEvent> events;
  RunResult result = observed(world, [&] {
    Director(world, config, seed, recording != nullptr ? &events : nullptr).run();
  });
  result.seed = seed;
  result.profile = profile;
  if (recording != nullptr) {
    *recording = {.seed = seed,
                  .profile = profile,
                  .build = std::string(build_id()),
                  .program = program_hash(),
                  .config = config,
                  .failure = result.failure,
                  .hash = result.hash,
                  .sentences = {},
                  .events = std::move(events),
                  .unknown_knobs = {},
                  .missing_knobs = {}};
  }
  return result;
}

RunResult replay(const Recording& recording, const ReplayObserver& after,
                 const std::function<void(const std::string&)>& tell) {
  // How often each message is delivered must be known when it is sent; see MessageTable.
  std::unordered_map<std::uint64_t, std::uint32_t> copies;
  for (const RecordedEvent& recorded : recording.events) {
    if (recorded.event.kind == EventKind::Deliver) ++copies[recorded.event.a];
  }
  World world(recording.config, recording.seed);
  if (tell) world.narrate_to(tell);
  RunResult result = observed(world, [&] {
    for (const RecordedEvent& recorded : recording.events) {
      try {
        world.execute(recorded.event, recorded.op ? &*recorded.op : nullptr);
      } catch (const RunFailure&) {
        if (after) after(world, recorded);
        throw;
      }
      if (after) after(world, recorded);
      for (const Outputs::Sent& sent : world.outputs().sent) {
        const auto found = copies.find(sent.number);
        world.set_copies(sent.number, found == copies.end() ? 0 : found->second);
      }
    }
  });
  result.seed = recording.seed;
  result.profile = recording.profile;
  return result;
}

bool reproduces(const Recording& recording, const RunResult& result) {
  return result.failure == recording.failure && result.hash == recording.hash;
}

}  // namespace confman::sim
