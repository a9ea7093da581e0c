#include "sim/run/branch.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <unordered_map>

#include "sim/director/director.hpp"
#include "sim/run/build_id.hpp"
#include "sim/run/observed.hpp"

namespace confman::sim {
namespace {

// What of a profile is taken over: which faults strike, and how often. Everything else is of the
// cluster that the past was made with, or such that its bounds of time must fit.
constexpr std::int64_t DerivedConfig::* kFaultKnobs[] = {
    &DerivedConfig::loss_ppm,
    &DerivedConfig::duplicate_ppm,
    &DerivedConfig::fault_mean_us,
    &DerivedConfig::heal_mean_us,
    &DerivedConfig::crash_weight,
    &DerivedConfig::crash_all_weight,
    &DerivedConfig::crash_leader_weight,
    &DerivedConfig::figure8_weight,
    &DerivedConfig::pause_weight,
    &DerivedConfig::pause_leader_weight,
    &DerivedConfig::isolate_weight,
    &DerivedConfig::isolate_leader_weight,
    &DerivedConfig::split_weight,
    &DerivedConfig::one_way_weight,
    &DerivedConfig::bridge_weight,
    &DerivedConfig::slow_disk_weight,
    &DerivedConfig::shutdown_weight,
    &DerivedConfig::ring_weight,
    &DerivedConfig::swizzle_weight,
    &DerivedConfig::slow_ack_weight,
    &DerivedConfig::stale_leader_weight,
    &DerivedConfig::late_ack_weight,
    &DerivedConfig::echo_weight,
    &DerivedConfig::strike_new_leader_ppm,
    &DerivedConfig::crash_keeps_all_weight,
    &DerivedConfig::crash_keeps_none_weight,
    &DerivedConfig::crash_keeps_some_weight,
    &DerivedConfig::torn_ppm,
};

// Stories of many acts, which only a cluster of five can play.
constexpr std::int64_t kNodesOfStories = 5;

// The director's knobs; the world keeps the recording's.
DerivedConfig knobs_behind(const Recording& recording, const Branching& branching, SimTime at) {
  DerivedConfig config = recording.config;
  config.deaf_founder = 0;  // a story of the beginning
  config.chaos_us = std::max(config.chaos_us, at + kLeastChaos);
  if (branching.profile) {
    const DerivedConfig drawn = derive(branching.seed, *branching.profile);
    for (const auto knob : kFaultKnobs) config.*knob = drawn.*knob;
    if (config.nodes < kNodesOfStories) config.figure8_weight = config.late_ack_weight = 0;
  }
  return config;
}

// Replays the kept events, and gathers what they leave.
class Prefix {
 public:
  Prefix(World& world, const Recording& recording, std::size_t events,
         std::vector<RecordedEvent>& kept)
      : world_(world), recording_(recording), events_(events), kept_(kept) {}

  Past replay() {
    // How often each message is delivered must be known when it is sent; see MessageTable.
    for (const RecordedEvent& recorded : recording_.events) {
      if (recorded.event.kind == EventKind::Deliver) ++to_come_[recorded.event.a];
    }
    for (std::size_t i = 0; i < events_; ++i) execute(recording_.events[i]);
    for (const auto& [number, sent] : sent_) {
      const auto left = to_come_.find(number);
      const std::uint32_t copies = left == to_come_.end() ? 0 : left->second;
      for (std::uint32_t copy = 0; copy < copies; ++copy) past_.under_way.push_back(sent);
    }
    is_over_ = true;
    // Nobody goes on where these stopped, and their requests must not be answered to others.
    for (const auto& [request, asked] : std::map(open_)) {
      if (!is_of_client(asked.op)) act(EventKind::GiveUp, asked.node, request);
    }
    for (int i = 0; i < world_.size(); ++i) end_faults(i);
    for (const auto& [request, asked] : open_) past_.open.push_back(asked);
    return std::move(past_);
  }

 private:
  bool is_of_client(const ClientOp& op) const {
    return op.client >= 1 && op.client <= static_cast<std::uint64_t>(recording_.config.clients);
  }
  void act(EventKind kind, int node, std::uint64_t a = 0) {
    execute({{past_.at, kind, static_cast<std::uint8_t>(node), a, 0}, std::nullopt});
  }
  // Whose decision they were isn't in a recording. Who is down comes back by and by.
  void end_faults(int node) {
    if (cut_.contains(node)) act(EventKind::Mend, node, kEveryPath);
    if (slow_.contains(node)) act(EventKind::Slow, node, 1);
    if (world_.node(node).paused) act(EventKind::Resume, node);
    if (world_.node(node).free_bytes != UINT64_MAX) act(EventKind::Space, node, UINT64_MAX);
  }

  void execute(const RecordedEvent& recorded) {
    const Event& event = recorded.event;
    kept_.push_back(recorded);
    past_.at = event.at;
    if (recorded.op) asked(*recorded.op, event.node);
    if (event.kind == EventKind::Deliver) --to_come_[event.a];
    if (event.kind == EventKind::Cut) cut_.insert(event.node);
    if (event.kind == EventKind::Slow) slow_.insert(event.node);
    world_.execute(event, recorded.op ? &*recorded.op : nullptr);
    for (const Outputs::Sent& sent : world_.outputs().sent) note_sent(sent);
    for (const Outputs::Answered& answer : world_.outputs().answered) {
      open_.erase(answer.op.request);
      if (is_of_client(answer.op)) past_.heard.push_back(answer);
    }
    for (const ClientOp& op : world_.outputs().lost) open_.erase(op.request);
  }

  // Behind the kept events a number is another message than in the recording, and arrives once.
  void note_sent(const Outputs::Sent& sent) {
    if (is_over_) {
      world_.set_copies(sent.number, 1);
      past_.under_way.push_back(sent);
      return;
    }
    const auto found = to_come_.find(sent.number);
    world_.set_copies(sent.number, found == to_come_.end() ? 0 : found->second);
    sent_.emplace(sent.number, sent);
  }

  void asked(const ClientOp& op, int node) {
    open_.insert_or_assign(op.request, Past::Asked{op, node});
    past_.used.request = std::max(past_.used.request, op.request);
    past_.used.logical = std::max(past_.used.logical, op.logical);
    if (const WriteOp* write = write_in(op)) {
      past_.used.value = std::max(past_.used.value, write->value);
    }
  }

  World& world_;
  const Recording& recording_;
  std::size_t events_;
  std::vector<RecordedEvent>& kept_;
  std::unordered_map<std::uint64_t, std::uint32_t> to_come_;  // deliveries, by message
  std::map<std::uint64_t, Outputs::Sent> sent_;               // by message
  std::map<std::uint64_t, Past::Asked> open_;                 // by request
  std::set<int> cut_;                                         // nodes that some no longer heard
  std::set<int> slow_;                                        // disks
  bool is_over_ = false;                                      // all that is kept has happened
  Past past_;
};

}  // namespace

std::expected<std::size_t, std::string> events_until(const Recording& recording,
                                                     std::string_view moment) {
  const auto bad = [&](const std::string& why) {
    return std::unexpected("'" + std::string(moment) + "' " + why);
  };
  const bool is_time = moment.ends_with('s');
  const std::string_view digits = is_time ? moment.substr(0, moment.size() - 1) : moment;
  double number = 0;
  const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (digits.empty() || end.ec != std::errc() || end.ptr != digits.data() + digits.size() ||
      !(number >= 0) || number > 1e12 ||
      (!is_time && number != static_cast<double>(static_cast<std::uint64_t>(number)))) {
    return bad("is no moment: give the number of an event, like 523, or a time, like 12.5s");
  }
  const auto& events = recording.events;
  std::size_t count = 0;
  if (is_time) {
    const auto until = static_cast<SimTime>(number * 1e6);
    while (count < events.size() && events[count].event.at <= until) ++count;
  } else {
    count = static_cast<std::size_t>(number) + 1;
  }
  if (count == 0) return bad("lies before the first event");
  if (count >= events.size()) {
    return bad("leaves nothing to go on from: the recording has events #0 to #" +
               std::to_string(events.empty() ? 0 : events.size() - 1) +
               ", and the last one is where it ended");
  }
  return count;
}

RunResult branch(const Recording& recording, const Branching& branching, Recording* branched) {
  World world(recording.config, recording.seed);
  std::vector<RecordedEvent> events;
  RunResult result = observed(world, [&] {
    const Past past = Prefix(world, recording, branching.events, events).replay();
    const DerivedConfig config = knobs_behind(recording, branching, past.at);
    Director(world, config, branching.seed, &events).go_on_from(past);
  });
  result.seed = branching.seed;
  result.profile = recording.profile;
  if (branched != nullptr) {
    *branched = {.seed = recording.seed,
                 .profile = recording.profile,
                 .build = std::string(build_id()),
                 .program = program_hash(),
                 .config = recording.config,
                 .failure = result.failure,
                 .hash = result.hash,
                 .sentences = recording.sentences,
                 .events = std::move(events),
                 .unknown_knobs = {},
                 .missing_knobs = {}};
    branched->sentences.push_back("Branched behind event #" + std::to_string(branching.events - 1) +
                                  " with seed " + std::to_string(branching.seed) + ".");
  }
  return result;
}

}  // namespace confman::sim
