#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "consensus/types.hpp"
#include "domain/base/bytes.hpp"

// The first words on a peer link. The dialler says who it is and where it listens, whom it wants
// and which cluster it belongs to; the listener answers with who it is, or why not.
//
//   hello   = "CFMP" | version u8 | length u16 | fields | CRC-32C u32
//   welcome = "CFMW" | version u8 | length u16 | fields | CRC-32C u32
namespace confman::peer {

inline constexpr std::uint8_t kProtocolVersion = 1;
inline constexpr std::size_t kMaxHandshakeBytes = 1024;

struct Hello {
  std::string cluster;
  consensus::NodeId from;
  std::uint64_t
      boot_id{};  // counts the starts of the dialler: the newest connection is the true one
  consensus::MemberId to;
  std::string address;  // where the dialler listens, for a listener that doesn't know it

  friend bool operator==(const Hello&, const Hello&) = default;
};

enum class Rejection : std::uint8_t {
  None = 0,
  UnsupportedVersion = 1,
  WrongCluster = 2,
  UnknownPeer = 3,  // no member, and there is no room for one more of those; or our own name
  Misrouted = 4,
  StaleEpoch = 5,  // a newer start of the same node is connected
};
std::string_view code_of(Rejection rejection);

struct Welcome {
  Rejection rejection = Rejection::None;
  consensus::NodeId self;
  std::string cluster;

  friend bool operator==(const Welcome&, const Welcome&) = default;
};

enum class HandshakeFault : std::uint8_t {
  BadMagic,
  HttpOnPeerPort,  // somebody speaks HTTP to us: the wrong port in a URL
  UnsupportedVersion,
  BadLength,
  CrcMismatch,
  BadFields,
};
std::string_view code_of(HandshakeFault fault);

Bytes encode(const Hello& hello);
Bytes encode(const Welcome& welcome);

template <class T>
struct Parsed {
  T value;
  std::size_t consumed{};
};
// Nothing yet if the bytes are a proper beginning.
std::expected<std::optional<Parsed<Hello>>, HandshakeFault> parse_hello(ByteView bytes);
std::expected<std::optional<Parsed<Welcome>>, HandshakeFault> parse_welcome(ByteView bytes);

}  // namespace confman::peer
