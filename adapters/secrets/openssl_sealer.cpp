#include "adapters/secrets/openssl_sealer.hpp"

#include <algorithm>
#include <climits>
#include <memory>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <optional>

#include "domain/base/assert.hpp"
#include "domain/secrets/sealed.hpp"

namespace confman::secrets {
namespace {

using domain::kNonceBytes;
using domain::kSealTagBytes;
using domain::SealFault;
using domain::WrappedKey;

constexpr std::size_t kWrappedBytes = kNonceBytes + kKeyBytes + kSealTagBytes;

const unsigned char* in(ByteView bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
unsigned char* out(Bytes& bytes) {
  return reinterpret_cast<unsigned char*>(bytes.data());
}
int size(ByteView bytes) {
  CONFMAN_ASSERT(bytes.size() <= INT_MAX, "More is to be sealed than a value has.");
  return static_cast<int>(bytes.size());
}
// What OpenSSL can't do is no state that a caller could do anything about.
void must(bool done) {
  CONFMAN_ASSERT(done, "OpenSSL can't encrypt, or has no randomness.");
}

struct Free {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, Free>;

void fill_random(unsigned char* bytes, std::size_t count) {
  must(RAND_bytes(bytes, static_cast<int>(count)) == 1);
}

Bytes random_nonce() {
  Bytes nonce(kNonceBytes, '\0');
  fill_random(out(nonce), nonce.size());
  return nonce;
}

// The ciphertext, and the tag behind it.
Bytes encrypt(const KeyBytes& key, ByteView nonce, ByteView bound, ByteView value) {
  const Context context(EVP_CIPHER_CTX_new());
  Bytes sealed(value.size() + kSealTagBytes, '\0');
  int n = 0;
  int last = 0;
  auto* c = context.get();
  must(c != nullptr);
  must(EVP_EncryptInit_ex(c, EVP_aes_256_gcm(), nullptr, key.data(), in(nonce)) == 1);
  must(EVP_EncryptUpdate(c, nullptr, &n, in(bound), size(bound)) == 1);
  must(EVP_EncryptUpdate(c, out(sealed), &n, in(value), size(value)) == 1);
  must(EVP_EncryptFinal_ex(c, out(sealed) + n, &last) == 1 && last == 0);
  must(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, kSealTagBytes, out(sealed) + value.size()) ==
       1);
  return sealed;
}

// Nothing: it isn't what was encrypted.
std::optional<Bytes> decrypt(const KeyBytes& key, ByteView nonce, ByteView bound, ByteView sealed) {
  if (nonce.size() != kNonceBytes || sealed.size() < kSealTagBytes) return std::nullopt;
  const ByteView text = sealed.substr(0, sealed.size() - kSealTagBytes);
  Bytes tag(sealed.substr(text.size()));
  Bytes value(text.size() + 1, '\0');
  const Context context(EVP_CIPHER_CTX_new());
  int n = 0;
  int last = 0;
  auto* c = context.get();
  must(c != nullptr);
  must(EVP_DecryptInit_ex(c, EVP_aes_256_gcm(), nullptr, key.data(), in(nonce)) == 1);
  must(EVP_DecryptUpdate(c, nullptr, &n, in(bound), size(bound)) == 1);
  must(EVP_DecryptUpdate(c, out(value), &n, in(text), size(text)) == 1);
  must(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, kSealTagBytes, out(tag)) == 1);
  const bool good = EVP_DecryptFinal_ex(c, out(value) + n, &last) == 1;
  value.resize(text.size());
  return good ? std::optional(std::move(value)) : std::nullopt;
}

Sha256Digest hmac(const KeyBytes& key, ByteView bytes) {
  Sha256Digest digest{};
  unsigned int n = 0;
  must(HMAC(EVP_sha256(), key.data(), kKeyBytes, in(bytes), bytes.size(), digest.data(), &n) !=
       nullptr);
  return digest;
}

KeyBytes derived(const KeyBytes& key, ByteView purpose) {
  const Sha256Digest digest = hmac(key, purpose);
  static_assert(kKeyBytes == Sha256Digest().size());
  KeyBytes made;
  std::ranges::copy(digest, made.data());
  return made;
}

// A wrapped key is one of that namespace, by that master key.
Bytes wrapping_of(std::string_view path, std::uint64_t id, std::string_view master_key) {
  Bytes bytes;
  ByteWriter writer(bytes);
  writer.bytes("confman data key 1");
  writer.u64(id);
  writer.bytes(path);
  writer.bytes(master_key);
  return bytes;
}

}  // namespace

std::vector<std::string> OpenSslSealer::master_keys() const {
  std::vector<std::string> ids;
  for (const MasterKey& key : keys_) ids.push_back(key.id);
  return ids;
}

const MasterKey* OpenSslSealer::find(std::string_view id) const {
  const auto key = std::ranges::find(keys_, id, &MasterKey::id);
  return key == keys_.end() ? nullptr : &*key;
}

WrappedKey OpenSslSealer::wrap(std::string_view path, std::uint64_t id, const KeyBytes& key) const {
  const MasterKey& active = keys_.front();
  const Bytes nonce = random_nonce();
  const Bytes bound = wrapping_of(path, id, active.id);
  const ByteView bytes(reinterpret_cast<const char*>(key.data()), kKeyBytes);
  return {id, active.id, nonce + encrypt(active.bytes, nonce, bound, bytes)};
}

std::expected<KeyBytes, SealFault> OpenSslSealer::unwrap(std::string_view path,
                                                         const WrappedKey& key) const {
  if (keys_.empty()) return std::unexpected(SealFault::NoMasterKey);
  const MasterKey* master = find(key.master_key);
  if (master == nullptr) return std::unexpected(SealFault::UnknownMasterKey);
  if (key.wrapped.size() != kWrappedBytes) return std::unexpected(SealFault::Damaged);
  const ByteView wrapped = key.wrapped;
  auto bytes = decrypt(master->bytes, wrapped.substr(0, kNonceBytes),
                       wrapping_of(path, key.id, key.master_key), wrapped.substr(kNonceBytes));
  if (!bytes) return std::unexpected(SealFault::Damaged);
  KeyBytes unwrapped;
  std::copy_n(in(*bytes), kKeyBytes, unwrapped.data());
  OPENSSL_cleanse(bytes->data(), bytes->size());
  return unwrapped;
}

std::expected<const OpenSslSealer::Unwrapped*, SealFault> OpenSslSealer::find_unwrapped(
    std::string_view path, const WrappedKey& key) {
  const std::pair place{std::string(path), key.id};
  if (const auto known = unwrapped_.find(place); known != unwrapped_.end()) return &known->second;
  const auto bytes = unwrap(path, key);
  if (!bytes) return std::unexpected(bytes.error());
  if (unwrapped_.size() >= kMostUnwrapped) unwrapped_.clear();
  Unwrapped made{derived(*bytes, "confman seal key 1"), derived(*bytes, "confman digest key 1")};
  return &unwrapped_.emplace(place, made).first->second;
}

std::expected<WrappedKey, SealFault> OpenSslSealer::make_key(std::string_view path) {
  if (keys_.empty()) return std::unexpected(SealFault::NoMasterKey);
  std::uint64_t id = 0;
  fill_random(reinterpret_cast<unsigned char*>(&id), sizeof id);
  KeyBytes key;
  fill_random(key.data(), kKeyBytes);
  return wrap(path, id, key);
}

std::expected<WrappedKey, SealFault> OpenSslSealer::rewrap(std::string_view path,
                                                           const WrappedKey& key) {
  const auto bytes = unwrap(path, key);
  if (!bytes) return std::unexpected(bytes.error());
  return wrap(path, key.id, *bytes);
}

std::expected<Bytes, SealFault> OpenSslSealer::seal(const WrappedKey& key,
                                                    const domain::SecretPlace& place,
                                                    ByteView value) {
  const auto unwrapped = find_unwrapped(place.path, key);
  if (!unwrapped) return std::unexpected(unwrapped.error());
  const Bytes nonce = random_nonce();
  domain::SealedValue sealed{.key_id = key.id,
                             .nonce = nonce,
                             .digest = hmac((*unwrapped)->digest, domain::digested(place, value)),
                             .sealed = {}};
  const Bytes text = encrypt((*unwrapped)->seal, nonce, domain::bound_to(sealed, place), value);
  sealed.sealed = text;
  return domain::encode(sealed);
}

std::expected<Bytes, SealFault> OpenSslSealer::open(const WrappedKey& key,
                                                    const domain::SecretPlace& place,
                                                    ByteView bytes) {
  const auto unwrapped = find_unwrapped(place.path, key);
  if (!unwrapped) return std::unexpected(unwrapped.error());
  const auto sealed = domain::parse_sealed(bytes);
  if (!sealed || sealed->key_id != key.id) return std::unexpected(SealFault::Damaged);
  auto value =
      decrypt((*unwrapped)->seal, sealed->nonce, domain::bound_to(*sealed, place), sealed->sealed);
  if (!value) return std::unexpected(SealFault::Damaged);
  return std::move(*value);
}

}  // namespace confman::secrets
