#include "app/cli/value_source.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <optional>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

#include "adapters/api/value_check.hpp"
#include "app/cli/failure.hpp"
#include "domain/json/check.hpp"
#include "domain/limits.hpp"

namespace confman::cli {
namespace {

using api::ValueType;

std::optional<ValueType> type_of_ending(const std::filesystem::path& path) {
  const std::string ending = path.extension();
  if (ending == ".json") return ValueType::Json;
  if (ending == ".yaml" || ending == ".yml") return ValueType::Yaml;
  if (ending == ".txt") return ValueType::Text;
  return std::nullopt;
}

ValueType parse_type(std::string_view text) {
  if (text == "json") return ValueType::Json;
  if (text == "yaml") return ValueType::Yaml;
  if (text == "text") return ValueType::Text;
  if (text == "binary") return ValueType::Octets;
  if (const auto type = api::value_type_of(text)) return *type;
  throw Failure(kUsage, "--type is one of json, yaml, text, binary.");
}

// Up to one byte more than there may be: more need not be read to be refused.
std::string read_all(int descriptor, const std::string& name, std::size_t most) {
  std::string bytes;
  char buffer[64 * 1024];
  while (bytes.size() <= most) {
    const ssize_t got = ::read(descriptor, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw Failure(kIo, "cannot read " + name + ": " + std::strerror(errno));
    if (got == 0) break;
    bytes.append(buffer, static_cast<std::size_t>(got));
  }
  return bytes;
}

std::string read_file(const std::string& path, std::size_t most) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0 && errno == ENOENT) throw Failure(kNoInput, "file not found: " + path);
  if (descriptor < 0) throw Failure(kIo, "cannot open " + path + ": " + std::strerror(errno));
  struct stat status{};
  const bool directory = ::fstat(descriptor, &status) == 0 && S_ISDIR(status.st_mode);
  if (directory) {
    ::close(descriptor);
    throw Failure(kNoInput, path + " is a directory");
  }
  std::string bytes = read_all(descriptor, path, most);
  ::close(descriptor);
  return bytes;
}

// Where nothing says what is to come, nothing is more likely a mistake than a value.
std::string read_standard_input(bool may_be_empty, std::size_t most) {
  struct stat status{};
  if (::fstat(STDIN_FILENO, &status) != 0)
    throw Failure(kUsage, "no input on stdin: it is closed.");
  std::string bytes = read_all(STDIN_FILENO, "standard input", most);
  if (bytes.empty() && !may_be_empty) {
    throw Failure(kUsage, "no input on stdin. An empty value needs --type text or binary.");
  }
  return bytes;
}

[[noreturn]] void refuse(const http::Problem& fault, std::string_view hint) {
  std::string message = fault.detail + " (" + fault.code;
  for (const auto& [name, value] : fault.extra) {
    if (name == "line" || name == "column" || name == "limit") message += ", " + name + " " + value;
  }
  message += ")";
  if (!hint.empty()) message.append("\n").append(hint);
  throw Failure(kData, message);
}

}  // namespace

std::string read_bytes(const std::string& source) {
  constexpr std::size_t kMost = domain::kMaxValueBytes;
  return source == "-" ? read_standard_input(false, kMost) : read_file(source, kMost);
}

std::string read_document(const std::string& operand, std::size_t most) {
  std::string bytes = operand;
  if (operand == "-") bytes = read_standard_input(false, most);
  if (operand.starts_with('@')) bytes = read_file(operand.substr(1), most);
  if (bytes.size() > most) {
    throw Failure(kData, "It has at most " + std::to_string(most) + " bytes.");
  }
  if (auto ok = json::check_json(bytes); !ok) refuse(api::problem_of(ok.error()), {});
  return bytes;
}

SourceValue read_value(const std::string& operand, const Arguments& arguments) {
  std::optional<ValueType> type;
  if (const auto given = arguments.value("--type")) type = parse_type(*given);
  std::string bytes;
  if (operand == "-") {
    bytes = read_standard_input(type.has_value(), domain::kMaxValueBytes);
  } else if (operand.starts_with('@')) {
    if (!type) type = type_of_ending(operand.substr(1));
    bytes = read_file(operand.substr(1), domain::kMaxValueBytes);
  } else {
    bytes = operand;
  }
  const ValueType resolved = type.value_or(ValueType::Json);
  if (auto ok = api::check_value(resolved, bytes, nullptr); !ok) {
    refuse(ok.error(), type ? "" : "A value is JSON unless --type says yaml, text or binary.");
  }
  return {.bytes = std::move(bytes), .content_type = std::string(api::media_type_of(resolved))};
}

}  // namespace confman::cli
