#include "adapters/sqlite/snapshot_store.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "domain/base/assert.hpp"
#include "domain/snapshot_codec.hpp"

namespace confman::sqlite {
namespace {

constexpr const char* kFolder = "snapshots";
constexpr const char* kExtension = ".snap";

}  // namespace

std::expected<std::unique_ptr<SnapshotStore>, StartupError> SnapshotStore::open(
    const DataDir& dir, StateStore& state, FatalHandler fatal, Callbacks callbacks) {
  const auto folder = dir.file(kFolder);
  if (::mkdir(folder.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
    return std::unexpected(file_error(folder, "create", errno));
  }
  std::error_code error;
  if (!std::filesystem::is_directory(std::filesystem::symlink_status(folder, error))) {
    return std::unexpected(
        StartupError{"store_path_alias", folder.string() + " is not a directory"});
  }
  // What isn't finished is waste; a finished snapshot stays until the next one replaces it.
  for (const auto& item : std::filesystem::directory_iterator(folder, error)) {
    if (item.path().extension() != kExtension) {
      std::error_code ignored;
      std::filesystem::remove(item.path(), ignored);
    }
  }
  if (error) {
    return std::unexpected(file_error(folder, "list", error.value()));
  }
  return std::unique_ptr<SnapshotStore>(
      new SnapshotStore(dir, state, std::move(fatal), std::move(callbacks)));
}

SnapshotStore::SnapshotStore(const DataDir& dir, StateStore& state, FatalHandler fatal,
                             Callbacks callbacks)
    : dir_(dir),
      state_(state),
      folder_(dir.file(kFolder)),
      new_state_(dir.file("state.db.new")),
      fatal_(std::move(fatal)),
      callbacks_(std::move(callbacks)),
      thread_([this] { run(); }) {}

SnapshotStore::~SnapshotStore() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void SnapshotStore::build(Bytes membership) {
  {
    const std::lock_guard lock(mutex_);
    wanted_build_ = std::move(membership);
  }
  wake_.notify_one();
}

std::optional<Bytes> SnapshotStore::read(consensus::LogId last, std::uint64_t offset,
                                         std::size_t max_bytes) {
  const std::lock_guard lock(mutex_);
  if (!built_ || built_->last != last) {
    return std::nullopt;
  }
  auto bytes = read_some(built_->file.get(), offset, max_bytes);
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
    ::unlink(name.c_str());
    staged_ =
        Staged{meta, Fd(::open(name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
                               S_IRUSR | S_IWUSR))};
    ::unlink(name.c_str());
  }
  if (offset != staged_->end || data.size() > meta.size - staged_->end) {
    return staged_->end;
  }
  // A write that fails takes nothing; the sender comes back with the same bytes.
  if (staged_->file && write_all(staged_->file.get(), data, offset)) {
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
  wake_.notify_one();
}

void SnapshotStore::finish_install() {
  state_.replace(new_state_);
  {
    const std::lock_guard lock(mutex_);
    CONFMAN_ASSERT(swap_pending_, "Only a prepared snapshot can be swapped in.");
    swap_pending_ = false;
  }
  wake_.notify_one();
}

void SnapshotStore::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] {
      return stopping_ || (!swap_pending_ && (wanted_build_ || wanted_install_));
    });
    if (stopping_) {
      return;
    }
    if (wanted_install_) {
      const auto staged = std::exchange(wanted_install_, std::nullopt);
      lock.unlock();
      install_now(*staged);
    } else {
      const auto membership = std::exchange(wanted_build_, std::nullopt);
      lock.unlock();
      build_now(*membership);
    }
    lock.lock();
  }
}

void SnapshotStore::build_now(const Bytes& membership) {
  const auto temporary = folder_ / "building.snap.tmp";
  auto meta = write_file(temporary, membership);
  if (!meta) {
    ::unlink(temporary.c_str());
    callbacks_.failed(meta.error());
    return;
  }
  const auto name = folder_ / (std::to_string(meta->last.index.value) + "-" +
                               std::to_string(meta->last.term.value) + kExtension);
  Fd file;
  if (::rename(temporary.c_str(), name.c_str()) == 0 && sync_directory(folder_)) {
    file = Fd(::open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  }
  if (!file) {
    const int error = errno;
    ::unlink(name.c_str());
    callbacks_.failed(io_error("publishing " + name.string(), error).message);
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    built_ = Built{meta->last, std::move(file)};
  }
  remove_other_snapshots(name);
  callbacks_.built(std::move(*meta));
}

std::expected<consensus::SnapshotMeta, std::string> SnapshotStore::write_file(
    const std::filesystem::path& temporary, const Bytes& membership) {
  ::unlink(temporary.c_str());
  const Fd file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
                       S_IRUSR | S_IWUSR));
  if (!file) {
    return std::unexpected(io_error("creating " + temporary.string(), errno).message);
  }
  auto view = state_.open_view();
  const auto position = view->position();
  if (position.index == 0) {
    return std::unexpected("nothing is durable yet");
  }
  consensus::SnapshotMeta meta{
      {consensus::LogIndex{position.index}, consensus::Term{position.term}}, membership};
  int error = 0;
  const auto sink = [&](ByteView bytes) {
    if (error == 0) {
      const auto written = write_all(file.get(), bytes, meta.size);
      error = written ? 0 : written.error();
      meta.size += bytes.size();
      meta.checksum = crc32c(bytes, meta.checksum);
    }
  };
  domain::SnapshotHeader header;
  header.cluster = dir_.identity().cluster;
  header.position = position;
  header.membership = membership;
  domain::SnapshotWriter writer(header, sink);
  for (std::size_t i = 0; i < domain::kTableCount && error == 0; ++i) {
    const auto table = static_cast<domain::Table>(i);
    auto rows = view->reader.scan(table, {}, {});
    while (error == 0 && rows.next()) {
      writer.row(table, rows.key(), rows.value());
    }
  }
  writer.finish();
  if (error == 0 && ::fsync(file.get()) != 0) {
    error = errno;
  }
  if (error != 0) {
    return std::unexpected(io_error("writing " + temporary.string(), error).message);
  }
  return meta;
}

void SnapshotStore::remove_other_snapshots(const std::filesystem::path& kept) const {
  std::error_code ignored;
  for (const auto& item : std::filesystem::directory_iterator(folder_, ignored)) {
    if (item.path().extension() == kExtension && item.path() != kept) {
      std::error_code also_ignored;
      std::filesystem::remove(item.path(), also_ignored);
    }
  }
}

}  // namespace confman::sqlite
