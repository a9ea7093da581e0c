#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "sim/nemesis/fault_budget.hpp"
#include "sim/run/run.hpp"
#include "sim/shrink/client_rules.hpp"
#include "sim/shrink/script.hpp"
#include "sim/workload/clients.hpp"
#include "sim/world/message_kind.hpp"

namespace confman::sim {

// How a performance goes on behind its last step; without one, that is its end. Only a cluster that
// is whole and is given its time can fail to serve: to cut the events of that time would be to cut
// what was to be shown. So it is made anew behind the steps that remain.
struct Ending {
  std::uint64_t seed{};     // of what is drawn
  bool under_load = false;  // clients go on
};

// Finds what takes the place of a message that was not sent this time: of those from the same
// sender to the same receiver that are of its kind and not delivered yet.
enum class Understudy : std::uint8_t { Newest, Oldest };

// Performs parts of a script, each time in a new world with the same knobs and seed.
class Rehearsal {
 public:
  Rehearsal(const DerivedConfig& config, std::uint64_t seed, Understudy understudy)
      : config_(config), seed_(seed), understudy_(understudy) {}

  // The steps at these places (ascending). Leaves out what makes no sense any more: the delivery of
  // a message that isn't there, a request that no client would send.
  RunResult perform(const Script& script, std::span<const std::uint32_t> places,
                    const std::optional<Ending>& ending);

  // --- of the last performance
  // The places of the steps that could be done.
  const std::vector<std::uint32_t>& done() const { return done_; }
  // The same steps, with the numbers and the causes that messages had this time.
  Script script_of(const Script& script) const;
  // What was drawn behind them.
  const std::vector<RecordedEvent>& ending() const { return drawn_; }

 private:
  static constexpr std::uint32_t kNobody = UINT32_MAX;

  struct Sent {
    std::uint64_t number{};
    std::uint8_t from{};
    std::uint8_t to{};
    Cause cause;  // its step counts those that were done
    bool delivered = false;
  };
  struct Span {  // of sent_
    std::uint32_t first{};
    std::uint32_t end{};
  };
  // Those that wait, and delivered ones between them.
  using Path = std::array<std::deque<std::uint32_t>, kMessageKinds>;

  void begin(std::size_t steps);
  void execute(World& world, const Script& script, std::uint32_t place);
  // Without what came before, a loss may be more than any cluster can bear.
  bool exceeds_budget(const World& world, const Event& event) const;
  std::uint32_t find(const Step& delivery);
  std::uint32_t understudy_for(const Step& delivery);
  void note_sent(World& world, std::uint32_t place);
  void recover(World& world, const Ending& ending);

  DerivedConfig config_;
  std::uint64_t seed_;
  Understudy understudy_;

  bool is_cut_ = false;
  std::vector<std::uint32_t> done_;
  std::vector<std::uint32_t> delivered_;  // for each of done_: index into sent_, or kNobody
  std::vector<Sent> sent_;
  std::vector<Span> sent_by_;  // by place
  std::array<std::array<Path, kMaxSimNodes>, kMaxSimNodes> undelivered_;
  ClientRules rules_;
  Serial used_;
  SimTime at_ = 0;
  std::vector<RecordedEvent> drawn_;
};

// A recording's own events, with their messages named. `result` tells how it ended.
Script script_of(const Recording& recording, RunResult& result);

}  // namespace confman::sim
