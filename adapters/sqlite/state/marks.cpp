#include "adapters/sqlite/state/marks.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <utility>
#include <vector>

#include "adapters/sqlite/vfs/files.hpp"

namespace confman::sqlite {
namespace {

constexpr const char* kSuspect = "state.suspect";
constexpr const char* kMoving = "state.moving";
constexpr const char* kSynced = "state.synced";
constexpr const char* kStarts = "state.starts";
constexpr std::size_t kMostBytes = 1024;

// Numbers, each behind a space or at the front.
std::string line_of(std::initializer_list<std::uint64_t> numbers) {
  std::string line;
  for (const std::uint64_t number : numbers) {
    line.append(line.empty() ? "" : " ").append(std::to_string(number));
  }
  return line + "\n";
}

// Nothing: not so many numbers.
std::optional<std::vector<std::uint64_t>> numbers_in(const Bytes& text, std::size_t count) {
  std::vector<std::uint64_t> out;
  const char* at = text.data();
  const char* const end = at + text.size();
  for (std::size_t i = 0; i < count; ++i) {
    std::uint64_t number = 0;
    const auto [stop, error] = std::from_chars(at, end, number);
    const char due = i + 1 < count ? ' ' : '\n';
    if (error != std::errc() || stop == end || *stop != due) return std::nullopt;
    out.push_back(number);
    at = stop + 1;
  }
  return at == end ? std::optional(out) : std::nullopt;
}

// How far a write-ahead log has come.
struct WalMark {
  WalId wal;
  std::uint64_t frames = 0;
};

std::string line_of(const WalMark& mark) {
  return line_of({mark.wal.salt_one, mark.wal.salt_two, mark.frames});
}

std::optional<WalMark> wal_mark_in(const Bytes& text) {
  const auto numbers = numbers_in(text, 3);
  if (!numbers) return std::nullopt;
  return WalMark{
      {static_cast<std::uint32_t>((*numbers)[0]), static_cast<std::uint32_t>((*numbers)[1])},
      (*numbers)[2]};
}

}  // namespace

StateMarks::StateMarks(FileSystem& files, std::filesystem::path directory)
    : files_(&files), directory_(std::move(directory)) {}

std::optional<std::string> StateMarks::suspect() const {
  const auto text = read_start(*files_, directory_ / kSuspect, kMostBytes);
  if (!text) {
    return text.error() == ENOENT ? std::nullopt : std::optional<std::string>("it is suspect");
  }
  // For people: a line of text.
  std::string found = text->substr(0, text->find('\n'));
  std::ranges::replace_if(found, [](unsigned char c) { return c < 0x20 || c > 0x7e; }, '?');
  return found;
}

void StateMarks::set_suspect(const std::string& found) const {
  (void)replace_file(*files_, directory_ / kSuspect,
                     found.substr(0, std::min(kMostBytes - 1, found.find('\n'))) + "\n");
}

std::expected<void, int> StateMarks::set_moving(const WalId& wal, std::uint64_t frames) const {
  return replace_file(*files_, directory_ / kMoving, line_of(WalMark{wal, frames}));
}

std::expected<bool, int> StateMarks::is_one_state(const WalScan& wal) const {
  const auto text = read(kMoving);
  if (!text) {
    return std::unexpected(text.error());
  }
  if (!*text) {
    return true;
  }
  const auto moved = wal_mark_in(**text);
  if (!moved || !wal.id) {
    return false;
  }
  // Another one was begun since, which SQLite does only when all of the old one has been moved.
  return *wal.id != moved->wal || wal.frames >= moved->frames;
}

std::expected<void, int> StateMarks::clear_moving() const {
  return remove(kMoving);
}

std::expected<void, int> StateMarks::set_synced(const WalId& wal, std::uint64_t frames) const {
  return replace_file(*files_, directory_ / kSynced, line_of(WalMark{wal, frames}));
}

std::expected<bool, int> StateMarks::is_synced(const WalScan& wal) const {
  const auto text = read(kSynced);
  if (!text) {
    return std::unexpected(text.error());
  }
  const auto synced = *text ? wal_mark_in(**text) : std::nullopt;
  return synced && wal.id == synced->wal && wal.frames == synced->frames;
}

std::expected<std::uint64_t, int> StateMarks::count_start() const {
  const auto text = read(kStarts);
  if (!text) {
    return std::unexpected(text.error());
  }
  const auto numbers = *text ? numbers_in(**text, 1) : std::vector<std::uint64_t>{0};
  const std::uint64_t before = numbers ? numbers->front() : kUnscrubbedStarts;
  if (auto done = replace_file(*files_, directory_ / kStarts, line_of({before + 1})); !done) {
    return std::unexpected(done.error());
  }
  return before;
}

std::expected<void, int> StateMarks::clear_starts() const {
  return remove(kStarts);
}

std::expected<void, int> StateMarks::clear() const {
  std::expected<void, int> done;
  for (const char* name : {kSuspect, kMoving, kSynced, kStarts}) {
    done = done ? remove_if_there(*files_, directory_ / name) : done;
  }
  return done ? files_->sync_directory(directory_) : done;
}

// Nothing: there is no such mark.
std::expected<std::optional<Bytes>, int> StateMarks::read(const char* name) const {
  auto text = read_start(*files_, directory_ / name, kMostBytes);
  if (!text && text.error() == ENOENT) {
    return std::nullopt;
  }
  return text;
}

std::expected<void, int> StateMarks::remove(const char* name) const {
  return remove_if_there(*files_, directory_ / name);
}

}  // namespace confman::sqlite
