#include "domain/secrets/sealed.hpp"

#include <algorithm>

#include "domain/base/assert.hpp"
#include "domain/limits.hpp"

// format u8 | key id u64 | nonce | digest | ciphertext and tag
namespace confman::domain {
namespace {

enum class Form : std::uint8_t { Sealed = 1, Masked = 2, Opened = 3 };

constexpr std::size_t kDigestBytes = Sha256Digest().size();
static_assert(kSealBytes == 1 + 8 + kNonceBytes + kDigestBytes + kSealTagBytes);

Sha256Digest digest_in(ByteView bytes) {
  Sha256Digest digest{};
  std::ranges::copy(bytes, digest.begin());
  return digest;
}

Bytes with_digest(Form form, ByteView sealed) {
  const auto parsed = parse_sealed(sealed);
  CONFMAN_ASSERT(parsed, "What is to be shown as a secret isn't sealed.");
  Bytes bytes;
  ByteWriter out(bytes);
  out.u8(static_cast<std::uint8_t>(form));
  out.raw(as_view(parsed->digest));
  return bytes;
}

}  // namespace

Bytes encode(const SealedValue& value) {
  CONFMAN_ASSERT(value.nonce.size() == kNonceBytes && value.sealed.size() >= kSealTagBytes,
                 "A sealed value has a nonce and a tag.");
  Bytes bytes;
  bytes.reserve(value.sealed.size() + kSealBytes);
  ByteWriter out(bytes);
  out.u8(static_cast<std::uint8_t>(Form::Sealed));
  out.u64(value.key_id);
  out.raw(value.nonce);
  out.raw(as_view(value.digest));
  out.raw(value.sealed);
  return bytes;
}

std::optional<SealedValue> parse_sealed(ByteView bytes) {
  const bool sized = bytes.size() >= kSealBytes && bytes.size() <= kMaxStoredValueBytes;
  ByteReader in(bytes);
  if (!sized || in.u8() != static_cast<std::uint8_t>(Form::Sealed)) return std::nullopt;
  SealedValue value;
  value.key_id = in.u64();
  value.nonce = in.raw(kNonceBytes);
  value.digest = digest_in(in.raw(kDigestBytes));
  value.sealed = in.raw(in.remaining());
  return value;
}

Bytes bound_to(const SealedValue& value, const SecretPlace& place) {
  Bytes bytes;
  ByteWriter out(bytes);
  out.bytes("confman secret 1");
  out.u64(value.key_id);
  out.bytes(place.path);
  out.bytes(place.key);
  out.bytes(place.content_type);
  out.raw(as_view(value.digest));
  return bytes;
}

// Not the content type: it isn't what makes a value another one.
Bytes digested(const SecretPlace& place, ByteView value) {
  Bytes bytes;
  bytes.reserve(place.path.size() + place.key.size() + value.size() + 16);
  ByteWriter out(bytes);
  out.bytes(place.path);
  out.bytes(place.key);
  out.raw(value);
  return bytes;
}

Bytes masked(ByteView sealed) {
  return with_digest(Form::Masked, sealed);
}

Bytes opened(ByteView sealed, ByteView value) {
  return with_digest(Form::Opened, sealed).append(value);
}

ShownSecret shown(ByteView form) {
  if (const auto sealed = parse_sealed(form)) return {std::nullopt, sealed->digest};
  ByteReader in(form);
  const auto kind = static_cast<Form>(in.u8());
  const bool known = kind == Form::Masked || kind == Form::Opened;
  CONFMAN_ASSERT(known && in.remaining() >= kDigestBytes, "A secret stands in no form of one.");
  ShownSecret shown;
  shown.digest = digest_in(in.raw(kDigestBytes));
  if (kind == Form::Opened) shown.value = in.raw(in.remaining());
  return shown;
}

}  // namespace confman::domain
