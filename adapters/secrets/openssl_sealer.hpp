#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/secrets/key_file.hpp"
#include "domain/secrets/sealer.hpp"

namespace confman::secrets {

// AES-256-GCM and HMAC-SHA-256 of OpenSSL. A data key is 32 random bytes; what seals and what makes
// digests are two keys made of it. Nonces are random: a data key is good for 2^32 values
// (NIST SP 800-38D, 8.3). Not thread-safe.
class OpenSslSealer final : public domain::Sealer {
 public:
  // As load_key_file() gives them.
  explicit OpenSslSealer(std::vector<MasterKey> keys) : keys_(std::move(keys)) {}

  std::vector<std::string> master_keys() const override;
  std::expected<domain::WrappedKey, domain::SealFault> make_key(std::string_view path) override;
  std::expected<domain::WrappedKey, domain::SealFault> rewrap(std::string_view path,
                                                              const domain::WrappedKey&) override;
  std::expected<Bytes, domain::SealFault> seal(const domain::WrappedKey&,
                                               const domain::SecretPlace&, ByteView value) override;
  std::expected<Bytes, domain::SealFault> open(const domain::WrappedKey&,
                                               const domain::SecretPlace&,
                                               ByteView sealed) override;

 private:
  // Made of a data key.
  struct Unwrapped {
    KeyBytes seal;
    KeyBytes digest;
  };

  const MasterKey* find(std::string_view id) const;
  domain::WrappedKey wrap(std::string_view path, std::uint64_t id, const KeyBytes& key) const;
  std::expected<KeyBytes, domain::SealFault> unwrap(std::string_view path,
                                                    const domain::WrappedKey&) const;
  std::expected<const Unwrapped*, domain::SealFault> find_unwrapped(std::string_view path,
                                                                    const domain::WrappedKey&);

  const std::vector<MasterKey> keys_;
  // Of the namespaces that were used of late, by path and id.
  static constexpr std::size_t kMostUnwrapped = 256;
  std::map<std::pair<std::string, std::uint64_t>, Unwrapped> unwrapped_;
};

}  // namespace confman::secrets
