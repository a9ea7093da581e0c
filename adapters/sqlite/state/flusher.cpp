#include "adapters/sqlite/state/flusher.hpp"

#include <cerrno>
#include <utility>

#include "adapters/sqlite/wal/scan.hpp"
#include "domain/base/assert.hpp"

namespace confman::sqlite {

namespace {

using domain::Table;

bool is_version_of(ByteView entry_key, ByteView version_key) {
  return version_key.starts_with(entry_key) &&
         version_key.substr(entry_key.size()).starts_with('\0');
}

}  // namespace

StateFlusher::StateFlusher(Connection connection, std::unique_ptr<StateScrub> scrub,
                           Workers& workers, Options options)
    : connection_(std::move(connection)),
      begin_(connection_.must_prepare("BEGIN IMMEDIATE")),
      commit_(connection_.must_prepare("COMMIT")),
      writer_(connection_),
      options_(std::move(options)),
      marks_(*options_.files, options_.file.parent_path()),
      scrub_(std::move(scrub)),
      worker_(workers.start(Duty::State, [this](bool idle) { return step(idle); })) {}

StateFlusher::~StateFlusher() {
  worker_->drain();
}

void StateFlusher::start(std::shared_ptr<const Generation> generation,
                         consensus::LogIndex applied) {
  {
    const std::lock_guard lock(mutex_);
    CONFMAN_ASSERT(!busy_, "One generation is flushed at a time.");
    job_ = std::move(generation);
    job_applied_ = applied;
    busy_ = true;
  }
  worker_->notify();
}

bool StateFlusher::busy() const {
  const std::lock_guard lock(mutex_);
  return busy_;
}

void StateFlusher::discard(std::shared_ptr<const Generation> generation) {
  {
    const std::lock_guard lock(mutex_);
    garbage_.swap(generation);
  }
  worker_->notify();
}

void StateFlusher::empty_wal() {
  {
    const std::lock_guard lock(mutex_);
    empty_wal_wanted_ = true;
  }
  worker_->notify();
  wait();
}

ScrubProgress StateFlusher::scrubbed() const {
  const std::lock_guard lock(mutex_);
  return scrubbed_;
}

Worker::Next StateFlusher::step(bool idle) {
  std::shared_ptr<const Generation> job;
  std::shared_ptr<const Generation> garbage;
  consensus::LogIndex applied;
  bool empty_wal = false;
  {
    const std::lock_guard lock(mutex_);
    job.swap(job_);
    garbage.swap(garbage_);
    applied = job_applied_;
    empty_wal = std::exchange(empty_wal_wanted_, false);
  }
  garbage.reset();
  const bool flushes = job != nullptr;
  if (job) {
    write(*job);
    job.reset();  // the loop thread still holds it, so nothing is freed before discard()
    {
      const std::lock_guard lock(mutex_);
      busy_ = false;
    }
    options_.flushed(applied);
  }
  if (empty_wal) {
    empty_wal_now();
  }
  // Also where one flush follows the other.
  if (scrub_ && (idle || flushes)) {
    scrub_on();
  }
  return scrub_ ? Worker::Next::WhenIdle : Worker::Next::WhenNotified;
}

void StateFlusher::scrub_on() {
  const bool first = scrub_->progress().rows == 0;
  if (first && options_.scrubbed) {
    options_.scrubbed({});
  }
  const auto progress = scrub_->step();
  if (!progress) {
    die(connection_.fatal(), {kExitData, "state.db: " + progress.error()});
  }
  {
    const std::lock_guard lock(mutex_);
    scrubbed_ = *progress;
  }
  if (!progress->done) {
    return;
  }
  scrub_.reset();
  // Not worth a process: then the next starts count one too many.
  (void)marks_.clear_starts();
  if (options_.scrubbed) {
    options_.scrubbed(*progress);
  }
}

// Before pages are moved: see StateMarks.
void StateFlusher::mark_moving(std::uint64_t frames) {
  const auto wal = id_of_wal(*options_.files, options_.file.string() + "-wal");
  const auto marked =
      wal && *wal ? marks_.set_moving(**wal, frames) : std::unexpected(wal ? EIO : wal.error());
  if (!marked) {
    die(connection_.fatal(),
        io_error("marking a checkpoint of " + options_.file.string(), marked.error()));
  }
}

// Behind a commit, which is synced.
void StateFlusher::mark_synced() {
  const auto wal = id_of_wal(*options_.files, options_.file.string() + "-wal");
  if (wal && !*wal) {
    return;  // the commit changed nothing
  }
  const auto frames = static_cast<std::uint64_t>(connection_.wal_frames());
  const auto marked = wal ? marks_.set_synced(**wal, frames) : std::unexpected(wal.error());
  if (!marked) {
    die(connection_.fatal(),
        io_error("marking a flush of " + options_.file.string(), marked.error()));
  }
}

void StateFlusher::empty_wal_now() {
  const auto wal = scan_wal(*options_.files, options_.file.string() + "-wal");
  if (!wal) {
    die(connection_.fatal(), io_error("reading " + options_.file.string() + "-wal", wal.error()));
  }
  if (wal->frames > 0) {
    mark_moving(wal->frames);
  }
  const auto emptied = connection_.empty_wal();
  if (!emptied) {
    die(connection_.fatal(), to_fatal(options_.file, emptied.error()));
  }
  if (*emptied) {
    (void)marks_.clear_moving();
  }
}

void StateFlusher::write(const Generation& generation) {
  begin_.must_run();
  for (std::size_t i = 0; i < domain::kTableCount; ++i) {
    const auto table = static_cast<Table>(i);
    if (table == Table::Entry) {
      write_entries(generation);
    } else if (table != Table::Version) {
      for (const auto& row : generation.of(table)) {
        tell_scrub(table, row);
        write_row(table, row);
      }
    }
  }
  last_keys_.note(generation);
  commit_.must_run();
  mark_synced();
  if (connection_.wal_pages() >= options_.checkpoint_pages) {
    mark_moving(static_cast<std::uint64_t>(connection_.wal_frames()));
    connection_.must_checkpoint();
  }
}

// Each head behind the versions of its entry, of which it nearly always is one.
void StateFlusher::write_entries(const Generation& generation) {
  const Generation::Rows::value_type* head = nullptr;
  std::optional<std::int64_t> same;
  const auto write_head = [&] {
    if (head != nullptr) {
      tell_scrub(Table::Entry, *head);
      same ? writer_->put_head(head->first, *same) : write_row(Table::Entry, *head);
    }
    head = nullptr;
    same.reset();
  };
  for (const auto& row : generation.of(Table::Entry)) {
    if (row.second.table() == Table::Entry) {
      write_head();
      head = &row;
      continue;
    }
    if (head != nullptr && !is_version_of(head->first, row.first)) {
      write_head();
    }
    tell_scrub(Table::Version, row);
    if (head != nullptr && row.second.shares_value_with(head->second)) {
      same = writer_->put_version(row.first, row.second.value());
    } else {
      write_row(Table::Version, row);
    }
  }
  write_head();
}

void StateFlusher::tell_scrub(Table table, const Generation::Rows::value_type& row) {
  if (scrub_ && scrub_->is_ahead(table, row.first)) {
    scrub_->changed(table, row.first, stored_.get(table, row.first),
                    row.second.erased() ? std::nullopt : std::optional(row.second.value()));
  }
}

void StateFlusher::write_row(Table table, const Generation::Rows::value_type& row) {
  if (row.second.erased()) {
    // What came and went within a generation was never there.
    if (last_keys_.may_have(table, row.first, stored_, nullptr)) {
      writer_->erase(table, row.first);
    }
  } else {
    writer_->put(table, row.first, row.second.value());
  }
}

}  // namespace confman::sqlite
