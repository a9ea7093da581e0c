#include "app/confmand/process.hpp"

#include <algorithm>

#include "adapters/log/log.hpp"
#include "app/confmand/clocks.hpp"

namespace confman::host {
namespace {

// A node that was told to stop answers what is open, but no longer than this.
constexpr Duration kDrainTimeout = Duration::seconds(10);
// How often the status is renewed, timers apart from consensus are looked at, and so on.
constexpr Duration kHousekeeping = Duration::millis(100);
// A turn of the loop that takes longer delays heartbeats, and an operator wants to know.
constexpr Duration kSlowTurn = Duration::millis(100);

}  // namespace

Process::Process(config::Settings settings)
    : settings_(std::move(settings)),
      inbox_(loop_, [this](std::span<Inbox::Letter> letters) { deliver(letters); }),
      housekeeping_([this] { housekeeping(); }) {}

Process::~Process() = default;

// --- the loop

Time Process::now() const {
  return net::IoLoop::read_clock();
}

void Process::run() {
  loop_.arm(housekeeping_, loop_.now());
  loop_.run();
  close();
}

void Process::submit(node::Request request) {
  inbox_.put(std::move(request));
}

void Process::cancel(node::RequestId id) {
  inbox_.put(id);
}

void Process::deliver(std::span<Inbox::Letter> letters) {
  node::Node& node = requested_shard().node();
  const Now now = clocks(loop_);
  for (Inbox::Letter& letter : letters) {
    if (auto* request = std::get_if<node::Request>(&letter)) {
      node.submit(now, std::move(*request));
    } else {
      node.cancel(std::get<node::RequestId>(letter));
    }
  }
}

void Process::respond(node::Response response) {
  responses_.push_back(std::move(response));
}

Time Process::next_deadline() const {
  Time next = Time::never();
  for (const auto& [group, shard] : shards_) next = std::min(next, shard->node().next_deadline());
  return next;
}

void Process::turn() {
  const Now now = clocks(loop_);
  for (const auto& [group, shard] : shards_) shard->end_turn(now);
  peers_->flush();
  for (const auto& [group, shard] : shards_) shard->end_if_halted();
  if (!responses_.empty()) {
    api_->complete(responses_);
    responses_.clear();
  }
  const Time at = net::IoLoop::read_clock();
  TurnGauge::Turn turn;
  {
    const std::lock_guard lock(turns_mutex_);
    turn = turns_.note(loop_.now(), at);
  }
  if (turn.took > kSlowTurn) {
    log::warning("slow_turn", {{"ms", static_cast<std::uint64_t>(turn.took.to_millis())},
                               {"cpu_ms", static_cast<std::uint64_t>(turn.cpu.to_millis())}});
  }
}

// --- looking after things

std::shared_ptr<const node::StatusReport> Process::status() const {
  return requested_shard().status();
}

node::LoopFigures Process::look_at_loop() {
  const std::lock_guard lock(turns_mutex_);
  const TurnGauge::Look look = turns_.look(now());
  return {look.longest.took, look.longest.cpu, look.since_last};
}

void Process::housekeeping() {
  const Time at = loop_.now();
  for (const auto& [group, shard] : shards_) shard->housekeeping(stop_by_.has_value());
  link_log_.tell_left_out(at);
  if (bootstrap_ && !stop_by_) bootstrap_->look(*status(), at);
  if (stop_by_ && (at >= *stop_by_ || is_drained(at))) return loop_.stop();
  loop_.arm(housekeeping_, at + kHousekeeping);
}

// --- stop

void Process::stop() {
  loop_.post([this] { begin_stop(); });
}

void Process::begin_stop() {
  if (stop_by_) return;
  log::info("stopping");
  stop_by_ = loop_.now() + kDrainTimeout;
  lead_until_ = loop_.now() + settings_.election_timeout_max;
  for (const auto& [group, shard] : shards_) shard->node().begin_shutdown();
  http_->drain();
}

// Every request is answered, every answer has left, and somebody else leads, if anybody can.
bool Process::is_drained(Time at) const {
  const bool idle = std::ranges::all_of(shards_, [&](const auto& entry) {
    const node::Node& node = entry.second->node();
    const bool hands_over = node.status().raft.role == consensus::Role::Leader && at < lead_until_;
    return node.idle() && !hands_over;
  });
  return idle && http_->stats().connections == 0;
}

void Process::close() {
  http_->stop();
  bootstrap_.reset();
  api_.reset();
  for (const auto& [group, shard] : shards_) shard->close();
  peers_.reset();
  log::info("stopped");
}

}  // namespace confman::host
