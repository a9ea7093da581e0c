#include "app/confmand/host.hpp"

#include <chrono>
#include <random>
#include <unistd.h>

#include "adapters/log/log.hpp"
#include "adapters/sqlite/start_counter.hpp"
#include "adapters/sqlite/state_recovery.hpp"
#include "app/confmand/exit_codes.hpp"
#include "app/confmand/version.hpp"
#include "domain/base/address.hpp"
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

std::uint64_t random_u64() {
  std::random_device device;
  return (static_cast<std::uint64_t>(device()) << 32) | device();
}

// A disk that doesn't do its work now is no reason to think that its files are damaged.
StartFailure failure_of(const sqlite::StartupError& error) {
  const bool of_the_disk = error.code == "store_io_error" || error.code == "insufficient_storage";
  const bool in_use = error.code == "store_in_use";
  return {of_the_disk ? kIo : in_use ? kUnavailable : kData, error.code, error.message};
}

}  // namespace

Host::Host(config::Settings settings)
    : settings_(std::move(settings)), housekeeping_([this] { housekeeping(); }) {}

Host::~Host() = default;

// --- start

std::expected<void, StartFailure> Host::start() {
  if (auto ok = open_stores(); !ok) return ok;
  if (auto ok = build_node(); !ok) return ok;
  return listen();
}

sqlite::FatalHandler Host::fatal_handler() const {
  return [](const sqlite::FatalError& error) {
    log::error("fatal_storage_error", {{"message", error.message}});
    ::_exit(error.exit_code);
  };
}

// Called by the worker that scrubs.
sqlite::StateFlusher::Scrubbed Host::log_scrub() {
  return [began = Time{}](const sqlite::ScrubProgress& progress) mutable {
    const Time at = net::IoLoop::read_clock();
    if (!progress.done) {
      began = at;
      return log::info("scrub_started");
    }
    log::info("scrub_done", {{"rows", progress.rows},
                             {"ms", static_cast<std::uint64_t>((at - began).to_millis())}});
  };
}

template <class Completion>
void Host::on_loop(Completion completion) {
  loop_.post([this, completion = std::move(completion)] { completion(read_now()); });
}

std::expected<void, StartFailure> Host::open_stores() {
  auto dir = sqlite::DataDir::open({settings_.data_dir, settings_.cluster_name, settings_.node_id,
                                    consensus::GroupId{0}, random_u64()});
  if (!dir) return std::unexpected(failure_of(dir.error()));
  dir_.emplace(std::move(*dir));
  for (const sqlite::StartupError& warning : dir_->warnings()) {
    log::warning(warning.code, {{"message", warning.message}});
  }
  const auto starts = sqlite::count_start(*dir_);
  if (!starts) return std::unexpected(failure_of(starts.error()));
  starts_ = *starts;

  sqlite::LogStore::Options log_options;
  log_options.fatal = fatal_handler();
  auto log = sqlite::LogStore::open(*dir_, log_options, [this](consensus::PersistSeq upto) {
    on_loop([this, upto](Now now) { node_->persisted(now, upto); });
  });
  if (!log) return std::unexpected(failure_of(log.error()));
  if (log->warning) log::warning(log->warning->code, {{"message", log->warning->message}});
  log_ = std::move(log->store);
  restored_log_ = std::move(log->restored);

  sqlite::StateStore::Options state_options;
  state_options.flush_bytes = settings_.flush_bytes;
  state_options.scrubbed = log_scrub();
  state_options.fatal = fatal_handler();
  const auto flushed = [this](consensus::LogIndex index) {
    on_loop([this, index](Now now) {
      state_->collect();
      node_->state_durable(now, index);
    });
  };
  auto state =
      sqlite::open_state(*dir_, state_options, flushed,
                         {consensus::member_id(settings_.node_id), restored_log_, starts_});
  if (!state) return std::unexpected(failure_of(state.error()));
  if (state->warning) log::warning(state->warning->code, {{"message", state->warning->message}});
  state_ = std::move(state->store);
  return {};
}

consensus::Restored Host::restore() const {
  const domain::MetaRow meta = domain::meta_of(*state_);
  const domain::ClusterRow cluster = domain::cluster_of(*state_);
  consensus::Restored restored;
  restored.log = restored_log_;
  restored.applied = {{consensus::LogIndex{meta.applied.index}, consensus::Term{meta.applied.term}},
                      meta.log_chain};
  if (!cluster.membership.empty()) {
    restored.membership = consensus::decode_membership(cluster.membership);
    CONFMAN_ASSERT(restored.membership, "The state holds a configuration that can't be read.");
  }
  restored.feature_level = cluster.feature_level;
  return restored;
}

std::expected<void, StartFailure> Host::build_node() {
  loop_.add_end_of_turn([this] { turn(); });
  loop_.set_deadline_source([this] { return node_->next_deadline(); });

  node::NodeConfig config;
  config.boot_id = starts_;
  config.raft.self = {consensus::member_id(settings_.node_id), dir_->identity().incarnation};
  config.raft.founders = config::founders_of(settings_);
  config.raft.heartbeat_interval = settings_.heartbeat_interval;
  config.raft.election_timeout_min = settings_.election_timeout_min;
  config.raft.election_timeout_max = settings_.election_timeout_max;
  config.raft.lease_reads = settings_.lease_reads;
  config.raft.min_free_bytes = settings_.min_free;
  config.raft.resume_free_bytes = settings_.min_free + settings_.min_free / 4;
  config.raft.seed = random_u64();
  if (auto ok = consensus::validate(config.raft); !ok) {
    return std::unexpected(StartFailure{kConfig, "bad_raft_settings", ok.error()});
  }

  peer::PeerConfig peer_config;
  peer_config.cluster = settings_.cluster_name;
  peer_config.self = config.raft.self;
  peer_config.boot_id = starts_;
  peer_config.listen = settings_.self().peer;
  peer_config.membership = config.raft.founders;
  peer_config.loopback_only = settings_.dev_open;
  peers_ = std::make_unique<peer::PeerNetwork>(
      loop_, std::move(peer_config),
      peer::PeerCallbacks{
          [this](node::PeerMessage message) { node_->receive(read_now(), std::move(message)); },
          [this](const peer::LinkNews& news) { link_log_.tell(loop_.now(), news); }});

  if (auto ok = open_snapshots(); !ok) return ok;

  node_ = std::make_unique<node::Node>(
      std::move(config), restore(), node::Node::Ports{*log_, *snapshots_, *state_, *peers_, *this},
      read_now());
  restored_log_ = {};
  return {};
}

std::expected<void, StartFailure> Host::open_snapshots() {
  sqlite::SnapshotStore::Callbacks callbacks;
  callbacks.built = [this](consensus::SnapshotMeta meta) {
    log::info("snapshot_built", {{"index", meta.last.index.value}, {"bytes", meta.size}});
    on_loop([this, meta = std::move(meta)](Now now) { node_->snapshot_built(now, meta); });
  };
  callbacks.failed = [this](const std::string& why) {
    log::warning("snapshot_failed", {{"why", why}});
    on_loop([this](Now now) { node_->snapshot_failed(now); });
  };
  callbacks.prepared = [this](consensus::SnapshotMeta meta) {
    on_loop([this, meta = std::move(meta)](Now now) {
      snapshots_->finish_install();
      log::info("snapshot_installed", {{"index", meta.last.index.value}});
      node_->snapshot_installed(now, meta);
    });
  };
  callbacks.rejected = [this](consensus::SnapshotMeta meta, const std::string& why) {
    log::error("snapshot_rejected", {{"index", meta.last.index.value}, {"why", why}});
    on_loop([this, meta = std::move(meta)](Now now) { node_->snapshot_rejected(now, meta); });
  };
  auto snapshots =
      sqlite::SnapshotStore::open(*dir_, *state_, fatal_handler(), std::move(callbacks));
  if (!snapshots) return std::unexpected(failure_of(snapshots.error()));
  snapshots_ = std::move(*snapshots);
  return {};
}

std::expected<void, StartFailure> Host::listen() {
  if (auto ok = peers_->start(); !ok) {
    return std::unexpected(StartFailure{kUnavailable, "address_in_use", ok.error()});
  }
  api::ApiConfig api_config;
  api_config.self = consensus::member_id(settings_.node_id);
  api_config.self_name = settings_.node_id;
  api_config.version = kVersion;
  api_config.development_mode = settings_.dev_open;
  api_config.forward_writes = settings_.forward_writes;
  api_ = std::make_unique<api::Api>(std::move(api_config), static_cast<api::NodeGateway&>(*this),
                                    static_cast<api::Clock&>(*this), &checker_);

  const auto address = parse_address(settings_.self().api);
  http::ServerConfig http_config;
  http_config.address = address->host == "localhost" ? "127.0.0.1" : address->host;
  http_config.port = address->port;
  http_config.threads = settings_.http_threads;
  http_ = std::make_unique<http::Server>(
      http_config,
      [this](http::Request&& request, http::ResponseSink sink) {
        api_->handle(std::move(request), std::move(sink));
      },
      [this] { hand_over_inbox(); });
  measure_storage();
  status_log_.emplace(settings_, node_->status().raft.term);
  publish_status();
  const auto port = http_->start();
  if (!port)
    return std::unexpected(StartFailure{kUnavailable, "address_in_use", port.error().message});
  log::info("started", {{"version", kVersion},
                        {"api", settings_.self().api},
                        {"peers", settings_.self().peer},
                        {"start", starts_},
                        {"applied", state_->position().index}});
  if (settings_.dev_open) {
    log::warning("development_mode", {{"message", "the API is open to everybody on this machine"}});
  }
  return {};
}

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
