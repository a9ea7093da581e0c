#include "app/confmand/process.hpp"

#include <chrono>
#include <unistd.h>

#include "adapters/log/log.hpp"
#include "app/confmand/exit_codes.hpp"
#include "domain/base/assert.hpp"

namespace confman::host {
namespace {

// A node that was told to stop answers what is open, but no longer than this.
constexpr Duration kDrainTimeout = Duration::seconds(10);
// How often the status document is renewed, timers apart from consensus are looked at, and so on.
constexpr Duration kHousekeeping = Duration::millis(100);
constexpr Duration kMeasureStorage = Duration::seconds(1);
// A turn of the loop that takes longer delays heartbeats, and an operator wants to know.
constexpr Duration kSlowTurn = Duration::millis(100);
// Of what the I/O threads brought, a turn takes so much; the rest comes with the next.
constexpr std::size_t kMaxLettersPerTurn = 1000;

}  // namespace

Host::Host(config::Settings settings)
    : settings_(std::move(settings)), housekeeping_([this] { housekeeping(); }) {}

Host::~Host() = default;

// --- the loop

Time Host::now() const {
  return net::IoLoop::read_clock();
}

Now Host::read_now() const {
  const auto wall = std::chrono::system_clock::now().time_since_epoch();
  return {loop_.now(), {std::chrono::duration_cast<std::chrono::milliseconds>(wall).count()}};
}

void Host::run() {
  loop_.arm(housekeeping_, loop_.now());
  loop_.run();
  close_stores();
}

void Host::submit(node::Request request) {
  {
    const std::lock_guard lock(inbox_mutex_);
    inbox_.letters.emplace_back(std::move(request));
  }
  if (loop_.in_loop_thread()) hand_over_inbox();
}

void Host::cancel(node::RequestId id) {
  {
    const std::lock_guard lock(inbox_mutex_);
    inbox_.letters.emplace_back(id);
  }
  if (loop_.in_loop_thread()) hand_over_inbox();
}

// After a turn of an I/O thread: the loop is woken once for all that the turn brought.
void Host::hand_over_inbox() {
  {
    const std::lock_guard lock(inbox_mutex_);
    if (inbox_.letters.empty() || std::exchange(inbox_.handed_over, true)) return;
  }
  loop_.post([this] { take_inbox(); });
}

void Host::take_inbox() {
  Inbox inbox;
  {
    const std::lock_guard lock(inbox_mutex_);
    std::swap(inbox, inbox_);
  }
  const bool under_way = !backlog_.empty();
  for (auto& letter : inbox.letters) backlog_.push_back(std::move(letter));
  if (!under_way) take_backlog();
}

void Host::take_backlog() {
  const Now now = read_now();
  for (std::size_t i = 0; i < kMaxLettersPerTurn && !backlog_.empty(); ++i) {
    if (auto* request = std::get_if<node::Request>(&backlog_.front())) {
      node_->submit(now, std::move(*request));
    } else {
      node_->cancel(std::get<node::RequestId>(backlog_.front()));
    }
    backlog_.pop_front();
  }
  if (!backlog_.empty()) loop_.post([this] { take_backlog(); });
}

void Host::turn() {
  const Now now = read_now();
  if (node_->next_deadline() <= now.mono) node_->tick(now);
  node_->end_turn(now);
  peers_->flush();
  if (node_->halted()) halt(*node_->halted());
  if (!responses_.empty()) {
    api_->complete(std::move(responses_));
    responses_.clear();
  }
  const Time at = net::IoLoop::read_clock();
  TurnGauge::Turn turn;
  {
    const std::lock_guard lock(status_mutex_);
    turn = turns_.note(loop_.now(), at);
  }
  if (turn.took > kSlowTurn) {
    log::warning("slow_turn", {{"ms", static_cast<std::uint64_t>(turn.took.to_millis())},
                               {"cpu_ms", static_cast<std::uint64_t>(turn.cpu.to_millis())}});
  }
}

// What is told at once may be all that anybody reads of it.
void Host::halt(const consensus::Halt& halt) {
  switch (halt.reason) {
    case consensus::HaltReason::LogRegressed:
      log::error(
          "log_regressed",
          {{"promised", halt.promised.value},
           {"found", halt.found.value},
           {"message",
            "the log ends before what this node has acknowledged: the disk has lost what was "
            "synced, or the data directory is an old copy. Such a disk can't vote any more, so "
            "replace it: move the data directory away, `confman cluster remove " +
                settings_.node_id +
                "`, start the node with an empty directory, `confman cluster add " +
                settings_.node_id + " " + settings_.self().peer + " " + settings_.self().api +
                "` and, when it has caught up, `confman cluster promote " + settings_.node_id +
                "`"}});
      ::_exit(kData);
    case consensus::HaltReason::FeatureTooNew:
      log::error(
          "feature_too_new",
          {{"message",
            "the cluster has gone on to a feature level that this version can't apply: start "
            "a newer version"}});
      ::_exit(kConfig);
  }
  CONFMAN_UNREACHABLE("A node halts for one of two reasons.");
}

void Host::respond(node::Response response) {
  responses_.push_back(std::move(response));
}

// --- looking after things

std::shared_ptr<const api::StatusReport> Host::status() const {
  const std::lock_guard lock(status_mutex_);
  return status_;
}

api::LoopFigures Host::look_at_loop() {
  const std::lock_guard lock(status_mutex_);
  const Time at = now();
  const TurnGauge::Look look = turns_.look(at);
  return {look.longest.took, look.longest.cpu, look.since_last};
}

void Host::publish_status() {
  auto report = std::make_shared<api::StatusReport>();
  report->taken_at = now();
  report->node = node_->status();
  report->membership = node_->membership();
  if (report->membership.members.empty()) report->membership = config::founders_of(settings_);
  report->storage = storage_;
  report->shutting_down = stop_by_.has_value();
  for (const consensus::Member& member : report->membership.members) {
    if (peers_->connected_to(member.id)) report->linked.push_back(member.id);
  }
  // Before this node knows the members there is nothing that the settings could differ from.
  if (!node_->membership().members.empty()) {
    report->settings_differ = config::differences(settings_, node_->membership());
  }
  status_log_->look(*report);
  const std::lock_guard lock(status_mutex_);
  status_ = std::move(report);
}

void Host::measure_storage() {
  storage_ = {};
  std::error_code error;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(dir_->path(), error)) {
    const std::uint64_t size = entry.is_regular_file(error) ? entry.file_size(error) : 0;
    if (error) continue;
    const std::string name = entry.path().filename();
    if (name.starts_with("log.")) storage_.log_bytes += size;
    if (name.starts_with("state.")) storage_.state_bytes += size;
    if (entry.path().parent_path().filename() == "snapshots") storage_.snapshot_bytes += size;
  }
  const auto space = std::filesystem::space(dir_->path(), error);
  if (error) return;
  storage_.free_bytes = space.available;
  node_->disk_space(read_now(), space.available);
}

void Host::housekeeping() {
  const Time at = loop_.now();
  if (at >= flush_at_) {
    state_->flush();
    flush_at_ = at + settings_.flush_interval;
  }
  if (at >= measure_at_) {
    measure_storage();
    measure_at_ = at + kMeasureStorage;
  }
  publish_status();
  for (const node::MemberChanged& change : node_->take_member_changes()) tell(change);
  link_log_.tell_left_out(at);
  if (stop_by_ && (at >= *stop_by_ || is_drained(at))) return loop_.stop();
  loop_.arm(housekeeping_, at + kHousekeeping);
}

// --- stop

void Host::stop() {
  loop_.post([this] { begin_stop(); });
}

void Host::begin_stop() {
  if (stop_by_) return;
  log::info("stopping");
  stop_by_ = loop_.now() + kDrainTimeout;
  lead_until_ = loop_.now() + settings_.election_timeout_max;
  node_->begin_shutdown();
  http_->drain();
}

// Every request is answered, every answer has left, and somebody else leads, if anybody can.
bool Host::is_drained(Time at) const {
  const node::NodeStatus status = node_->status();
  const bool hands_over = status.raft.role == consensus::Role::Leader && at < lead_until_;
  return node_->idle() && http_->stats().connections == 0 && !hands_over;
}

void Host::close_stores() {
  http_->stop();
  api_.reset();
  log_.reset();  // what was queued becomes durable; its completion is posted to a loop that has
                 // ended
  snapshots_.reset();
  state_->stop();
  node_.reset();
  peers_.reset();
  state_.reset();
  log::info("stopped");
}

}  // namespace confman::host
