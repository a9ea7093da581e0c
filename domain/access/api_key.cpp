#include "domain/access/api_key.hpp"

#include <algorithm>

#include "domain/access/role_names.hpp"
#include "domain/model/path.hpp"

namespace confman::domain {
namespace {

constexpr std::size_t kIdBytes = 8;
constexpr std::size_t kSecretDigits = 64;
constexpr std::size_t kCheckDigits = 8;

std::string check_of(std::string_view text) {
  Bytes bytes;
  const std::uint32_t sum = crc32c(text);
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<char>((sum >> shift) & 0xff));
  }
  return to_hex(bytes);
}

bool is_hex_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

std::optional<PermissionSet> permissions_named(std::string_view names) {
  PermissionSet set;
  for (const std::string_view name : split_list(names)) {
    const auto permission = permission_named(name);
    if (!permission) return std::nullopt;
    set.add(*permission);
  }
  return set.empty() ? std::nullopt : std::optional(set);
}

}  // namespace

std::string api_key_text(const Sha256Digest& random) {
  std::string text = std::string(kApiKeyPrefix) + to_hex(as_view(random));
  return text + check_of(text);
}

bool is_api_key(std::string_view text) {
  constexpr std::size_t kChecked = kApiKeyPrefix.size() + kSecretDigits;
  return text.size() == kChecked + kCheckDigits && text.starts_with(kApiKeyPrefix) &&
         std::ranges::all_of(text.substr(kApiKeyPrefix.size()), is_hex_digit) &&
         text.substr(kChecked) == check_of(text.substr(0, kChecked));
}

std::string api_key_id(const Sha256Digest& digest) {
  return to_hex(as_view(digest).substr(0, kIdBytes));
}

std::optional<std::vector<KeyScope>> parse_scopes(std::string_view text) {
  std::vector<KeyScope> scopes;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const std::size_t blank = line.find(' ');
    if (blank == line.npos) return std::nullopt;
    const auto permissions = permissions_named(line.substr(0, blank));
    const std::string_view path = line.substr(blank + 1);
    if (!permissions || !check_path(path)) return std::nullopt;
    scopes.push_back({path, *permissions});
  }
  return scopes;
}

std::string join_scopes(const std::vector<KeyScope>& scopes) {
  std::string text;
  for (const KeyScope& scope : scopes) {
    if (!text.empty()) text.push_back('\n');
    text.append(join_permissions(scope.permissions)).append(" ").append(scope.path);
  }
  return text;
}

}  // namespace confman::domain
