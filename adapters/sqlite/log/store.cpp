#include "adapters/sqlite/log/store.hpp"

#include "domain/base/assert.hpp"

namespace confman::sqlite {
namespace {

// Far above what the core's windows allow (max_uncommitted_*, max_inflight_* of RaftConfig).
constexpr std::size_t kMaxQueuedRequests = 1024 * 1024;
constexpr std::size_t kMaxQueuedBytes = std::size_t{1024} * 1024 * 1024;
// One transaction; more waits for the next, so that completions keep flowing.
constexpr std::size_t kMaxBatchBytes = 8 * 1024 * 1024;
constexpr std::uint64_t kTrimPerChore = 500;

std::size_t size_of(const consensus::PersistRequest& request) {
  std::size_t size = sizeof request;
  for (const auto* entries : {&request.append, &request.fill}) {
    for (const auto& entry : *entries) {
      size += entry.size();
    }
  }
  return size;
}

}  // namespace

std::expected<LogStore::Opened, StartupError> LogStore::open(DataDir& dir, const Options& options,
                                                             Completion completion) {
  auto opened = LogDatabase::open(dir, options.fatal);
  if (!opened) {
    return std::unexpected(opened.error());
  }
  std::unique_ptr<LogStore> store(new LogStore(std::move(opened->database), *dir.platform().workers,
                                               options, std::move(completion)));
  return Opened{std::move(store), std::move(opened->restored), std::move(opened->warning)};
}

LogStore::LogStore(LogDatabase database, Workers& workers, const Options& options,
                   Completion completion)
    : database_(std::move(database)),
      checkpoint_idle_pages_(options.checkpoint_idle_pages),
      checkpoint_pages_(options.checkpoint_pages),
      completion_(std::move(completion)),
      worker_(workers.start(Duty::Log, [this](bool idle) { return step(idle); })) {}

LogStore::~LogStore() {
  worker_->drain();
}

void LogStore::persist(consensus::PersistRequest request) {
  const std::size_t size = size_of(request);
  {
    const std::lock_guard lock(mutex_);
    CONFMAN_ASSERT(queue_.empty() || queue_.back().seq < request.seq,
                   "Persist requests come in the order of their numbers.");
    queued_bytes_ += size;
    queue_.push_back(std::move(request));
    CONFMAN_ASSERT(queue_.size() <= kMaxQueuedRequests && queued_bytes_ <= kMaxQueuedBytes,
                   "The core's windows bound what waits for the disk.");
  }
  worker_->notify();
}

Worker::Next LogStore::step(bool idle) {
  bool more = false;
  const auto batch = next_batch(more);
  if (!batch.empty()) {
    database_.write(batch);
    completion_(batch.back().seq);
    if (database_.wal_pages() >= checkpoint_pages_) {
      database_.checkpoint();
    }
    return more ? Worker::Next::Again : Worker::Next::WhenIdle;
  }
  return idle && !do_idle_work() ? Worker::Next::WhenNotified : Worker::Next::WhenIdle;
}

std::vector<consensus::PersistRequest> LogStore::next_batch(bool& more) {
  const std::lock_guard lock(mutex_);
  std::vector<consensus::PersistRequest> batch;
  std::size_t bytes = 0;
  while (!queue_.empty() && bytes < kMaxBatchBytes) {
    bytes += size_of(queue_.front());
    batch.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  queued_bytes_ -= bytes;
  more = !queue_.empty();
  return batch;
}

// One short chore; false: there is none left.
bool LogStore::do_idle_work() {
  if (database_.trim(kTrimPerChore)) {
    return true;
  }
  if (database_.wal_pages() >= checkpoint_idle_pages_) {
    database_.checkpoint();
  }
  return false;
}

}  // namespace confman::sqlite
