#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "domain/base/bytes.hpp"
#include "domain/base/hash.hpp"
#include "domain/limits.hpp"
#include "domain/secrets/sealer.hpp"

// The forms in which a secret stands where an ordinary entry has its value. As it lies it is
// sealed. What a node answers a read with is one of the two others, by what the reader may; nobody
// else makes them. The first byte says which it is.
namespace confman::domain {

inline constexpr std::size_t kNonceBytes = 12;
inline constexpr std::size_t kSealTagBytes = 16;

// Views into what it was read from.
struct SealedValue {
  std::uint64_t key_id{};
  ByteView nonce;
  // Keyed by the data key: HMAC-SHA-256 over place and value. It says whether two values of one
  // entry are the same, to whom may know that, and can't be guessed at without the key.
  Sha256Digest digest{};
  ByteView sealed;  // with its tag, as long as the value and kSealTagBytes
};
Bytes encode(const SealedValue&);
// Nothing: this isn't one.
std::optional<SealedValue> parse_sealed(ByteView bytes);

// What the seal is bound to besides the value: key, place, digest. Different places give different
// bytes.
Bytes bound_to(const SealedValue&, const SecretPlace&);
// What the digest is taken over.
Bytes digested(const SecretPlace&, ByteView value);

// --- what readers see

// Instead of what is sealed. Requires bytes that parse_sealed() takes.
Bytes masked(ByteView sealed);
Bytes opened(ByteView sealed, ByteView value);

// What a secret in one of the three forms shows.
struct ShownSecret {
  std::optional<ByteView> value;  // nothing: masked, or sealed
  Sha256Digest digest{};
};
// Requires one of the forms.
ShownSecret shown(ByteView form);

}  // namespace confman::domain
