#include "adapters/sqlite/state_flusher.hpp"

#include "domain/base/assert.hpp"

namespace confman::sqlite {

namespace {

using domain::Table;

bool is_version_of(ByteView entry_key, ByteView version_key) {
  return version_key.starts_with(entry_key) &&
         version_key.substr(entry_key.size()).starts_with('\0');
}

}  // namespace

StateFlusher::StateFlusher(Connection connection, Workers& workers, int checkpoint_pages,
                           Flushed flushed)
    : connection_(std::move(connection)),
      begin_(connection_.must_prepare("BEGIN IMMEDIATE")),
      commit_(connection_.must_prepare("COMMIT")),
      writer_(connection_),
      checkpoint_pages_(checkpoint_pages),
      flushed_(std::move(flushed)),
      worker_(workers.start(Duty::State, [this](bool) { return step(); })) {}

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

Worker::Next StateFlusher::step() {
  std::shared_ptr<const Generation> job;
  std::shared_ptr<const Generation> garbage;
  consensus::LogIndex applied;
  {
    const std::lock_guard lock(mutex_);
    job.swap(job_);
    garbage.swap(garbage_);
    applied = job_applied_;
  }
  garbage.reset();
  if (job) {
    write(*job);
    job.reset();  // the loop thread still holds it, so nothing is freed before discard()
    {
      const std::lock_guard lock(mutex_);
      busy_ = false;
    }
    flushed_(applied);
  }
  return Worker::Next::WhenNotified;
}

void StateFlusher::write(const Generation& generation) {
  begin_.must_run();
  for (std::size_t i = 0; i < domain::kTableCount; ++i) {
    const auto table = static_cast<Table>(i);
    if (table == Table::Entry) {
      write_entries(generation);
    } else if (table != Table::Version) {
      for (const auto& row : generation.of(table)) {
        write_row(table, row);
      }
    }
  }
  commit_.must_run();
  if (connection_.wal_pages() >= checkpoint_pages_) {
    connection_.must_checkpoint();
  }
}

// Each head behind the versions of its entry, of which it nearly always is one.
void StateFlusher::write_entries(const Generation& generation) {
  const Generation::Rows::value_type* head = nullptr;
  std::optional<std::int64_t> same;
  const auto write_head = [&] {
    if (head != nullptr) {
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
    if (head != nullptr && row.second.shares_value_with(head->second)) {
      same = writer_->put_version(row.first, row.second.value());
    } else {
      write_row(Table::Version, row);
    }
  }
  write_head();
}

void StateFlusher::write_row(Table table, const Generation::Rows::value_type& row) {
  if (row.second.erased()) {
    writer_->erase(table, row.first);
  } else {
    writer_->put(table, row.first, row.second.value());
  }
}

}  // namespace confman::sqlite
