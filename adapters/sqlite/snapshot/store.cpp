#include "adapters/sqlite/snapshot/store.hpp"

#include <cerrno>

#include "adapters/sqlite/vfs/files.hpp"
#include "domain/base/assert.hpp"
#include "domain/catalogue.hpp"
#include "domain/snapshot/stream.hpp"

namespace confman::sqlite {
namespace {

constexpr const char* kFolder = "snapshots";
constexpr const char* kExtension = ".snap";

bool is_snapshot(const std::string& name) {
  return name.ends_with(kExtension);
}

}  // namespace

std::expected<std::unique_ptr<SnapshotStore>, StartupError> SnapshotStore::open(
    const DataDir& dir, StateDatabase& state, FatalHandler fatal, Callbacks callbacks) {
  const auto folder = dir.file(kFolder);
  FileSystem& files = dir.files();
  if (auto made = files.make_directory(folder); !made && made.error() != EEXIST) {
    return std::unexpected(file_error(folder, "create", made.error()));
  }
  const auto status = files.status(folder);
  if (!status || status->kind != FileStatus::Kind::Directory) {
    return std::unexpected(
        StartupError{"store_path_alias", folder.string() + " is not a directory"});
  }
  const auto names = files.list(folder);
  if (!names) {
    return std::unexpected(file_error(folder, "list", names.error()));
  }
  // A snapshot is known to the process only that built it: what an earlier one left is waste. A
  // power cut may have brought back several.
  for (const std::string& name : *names) {
    (void)files.remove(folder / name);
  }
  return std::unique_ptr<SnapshotStore>(
      new SnapshotStore(dir, state, std::move(fatal), std::move(callbacks)));
}

SnapshotStore::SnapshotStore(const DataDir& dir, StateDatabase& state, FatalHandler fatal,
                             Callbacks callbacks)
    : dir_(dir),
      files_(dir.files()),
      state_(state),
      folder_(dir.file(kFolder)),
      new_state_(dir.file("state.db.new")),
      fatal_(std::move(fatal)),
      callbacks_(std::move(callbacks)),
      worker_(dir.platform().workers->start(Duty::Snapshots, [this](bool) { return step(); })) {}

SnapshotStore::~SnapshotStore() = default;

void SnapshotStore::build() {
  {
    const std::lock_guard lock(mutex_);
    wanted_build_ = true;
  }
  worker_->notify();
}

std::optional<Bytes> SnapshotStore::read(consensus::LogId last, std::uint64_t offset,
                                         std::size_t max_bytes) {
  const std::lock_guard lock(mutex_);
  if (!built_ || built_->last != last) {
    return std::nullopt;
  }
  auto bytes = read_some(*built_->file, offset, max_bytes);
  if (!bytes) {
    built_.reset();  // unreadable is as good as gone: another one is built
    return std::nullopt;
  }
  return std::move(*bytes);
}

std::uint64_t SnapshotStore::stage(const consensus::SnapshotMeta& meta, std::uint64_t offset,
                                   ByteView data) {
  if (!staged_ || staged_->meta != meta) {
    const auto name = folder_ / "staged";
    (void)files_.remove(name);
    auto file = files_.open(name, OpenMode::CreateNew);
    staged_ = Staged{meta, file ? std::move(*file) : nullptr};
    (void)files_.remove(name);
  }
  if (offset != staged_->end || data.size() > meta.size - staged_->end) {
    return staged_->end;
  }
  // A write that fails takes nothing; the sender comes back with the same bytes.
  if (staged_->file && staged_->file->write(offset, data)) {
    staged_->end += data.size();
  }
  return staged_->end;
}

void SnapshotStore::install(const consensus::SnapshotMeta& meta) {
  CONFMAN_ASSERT(staged_ && staged_->meta == meta, "What is installed has been staged.");
  {
    const std::lock_guard lock(mutex_);
    CONFMAN_ASSERT(!swap_pending_ && !wanted_install_, "One snapshot is installed at a time.");
    wanted_install_ = std::exchange(staged_, std::nullopt);
  }
  worker_->notify();
}

void SnapshotStore::finish_install() {
  state_.replace(new_state_);
  {
    const std::lock_guard lock(mutex_);
    CONFMAN_ASSERT(swap_pending_, "Only a prepared snapshot can be swapped in.");
    swap_pending_ = false;
  }
  worker_->notify();
}

Worker::Next SnapshotStore::step() {
  std::optional<Staged> staged;
  bool build = false;
  {
    const std::lock_guard lock(mutex_);
    if (!swap_pending_) {
      staged = std::exchange(wanted_install_, std::nullopt);
    }
    if (!swap_pending_ && !staged) {
      build = std::exchange(wanted_build_, false);
    }
  }
  if (staged) {
    install_now(*staged);
  } else if (build) {
    build_now();
  }
  const std::lock_guard lock(mutex_);
  const bool more = !swap_pending_ && (wanted_install_ || wanted_build_);
  return more ? Worker::Next::Again : Worker::Next::WhenNotified;
}

void SnapshotStore::build_now() {
  const auto temporary = folder_ / "building.snap.tmp";
  auto meta = write_file(temporary);
  if (!meta) {
    (void)files_.remove(temporary);
    callbacks_.failed(meta.error());
    return;
  }
  const auto name = folder_ / (std::to_string(meta->last.index.value) + "-" +
                               std::to_string(meta->last.term.value) + kExtension);
  auto done = files_.rename(temporary, name);
  done = done ? files_.sync_directory(folder_) : done;
  auto file = done ? files_.open(name, OpenMode::Read) : std::unexpected(done.error());
  if (!file) {
    (void)files_.remove(name);
    callbacks_.failed(io_error("publishing " + name.string(), file.error()).message);
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    built_ = Built{meta->last, std::move(*file)};
  }
  remove_other_snapshots(name);
  callbacks_.built(std::move(*meta));
}

std::expected<consensus::SnapshotMeta, std::string> SnapshotStore::write_file(
    const std::filesystem::path& temporary) {
  (void)files_.remove(temporary);
  const auto file = files_.open(temporary, OpenMode::CreateNew);
  if (!file) {
    return std::unexpected(io_error("creating " + temporary.string(), file.error()).message);
  }
  auto view = state_.open_view();
  const domain::MetaRow state = view->meta();
  domain::ClusterRow cluster = view->cluster();
  if (state.applied.index == 0 || cluster.membership.empty()) {
    return std::unexpected("nothing is durable yet, or no members");
  }
  domain::SnapshotHeader header;
  header.cluster = dir_.identity().cluster;
  header.position = state.applied;
  header.membership = cluster.membership;
  consensus::SnapshotMeta meta{
      .last = {consensus::LogIndex{state.applied.index}, consensus::Term{state.applied.term}},
      .chain = state.log_chain,
      .membership = std::move(cluster.membership),
      .feature_level = cluster.feature_level};
  std::expected<void, int> done;
  const auto sink = [&](ByteView bytes) {
    if (done) {
      done = (*file)->write(meta.size, bytes);
      meta.size += bytes.size();
      meta.checksum = crc32c(bytes, meta.checksum);
    }
  };
  domain::SnapshotWriter writer(header, sink);
  for (std::size_t i = 0; i < domain::kTableCount && done; ++i) {
    const auto table = static_cast<domain::Table>(i);
    if (domain::is_derived(table)) {
      continue;
    }
    auto rows = view->reader.scan(table, {}, {});
    while (done && rows.next()) {
      writer.row(table, rows.key(), rows.value());
    }
  }
  writer.finish();
  done = done ? (*file)->sync() : done;
  if (!done) {
    return std::unexpected(io_error("writing " + temporary.string(), done.error()).message);
  }
  return meta;
}

void SnapshotStore::remove_other_snapshots(const std::filesystem::path& kept) const {
  const auto names = files_.list(folder_);
  for (const std::string& name : names ? *names : std::vector<std::string>{}) {
    if (is_snapshot(name) && name != kept.filename()) {
      (void)files_.remove(folder_ / name);
    }
  }
}

}  // namespace confman::sqlite
