#include "sim/storage/node_storage.hpp"

#include <utility>

#include "adapters/sqlite/state/recovery.hpp"
#include "adapters/sqlite/state/start_counter.hpp"
#include "domain/base/assert.hpp"

namespace confman::sim {
namespace {

constexpr const char* kPath = "/data";

[[noreturn]] void exit_process(const sqlite::FatalError& error) {
  throw ProcessExit{error.exit_code, error.message};
}

sqlite::Duty duty_of(NodeStorage::Job job) {
  switch (job) {
    case NodeStorage::Job::Log:
      return sqlite::Duty::Log;
    case NodeStorage::Job::State:
      return sqlite::Duty::State;
    case NodeStorage::Job::Snapshots:
      return sqlite::Duty::Snapshots;
  }
  CONFMAN_UNREACHABLE("A job is one of three.");
}

}  // namespace

// Members die in reverse: the order in which a host closes them.
struct NodeStorage::Stores {
  explicit Stores(sqlite::DataDir&& opened) : dir(std::move(opened)) {}

  sqlite::DataDir dir;
  std::unique_ptr<sqlite::StateDatabase> state;
  std::unique_ptr<sqlite::SnapshotStore> snapshots;
  std::unique_ptr<sqlite::LogStore> log;
};

NodeStorage::NodeStorage(Options options) : options_(std::move(options)), disk_(options_.device) {}

NodeStorage::~NodeStorage() {
  end_process();
}

// --- a process

std::expected<NodeStorage::Opened, NodeStorage::Refused> NodeStorage::open() {
  CONFMAN_ASSERT(!is_open(), "A node has one process at a time.");
  vfs_ = std::make_unique<sqlite::FileSystemVfs>(disk_, disk_.device());
  workers_.revive();
  last_persisted_ = {};
  last_state_durable_ = {};
  try {
    auto opened = open_stores();
    if (!opened) kill();
    return opened;
  } catch (const ProcessExit& exit) {
    kill();
    return std::unexpected(Refused{exit.code, "fatal_storage_error", exit.message});
  }
}

std::expected<NodeStorage::Opened, NodeStorage::Refused> NodeStorage::open_stores() {
  const auto refused = [](const sqlite::StartupError& error) {
    return std::unexpected(Refused{sqlite::kExitData, error.code, error.message});
  };
  auto dir = sqlite::DataDir::open(
      {.path = kPath,
       .cluster = options_.cluster,
       .node = options_.node,
       .group = options_.group,
       .incarnation_if_new = options_.incarnation_if_new,
       .platform = {.files = &disk_, .vfs = vfs_->name(), .workers = &workers_, .process_id = 1}});
  if (!dir) return refused(dir.error());
  stores_ = std::make_unique<Stores>(std::move(*dir));
  Opened out;
  out.incarnation = stores_->dir.identity().incarnation;
  out.created = stores_->dir.created();
  const auto starts = sqlite::count_start(stores_->dir);
  if (!starts) return refused(starts.error());
  out.starts = *starts;

  sqlite::LogStore::Options log_options = options_.log;
  log_options.fatal = exit_process;
  auto log = sqlite::LogStore::open(stores_->dir, log_options, [this](consensus::PersistSeq upto) {
    last_persisted_ = {upto};
    completions_.emplace_back(last_persisted_);
  });
  if (!log) return refused(log.error());
  stores_->log = std::move(log->store);
  out.log = std::move(log->restored);

  sqlite::StateDatabase::Options state_options = options_.state;
  state_options.fatal = exit_process;
  const auto flushed = [this](consensus::LogIndex index) {
    last_state_durable_ = {index};
    completions_.emplace_back(last_state_durable_);
  };
  auto state = sqlite::open_state(stores_->dir, state_options, flushed,
                                  {options_.self, out.log, out.starts});
  if (!state) return refused(state.error());
  stores_->state = std::move(state->store);
  out.applied = stores_->state->position();
  if (state->warning) out.state_warning = state->warning->code;

  auto snapshots = sqlite::SnapshotStore::open(stores_->dir, *stores_->state, exit_process,
                                               snapshot_callbacks());
  if (!snapshots) return refused(snapshots.error());
  stores_->snapshots = std::move(*snapshots);
  return out;
}

sqlite::SnapshotStore::Callbacks NodeStorage::snapshot_callbacks() {
  return {
      .built =
          [this](consensus::SnapshotMeta meta) {
            completions_.emplace_back(SnapshotBuilt{std::move(meta)});
          },
      .failed =
          [this](std::string why) { completions_.emplace_back(SnapshotFailed{std::move(why)}); },
      .prepared =
          [this](consensus::SnapshotMeta meta) {
            completions_.emplace_back(Prepared{std::move(meta)});
          },
      .rejected =
          [this](consensus::SnapshotMeta meta, std::string why) {
            completions_.emplace_back(SnapshotRejected{std::move(meta), std::move(why)});
          }};
}

consensus::LogStore& NodeStorage::log() {
  return *stores_->log;
}
sqlite::StateDatabase& NodeStorage::state() {
  return *stores_->state;
}
consensus::SnapshotStore& NodeStorage::snapshots() {
  return *stores_->snapshots;
}

// --- its slow work

bool NodeStorage::has_work(Job job) const {
  return workers_.has_work(duty_of(job));
}

void NodeStorage::run(Job job) {
  workers_.run(duty_of(job));
}

bool NodeStorage::run_chore() {
  return workers_.run(sqlite::Duty::Log, true);
}

bool NodeStorage::scrub_on() {
  if (!has_work(Job::State)) workers_.run(sqlite::Duty::State, true);
  return !stores_->state->scrubbed().done;
}

std::vector<NodeStorage::Completion> NodeStorage::take_completions() {
  std::vector<Completion> out;
  for (Reported& reported : std::exchange(completions_, {})) {
    if (const auto* prepared = std::get_if<Prepared>(&reported)) {
      stores_->snapshots->finish_install();
      out.emplace_back(SnapshotInstalled{prepared->meta});
    } else {
      if (std::holds_alternative<StateDurable>(reported)) stores_->state->collect();
      std::visit(
          [&out]<class T>(T& completion) {
            if constexpr (!std::is_same_v<T, Prepared>) out.emplace_back(std::move(completion));
          },
          reported);
    }
  }
  // The memory of what was flushed is freed by the flusher: that is no event worth a date.
  if (workers_.has_work(sqlite::Duty::State) && !stores_->state->flushing()) run(Job::State);
  return out;
}

// --- its end

void NodeStorage::close() {
  while (has_work(Job::Log)) run(Job::Log);  // here, because a destructor must not throw
  stores_->log.reset();
  stores_->snapshots.reset();
  stores_->state->stop();
  stores_->state.reset();
  end_process();
  disk_.restart();
}

// As the kernel does it: nothing that its destructors try reaches the disk.
void NodeStorage::end_process() {
  workers_.kill();
  disk_.stop();
  stores_.reset();
  completions_.clear();
  vfs_.reset();
}

void NodeStorage::kill() {
  end_process();
  disk_.restart();
}

void NodeStorage::cut_power(CrashChoices& choices) {
  end_process();
  disk_.restart(choices);
}

void NodeStorage::cut_power_during(Job job, std::uint64_t changes, CrashChoices& choices) {
  disk_.stop_after(changes);
  try {
    run(job);
  } catch (const ProcessExit&) {
    // The line that it would have said was never printed.
  }
  cut_power(choices);
}

// --- the disk

void NodeStorage::wipe() {
  put_back({});
}

void NodeStorage::put_back(const SimFileSystem::Image& image) {
  CONFMAN_ASSERT(!is_open(), "A disk is exchanged while nobody uses it.");
  disk_.put_back(image);
}

}  // namespace confman::sim
