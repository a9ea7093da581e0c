#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

// The file of a node's master keys: a line for each, its id and its 32 bytes as base64 with a blank
// between; the first is the active one. Empty lines, and those that begin with #, say nothing.
namespace confman::secrets {

inline constexpr std::size_t kKeyBytes = 32;

// Wiped when it goes.
class KeyBytes {
 public:
  KeyBytes() = default;
  KeyBytes(const KeyBytes&) = default;
  KeyBytes& operator=(const KeyBytes&) = default;
  ~KeyBytes();

  std::uint8_t* data() { return bytes_.data(); }
  const std::uint8_t* data() const { return bytes_.data(); }
  friend bool operator==(const KeyBytes&, const KeyBytes&) = default;

 private:
  std::array<std::uint8_t, kKeyBytes> bytes_{};
};

struct MasterKey {
  std::string id;
  KeyBytes bytes;
};

struct KeyFileFault {
  std::string code;     // "bad_key_file", "insecure_permissions", "not_found", …
  std::string message;  // never with a part of a key
};

// 1 to domain::kMaxMasterKeys keys, no id and no key twice, none of one byte repeated.
std::expected<std::vector<MasterKey>, KeyFileFault> parse_key_file(std::string_view text);
// The file has to be a regular one, of this user or of root, that nobody else may read or write.
std::expected<std::vector<MasterKey>, KeyFileFault> load_key_file(const std::string& path);

}  // namespace confman::secrets
