#include <future>
#include <random>
#include <unistd.h>

#include "adapters/log/log.hpp"
#include "adapters/re2/re2_patterns.hpp"
#include "adapters/secrets/key_file.hpp"
#include "adapters/secrets/openssl_sealer.hpp"
#include "adapters/sqlite/state/start_counter.hpp"
#include "app/confmand/clocks.hpp"
#include "app/confmand/exit_codes.hpp"
#include "app/confmand/shard.hpp"
#include "domain/base/assert.hpp"

// A shard's start: what there is on the disk is opened, and a node is built on it.
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

void warn(const sqlite::StartupError& warning) {
  log::warning(warning.code, {{"message", warning.message}});
}

sqlite::FatalHandler fatal_handler() {
  return [](const sqlite::FatalError& error) {
    log::error("fatal_storage_error", {{"message", error.message}});
    ::_exit(error.exit_code);
  };
}

// Called by the worker that scrubs.
sqlite::StateFlusher::Scrubbed log_scrub() {
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

}  // namespace

// --- the disk

template <class Completion>
void Shard::on_loop(Completion completion) {
  loop_.post([this, completion = std::move(completion)] { completion(clocks(loop_)); });
}

std::expected<void, StartFailure> Shard::open_stores() {
  if (auto ok = open_keys(); !ok) return ok;
  auto dir = sqlite::DataDir::open(
      {settings_.data_dir, settings_.cluster_name, settings_.node_id, group_, random_u64()});
  if (!dir) return std::unexpected(failure_of(dir.error()));
  dir_.emplace(std::move(*dir));
  for (const sqlite::StartupError& warning : dir_->warnings()) warn(warning);
  const auto starts = sqlite::count_start(*dir_);
  if (!starts) return std::unexpected(failure_of(starts.error()));
  starts_ = *starts;
  // Both take their time, and neither looks at the other's files. But the log of a new directory is
  // made first, since that changes the identity.
  const auto found = [this] { return sqlite::find_state(*dir_, state_options(), on_flushed()); };
  const bool beside = dir_->identity().log_created;
  auto state = std::async(beside ? std::launch::async : std::launch::deferred, found);
  if (auto ok = open_log(); !ok) return ok;
  return open_state(state.get());
}

// Before anything of the node is touched: who has given it the wrong file can try again.
std::expected<void, StartFailure> Shard::open_keys() {
  if (settings_.master_keys.empty()) return {};
  auto keys = secrets::load_key_file(settings_.master_keys);
  if (!keys) {
    return std::unexpected(
        StartFailure{kConfig, keys.error().code, "secrets.master_keys: " + keys.error().message});
  }
  sealer_ = std::make_unique<secrets::OpenSslSealer>(std::move(*keys));
  std::string ids;
  for (const std::string& id : sealer_->master_keys())
    ids.append(ids.empty() ? "" : ",").append(id);
  log::info("master_keys", {{"ids", ids}});
  return {};
}

consensus::NodeId Shard::self() const {
  return {consensus::member_id(settings_.node_id), dir_->identity().incarnation};
}

std::expected<void, StartFailure> Shard::open_log() {
  sqlite::LogStore::Options options;
  options.fatal = fatal_handler();
  auto log = sqlite::LogStore::open(*dir_, options, [this](consensus::PersistSeq upto) {
    on_loop([this, upto](Now now) { node_->persisted(now, upto); });
  });
  if (!log) return std::unexpected(failure_of(log.error()));
  if (log->warning) warn(*log->warning);
  log_ = std::move(log->store);
  restored_log_ = std::move(log->restored);
  return {};
}

sqlite::StateDatabase::Options Shard::state_options() const {
  sqlite::StateDatabase::Options options;
  options.flush_bytes = settings_.flush_bytes;
  options.scrubbed = log_scrub();
  options.fatal = fatal_handler();
  return options;
}

sqlite::StateDatabase::Flushed Shard::on_flushed() {
  return [this](consensus::LogIndex index) {
    on_loop([this, index](Now now) {
      state_->collect();
      node_->state_durable(now, index);
    });
  };
}

std::expected<void, StartFailure> Shard::open_state(sqlite::FoundState found) {
  auto state = sqlite::judge_state(std::move(found), *dir_, state_options(), on_flushed(),
                                   {self().member, restored_log_, starts_});
  if (!state) return std::unexpected(failure_of(state.error()));
  if (state->warning) warn(*state->warning);
  state_ = std::move(state->store);
  return {};
}

std::expected<void, StartFailure> Shard::open_snapshots() {
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

// --- the node

node::NodeConfig Shard::node_config() const {
  node::NodeConfig config;
  config.boot_id = starts_;
  config.raft.group = group_;
  config.raft.self = self();
  config.raft.founders = config::founders_of(settings_);
  config.raft.heartbeat_interval = settings_.heartbeat_interval;
  config.raft.election_timeout_min = settings_.election_timeout_min;
  config.raft.election_timeout_max = settings_.election_timeout_max;
  config.raft.lease_reads = settings_.lease_reads;
  config.raft.min_free_bytes = settings_.min_free;
  config.raft.resume_free_bytes = settings_.min_free + settings_.min_free / 4;
  config.raft.seed = random_u64();
  return config;
}

consensus::Restored Shard::restore() const {
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

std::expected<void, StartFailure> Shard::build_node(peer::PeerNetwork& peers,
                                                    node::ClientSink& clients) {
  peers_ = &peers;
  node::NodeConfig config = node_config();
  if (auto ok = consensus::validate(config.raft); !ok) {
    return std::unexpected(StartFailure{kConfig, "bad_raft_settings", ok.error()});
  }
  if (auto ok = open_snapshots(); !ok) return ok;
  checks_ = std::make_unique<SchemaChecks>(
      std::make_shared<re2::Re2Patterns>(), [this](std::uint64_t job, domain::Verdict verdict) {
        on_loop([this, job, verdict = std::move(verdict)](Now now) {
          node_->judged(now, job, verdict);
        });
      });
  node_ = std::make_unique<node::Node>(
      std::move(config), restore(),
      node::Node::Ports{*log_, *snapshots_, *state_, *this, clients, checks_.get(), sealer_.get()},
      clocks(loop_));
  const bool was_damaged = restored_log_.damaged.has_value();
  restored_log_ = {};

  measure_storage();
  status_log_.emplace(settings_, node_->status().raft.term);
  publish_status(false);
  if (was_damaged && !node_->status().raft.damage) {
    log::info("log_whole",
              {{"message", "the state has all that was damaged in the log: nothing is fetched"}});
  }
  return {};
}

}  // namespace confman::host
