#include <random>
#include <unistd.h>

#include "adapters/log/log.hpp"
#include "adapters/sqlite/start_counter.hpp"
#include "adapters/sqlite/state_recovery.hpp"
#include "app/confmand/exit_codes.hpp"
#include "app/confmand/process.hpp"
#include "app/confmand/version.hpp"
#include "domain/base/address.hpp"
#include "domain/base/assert.hpp"

// A node's start: what there is on the disk is opened, and what it makes is put together.
namespace confman::host {
namespace {

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
  if (restored_log_.damaged && !node_->status().raft.damage) {
    log::info("log_whole",
              {{"message", "the state has all that was damaged in the log: nothing is fetched"}});
  }
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

}  // namespace confman::host
