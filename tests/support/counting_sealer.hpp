#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "domain/base/bytes.hpp"
#include "domain/base/hash.hpp"
#include "domain/secrets/sealed.hpp"
#include "domain/secrets/sealer.hpp"

namespace confman::testing {

// A Sealer whose randomness is a counter, so that a run is the same each time; and whose cipher is
// made of the SHA-256 that the domain has. For tests and simulated nodes: its keys are no secrets.
class CountingSealer final : public domain::Sealer {
 public:
  // `salt`: of what it draws, another one for each node.
  explicit CountingSealer(std::vector<std::string> ids, std::uint64_t salt = 0)
      : ids_(std::move(ids)), salt_(salt) {}

  std::vector<std::string> master_keys() const override { return ids_; }

  std::expected<domain::WrappedKey, domain::SealFault> make_key(std::string_view path) override {
    if (ids_.empty()) return std::unexpected(domain::SealFault::NoMasterKey);
    const Bytes key = draw();
    ByteReader id(key);
    const std::uint64_t number = id.u64();
    return domain::WrappedKey{number, ids_.front(), wrap(path, number, ids_.front(), draw())};
  }
  std::expected<domain::WrappedKey, domain::SealFault> rewrap(
      std::string_view path, const domain::WrappedKey& key) override {
    const auto bytes = unwrap(path, key);
    if (!bytes) return std::unexpected(bytes.error());
    return domain::WrappedKey{key.id, ids_.front(), wrap(path, key.id, ids_.front(), *bytes)};
  }
  std::expected<Bytes, domain::SealFault> seal(const domain::WrappedKey& key,
                                               const domain::SecretPlace& place,
                                               ByteView value) override {
    const auto bytes = unwrap(place.path, key);
    if (!bytes) return std::unexpected(bytes.error());
    const Bytes nonce = draw().substr(0, domain::kNonceBytes);
    domain::SealedValue sealed{.key_id = key.id,
                               .nonce = nonce,
                               .digest = mac("digest" + *bytes, domain::digested(place, value)),
                               .sealed = {}};
    Bytes text = streamed(*bytes, nonce, value);
    text += tag(*bytes, domain::bound_to(sealed, place), nonce + text);
    sealed.sealed = text;
    return domain::encode(sealed);
  }
  std::expected<Bytes, domain::SealFault> open(const domain::WrappedKey& key,
                                               const domain::SecretPlace& place,
                                               ByteView form) override {
    const auto bytes = unwrap(place.path, key);
    if (!bytes) return std::unexpected(bytes.error());
    const auto sealed = domain::parse_sealed(form);
    if (!sealed || sealed->key_id != key.id) return std::unexpected(domain::SealFault::Damaged);
    const ByteView text = sealed->sealed.substr(0, sealed->sealed.size() - domain::kSealTagBytes);
    const Bytes nonce(sealed->nonce);
    const Bytes right = tag(*bytes, domain::bound_to(*sealed, place), nonce + Bytes(text));
    if (right != sealed->sealed.substr(text.size())) {
      return std::unexpected(domain::SealFault::Damaged);
    }
    return streamed(*bytes, nonce, text);
  }

 private:
  static Sha256Digest mac(ByteView key, ByteView bytes) {
    const Bytes inner(as_view(sha256(Bytes(key) + Bytes(bytes))));
    return sha256(Bytes(key) + inner);
  }
  static Bytes tag(ByteView key, ByteView bound, ByteView text) {
    const Sha256Digest digest = mac("tag" + Bytes(key), Bytes(bound) + Bytes(text));
    return Bytes(as_view(digest).substr(0, domain::kSealTagBytes));
  }
  static Bytes streamed(ByteView key, ByteView nonce, ByteView text) {
    Bytes out(text);
    Bytes block;
    for (std::size_t i = 0; i < out.size(); ++i) {
      if (i % 32 == 0) {
        block = as_view(sha256(Bytes(key) + Bytes(nonce) + std::to_string(i / 32)));
      }
      out[i] = static_cast<char>(out[i] ^ block[i % 32]);
    }
    return out;
  }
  static Bytes master(std::string_view id) {
    return Bytes(as_view(sha256("master " + std::string(id))));
  }
  Bytes draw() {
    return Bytes(as_view(sha256(std::to_string(salt_) + "/" + std::to_string(++drawn_))));
  }
  Bytes wrap(std::string_view path, std::uint64_t id, std::string_view by, ByteView key) {
    const Bytes nonce = draw().substr(0, domain::kNonceBytes);
    const Bytes text = streamed(master(by), nonce, key);
    return nonce + text + tag(master(by), bound(path, id, by), nonce + text);
  }
  static Bytes bound(std::string_view path, std::uint64_t id, std::string_view by) {
    return std::string(path) + "\n" + std::to_string(id) + "\n" + std::string(by);
  }
  std::expected<Bytes, domain::SealFault> unwrap(std::string_view path,
                                                 const domain::WrappedKey& key) const {
    if (ids_.empty()) return std::unexpected(domain::SealFault::NoMasterKey);
    bool known = false;
    for (const std::string& id : ids_) known = known || id == key.master_key;
    if (!known) return std::unexpected(domain::SealFault::UnknownMasterKey);
    constexpr std::size_t kRest = domain::kNonceBytes + domain::kSealTagBytes;
    if (key.wrapped.size() < kRest) return std::unexpected(domain::SealFault::Damaged);
    const ByteView all = key.wrapped;
    const ByteView signed_part = all.substr(0, all.size() - domain::kSealTagBytes);
    const Bytes right =
        tag(master(key.master_key), bound(path, key.id, key.master_key), signed_part);
    if (right != all.substr(signed_part.size())) {
      return std::unexpected(domain::SealFault::Damaged);
    }
    return streamed(master(key.master_key), all.substr(0, domain::kNonceBytes),
                    signed_part.substr(domain::kNonceBytes));
  }

  std::vector<std::string> ids_;
  std::uint64_t salt_;
  std::uint64_t drawn_ = 0;
};

}  // namespace confman::testing
