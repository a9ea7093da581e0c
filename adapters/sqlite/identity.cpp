#include <charconv>
#include <cstdio>

#include "adapters/sqlite/data_dir.hpp"
#include "domain/base/hash.hpp"

namespace confman::sqlite {
namespace {

constexpr ByteView kTitle = "confman data directory\n";
constexpr std::size_t kMaxIdentityBytes = 4096;

std::string hex(std::uint64_t value, int digits) {
  char text[17];
  std::snprintf(text, sizeof text, "%0*llx", digits, static_cast<unsigned long long>(value));
  return text;
}

StartupError corrupt(const std::string& what) {
  return {"store_identity_corrupt",
          "the data directory's identity file is damaged (" + what +
              "): it says whose the data is and which vote it has. Delete nothing: put the file "
              "back if there is a copy; else move the directory away, remove the member, start the "
              "node with an empty directory, add it again and promote it"};
}

// Takes "name = value\n" off the front of the text.
std::expected<std::string, StartupError> take(ByteView& text, ByteView name) {
  const auto end = text.find('\n');
  const std::string start = std::string(name) + " = ";
  if (end == ByteView::npos || !text.starts_with(start)) {
    return std::unexpected(corrupt("no " + std::string(name)));
  }
  std::string value(text.substr(start.size(), end - start.size()));
  text.remove_prefix(end + 1);
  return value;
}

std::expected<std::uint64_t, StartupError> number(const std::string& text, int base) {
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, base);
  if (error != std::errc() || stop != end) {
    return std::unexpected(corrupt("\"" + text + "\" is not a number"));
  }
  return value;
}

}  // namespace

std::string encode_identity(const Identity& identity) {
  std::string text(kTitle);
  text += "format = " + std::to_string(kDataFormat) + "\n";
  text += "cluster = " + identity.cluster + "\n";
  text += "node = " + identity.node + "\n";
  text += "group = " + std::to_string(identity.group.value) + "\n";
  text += "incarnation = " + hex(identity.incarnation, 16) + "\n";
  text += std::string("log = ") + (identity.log_created ? "created" : "absent") + "\n";
  text += "crc32c = " + hex(crc32c(text), 8) + "\n";
  return text;
}

std::expected<Identity, StartupError> parse_identity(ByteView text) {
  if (text.size() > kMaxIdentityBytes || !text.starts_with(kTitle)) {
    return std::unexpected(corrupt("it doesn't start with its title"));
  }
  // The checksum first: of a damaged file not even the format is believed. The last line has the
  // same form in every format.
  const auto last_line = text.rfind("\ncrc32c = ");
  if (last_line == ByteView::npos) {
    return std::unexpected(corrupt("no crc32c"));
  }
  const ByteView covered = text.substr(0, last_line + 1);
  if (text.substr(last_line + 1) != "crc32c = " + hex(crc32c(covered), 8) + "\n") {
    return std::unexpected(corrupt("checksum"));
  }
  ByteView rest = covered.substr(kTitle.size());
  const auto format_text = take(rest, "format");
  const auto format = format_text ? number(*format_text, 10) : std::unexpected(format_text.error());
  if (!format) {
    return std::unexpected(format.error());
  }
  if (*format < kDataFormat) {
    return std::unexpected(
        StartupError{"store_format_older",
                     "the data directory has format " + std::to_string(*format) +
                         ", which was in use before the first release; this build reads format " +
                         std::to_string(kDataFormat) + ", give the node an empty directory"});
  }
  if (*format > kDataFormat) {
    return std::unexpected(StartupError{
        "store_format_newer", "the data directory has format " + std::to_string(*format) +
                                  "; this build reads format " + std::to_string(kDataFormat) +
                                  ", use the build that wrote it or a newer one"});
  }
  Identity out;
  auto cluster = take(rest, "cluster");
  auto node = cluster ? take(rest, "node") : cluster;
  auto group = node ? take(rest, "group") : node;
  auto incarnation = group ? take(rest, "incarnation") : group;
  auto log = incarnation ? take(rest, "log") : incarnation;
  if (!log) {
    return std::unexpected(log.error());
  }
  auto group_number = number(*group, 10);
  auto incarnation_number = number(*incarnation, 16);
  if (!group_number || !incarnation_number || (*log != "created" && *log != "absent") ||
      !rest.empty()) {
    return std::unexpected(corrupt("unexpected content"));
  }
  return Identity{*cluster, *node, consensus::GroupId{*group_number}, *incarnation_number,
                  *log == "created"};
}

}  // namespace confman::sqlite
