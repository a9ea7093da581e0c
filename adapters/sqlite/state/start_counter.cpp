#include "adapters/sqlite/state/start_counter.hpp"

#include <cerrno>
#include <charconv>

#include "adapters/sqlite/vfs/files.hpp"

namespace confman::sqlite {
namespace {

constexpr std::size_t kReadBytes = 32;  // a number of 64 bits has 20 digits

}  // namespace

std::expected<std::uint64_t, StartupError> count_start(const DataDir& dir) {
  const auto file = dir.file("starts");
  std::uint64_t count = 0;
  if (const auto state = inspect_file(dir.files(), file); !state) {
    return std::unexpected(state.error());
  }
  if (const auto text = read_start(dir.files(), file, kReadBytes); text) {
    const ByteView line = ByteView(*text).substr(0, text->find('\n'));
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), count);
    if (error != std::errc() || end != line.data() + line.size()) {
      return std::unexpected(
          StartupError{"store_starts_corrupt",
                       file.string() + ": holds \"" + std::string(line) + "\", not a number"});
    }
  } else if (text.error() != ENOENT) {
    return std::unexpected(file_error(file, "read", text.error()));
  }
  ++count;
  if (auto ok = replace_file(dir.files(), file, std::to_string(count) + "\n"); !ok) {
    return std::unexpected(file_error(file, "write", ok.error()));
  }
  return count;
}

}  // namespace confman::sqlite
