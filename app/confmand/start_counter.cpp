#include "app/confmand/start_counter.hpp"

#include <fstream>

#include "adapters/config/scalars.hpp"
#include "adapters/sqlite/files.hpp"

namespace confman::host {

std::expected<std::uint64_t, sqlite::StartupError> count_start(const sqlite::DataDir& dir) {
  const auto file = dir.file("starts");
  std::uint64_t count = 0;
  if (std::ifstream in(file); in) {
    std::string text;
    std::getline(in, text);
    const auto parsed = config::parse_integer(text);
    if (!parsed) {
      return std::unexpected(sqlite::StartupError{
          "store_starts_corrupt",
          file.string() + ": holds \"" + text.substr(0, 32) + "\", not a number"});
    }
    count = *parsed;
  }
  ++count;
  if (auto ok = sqlite::replace_file(file, std::to_string(count) + "\n"); !ok) {
    return std::unexpected(sqlite::file_error(file, "write", ok.error()));
  }
  return count;
}

}  // namespace confman::host
