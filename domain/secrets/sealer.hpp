#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "domain/base/bytes.hpp"

// How secrets are kept: each namespace has a data key, which seals its values, and which lies
// wrapped by a master key. The state has sealed values and wrapped keys alone; who has a master key
// is a node, not the state machine.
namespace confman::domain {

// A data key as the state has it.
struct WrappedKey {
  std::uint64_t id{};      // random; what a sealed value names it by
  std::string master_key;  // the id of the key that it is wrapped by
  Bytes wrapped;

  friend bool operator==(const WrappedKey&, const WrappedKey&) = default;
};

// Where a value belongs. Sealed for one place it can't be opened as that of another.
struct SecretPlace {
  std::string_view path;
  std::string_view key;
  std::string_view content_type;
};

enum class SealFault : std::uint8_t {
  NoMasterKey,       // there is none here
  UnknownMasterKey,  // the data key is wrapped by one that isn't here
  Damaged,           // what is to be opened isn't what was sealed for that place with that key
};

// Port: has the master keys and the randomness, and knows the ciphers. Used on the node's thread; a
// call takes a few milliseconds at most, for a value of the largest size. What is wrapped or sealed
// twice comes out different each time.
class Sealer {
 public:
  virtual ~Sealer() = default;

  // Ids; the first is the active one, the others unwrap only. May be empty.
  virtual std::vector<std::string> master_keys() const = 0;

  // A new data key, wrapped by the active master key. It can be unwrapped for that namespace alone.
  virtual std::expected<WrappedKey, SealFault> make_key(std::string_view path) = 0;
  // The same data key, wrapped anew by the active master key.
  virtual std::expected<WrappedKey, SealFault> rewrap(std::string_view path, const WrappedKey&) = 0;

  // A SealedValue (sealed.hpp), kSealBytes longer than the value.
  virtual std::expected<Bytes, SealFault> seal(const WrappedKey&, const SecretPlace&,
                                               ByteView value) = 0;
  virtual std::expected<Bytes, SealFault> open(const WrappedKey&, const SecretPlace&,
                                               ByteView sealed) = 0;
};

}  // namespace confman::domain
