#include "adapters/secrets/key_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>

#include "domain/limits.hpp"
#include "domain/secrets/data_key.hpp"

namespace confman::secrets {
namespace {

constexpr std::size_t kBase64Chars = 44;
constexpr std::size_t kMaxFileBytes = 64 * 1024;

std::unexpected<KeyFileFault> bad(std::size_t line, const std::string& what) {
  return std::unexpected(
      KeyFileFault{"bad_key_file", "line " + std::to_string(line) + ": " + what});
}

// One text for one key: padding and unused bits as RFC 4648 has them.
std::optional<KeyBytes> from_base64(std::string_view text) {
  if (text.size() != kBase64Chars || text.back() != '=' || text[kBase64Chars - 2] == '=') {
    return std::nullopt;
  }
  std::array<unsigned char, kKeyBytes + 3> bytes{};
  std::array<unsigned char, kBase64Chars + 1> again{};
  const auto* in = reinterpret_cast<const unsigned char*>(text.data());
  const bool decoded = EVP_DecodeBlock(bytes.data(), in, kBase64Chars) == kKeyBytes + 1;
  EVP_EncodeBlock(again.data(), bytes.data(), kKeyBytes);
  KeyBytes key;
  std::copy_n(bytes.begin(), kKeyBytes, key.data());
  const bool same =
      decoded && std::equal(text.begin(), text.end(), again.begin(), [](char a, unsigned char b) {
        return static_cast<unsigned char>(a) == b;
      });
  OPENSSL_cleanse(bytes.data(), bytes.size());
  OPENSSL_cleanse(again.data(), again.size());
  return same ? std::optional(key) : std::nullopt;
}

bool is_one_byte_repeated(const KeyBytes& key) {
  return std::all_of(key.data(), key.data() + kKeyBytes,
                     [&key](std::uint8_t byte) { return byte == *key.data(); });
}

std::unexpected<KeyFileFault> unreadable(const std::string& path, int error) {
  const bool missing = error == ENOENT || error == ENOTDIR;
  return std::unexpected(
      KeyFileFault{missing ? "not_found" : "unreadable", path + ": " + std::strerror(error)});
}

// Closed when it goes.
class File {
 public:
  explicit File(const std::string& path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int fd() const { return fd_; }

 private:
  int fd_;
};

}  // namespace

KeyBytes::~KeyBytes() {
  OPENSSL_cleanse(bytes_.data(), bytes_.size());
}

std::expected<std::vector<MasterKey>, KeyFileFault> parse_key_file(std::string_view text) {
  std::vector<MasterKey> keys;
  std::size_t number = 0;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    ++number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.front() == '#') continue;
    const std::string_view id = line.substr(0, line.find(' '));
    if (!domain::is_master_key_id(id)) {
      return bad(number, "an id has 1 to 64 of a-z, A-Z, 0-9, '.', '_' and '-'");
    }
    const auto bytes = from_base64(line.substr(std::min(line.size(), id.size() + 1)));
    if (!bytes) return bad(number, "behind the id and a blank come 32 bytes as base64");
    if (is_one_byte_repeated(*bytes)) return bad(number, "that isn't a random key");
    for (const MasterKey& other : keys) {
      if (other.id == id) return bad(number, "that id was there before");
      if (other.bytes == *bytes) return bad(number, "that key was there before, by another id");
    }
    if (keys.size() == domain::kMaxMasterKeys) {
      return bad(number, "there are at most " + std::to_string(domain::kMaxMasterKeys) + " keys");
    }
    keys.push_back({std::string(id), *bytes});
  }
  if (keys.empty()) {
    return std::unexpected(KeyFileFault{"bad_key_file", "there is no key in it"});
  }
  return keys;
}

std::expected<std::vector<MasterKey>, KeyFileFault> load_key_file(const std::string& path) {
  const File file(path);
  if (file.fd() < 0) return unreadable(path, errno);
  struct stat is{};
  if (::fstat(file.fd(), &is) != 0) return unreadable(path, errno);
  const auto refused = [&path](const char* code, const std::string& what) {
    return std::unexpected(KeyFileFault{code, path + ": " + what});
  };
  if (!S_ISREG(is.st_mode)) return refused("not_a_file", "it isn't a regular file");
  if ((is.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return refused("insecure_permissions", "others than its owner may use it: chmod 600");
  }
  if (is.st_uid != ::geteuid() && is.st_uid != 0) {
    return refused("insecure_permissions", "it belongs to another user");
  }
  if (is.st_size > static_cast<off_t>(kMaxFileBytes)) {
    return refused("bad_key_file", "it has more than 65536 bytes");
  }
  std::string text(static_cast<std::size_t>(is.st_size), '\0');
  std::size_t got = 0;
  while (got < text.size()) {
    const ssize_t n = ::read(file.fd(), text.data() + got, text.size() - got);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return unreadable(path, errno);
    if (n == 0) break;
    got += static_cast<std::size_t>(n);
  }
  auto keys = parse_key_file(std::string_view(text).substr(0, got));
  OPENSSL_cleanse(text.data(), text.size());
  if (!keys) keys.error().message.insert(0, path + ": ");
  return keys;
}

}  // namespace confman::secrets
