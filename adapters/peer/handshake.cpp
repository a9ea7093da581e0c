#include "adapters/peer/handshake.hpp"

#include <algorithm>

#include "domain/base/hash.hpp"

namespace confman::peer {
namespace {

constexpr std::string_view kHelloMagic = "CFMP";
constexpr std::string_view kWelcomeMagic = "CFMW";
constexpr std::size_t kPrefixBytes = 4 + 1 + 2;
constexpr std::size_t kMaxClusterBytes = 256;
constexpr std::size_t kMaxAddressBytes = 256;

Bytes seal(std::string_view magic, ByteView fields) {
  Bytes out;
  ByteWriter writer(out);
  writer.raw(magic);
  writer.u8(kProtocolVersion);
  writer.u8(static_cast<std::uint8_t>(fields.size() & 0xff));
  writer.u8(static_cast<std::uint8_t>(fields.size() >> 8));
  writer.raw(fields);
  writer.u32(crc32c(out));
  return out;
}

bool looks_like_http(ByteView bytes) {
  for (std::string_view method : {"GET ", "PUT ", "POST", "HEAD", "OPTI", "DELE"}) {
    if (bytes.starts_with(method)) return true;
  }
  return false;
}

struct Unsealed {
  ByteView fields;
  std::size_t consumed{};
};

std::expected<std::optional<Unsealed>, HandshakeFault> unseal(std::string_view magic,
                                                              ByteView bytes) {
  const std::size_t known = std::min(bytes.size(), magic.size());
  if (bytes.substr(0, known) != magic.substr(0, known)) {
    if (bytes.size() < magic.size()) return std::nullopt;  // "GE" may become "GET "
    return std::unexpected(looks_like_http(bytes) ? HandshakeFault::HttpOnPeerPort
                                                  : HandshakeFault::BadMagic);
  }
  if (bytes.size() < kPrefixBytes) return std::nullopt;
  if (static_cast<std::uint8_t>(bytes[4]) != kProtocolVersion) {
    return std::unexpected(HandshakeFault::UnsupportedVersion);
  }
  const std::size_t size = static_cast<std::uint8_t>(bytes[5]) |
                           static_cast<std::size_t>(static_cast<std::uint8_t>(bytes[6])) << 8;
  if (size > kMaxHandshakeBytes) return std::unexpected(HandshakeFault::BadLength);
  if (bytes.size() < kPrefixBytes + size + 4) return std::nullopt;
  ByteReader crc(bytes.substr(kPrefixBytes + size, 4));
  if (crc.u32() != crc32c(bytes.substr(0, kPrefixBytes + size))) {
    return std::unexpected(HandshakeFault::CrcMismatch);
  }
  return Unsealed{bytes.substr(kPrefixBytes, size), kPrefixBytes + size + 4};
}

}  // namespace

std::string_view code_of(Rejection rejection) {
  switch (rejection) {
    case Rejection::None:
      return "none";
    case Rejection::UnsupportedVersion:
      return "unsupported_version";
    case Rejection::WrongCluster:
      return "wrong_cluster";
    case Rejection::UnknownPeer:
      return "unknown_peer";
    case Rejection::Misrouted:
      return "misrouted";
    case Rejection::StaleEpoch:
      return "stale_epoch";
  }
  return "unknown";
}

std::string_view code_of(HandshakeFault fault) {
  switch (fault) {
    case HandshakeFault::BadMagic:
      return "bad_magic";
    case HandshakeFault::HttpOnPeerPort:
      return "http_on_peer_port";
    case HandshakeFault::UnsupportedVersion:
      return "unsupported_version";
    case HandshakeFault::BadLength:
      return "bad_length";
    case HandshakeFault::CrcMismatch:
      return "crc_mismatch";
    case HandshakeFault::BadFields:
      return "bad_fields";
  }
  return "unknown";
}

Bytes encode(const Hello& hello) {
  Bytes fields;
  ByteWriter writer(fields);
  writer.bytes(hello.cluster);
  writer.varint(hello.from.member.value);
  writer.u64(hello.from.incarnation);
  writer.varint(hello.boot_id);
  writer.varint(hello.to.value);
  writer.bytes(hello.address);
  return seal(kHelloMagic, fields);
}

Bytes encode(const Welcome& welcome) {
  Bytes fields;
  ByteWriter writer(fields);
  writer.u8(static_cast<std::uint8_t>(welcome.rejection));
  writer.bytes(welcome.cluster);
  writer.varint(welcome.self.member.value);
  writer.u64(welcome.self.incarnation);
  return seal(kWelcomeMagic, fields);
}

std::expected<std::optional<Parsed<Hello>>, HandshakeFault> parse_hello(ByteView bytes) {
  const auto unsealed = unseal(kHelloMagic, bytes);
  if (!unsealed) return std::unexpected(unsealed.error());
  if (!*unsealed) return std::nullopt;
  ByteReader in((*unsealed)->fields);
  Hello hello;
  hello.cluster = in.bytes(kMaxClusterBytes);
  hello.from.member = consensus::MemberId{in.varint()};
  hello.from.incarnation = in.u64();
  hello.boot_id = in.varint();
  hello.to = consensus::MemberId{in.varint()};
  hello.address = in.bytes(kMaxAddressBytes);
  if (!in.ok() || !in.at_end()) return std::unexpected(HandshakeFault::BadFields);
  return Parsed<Hello>{std::move(hello), (*unsealed)->consumed};
}

std::expected<std::optional<Parsed<Welcome>>, HandshakeFault> parse_welcome(ByteView bytes) {
  const auto unsealed = unseal(kWelcomeMagic, bytes);
  if (!unsealed) return std::unexpected(unsealed.error());
  if (!*unsealed) return std::nullopt;
  ByteReader in((*unsealed)->fields);
  Welcome welcome;
  const std::uint8_t rejection = in.u8();
  welcome.rejection = static_cast<Rejection>(rejection);
  welcome.cluster = in.bytes(kMaxClusterBytes);
  welcome.self.member = consensus::MemberId{in.varint()};
  welcome.self.incarnation = in.u64();
  const bool known = rejection <= static_cast<std::uint8_t>(Rejection::StaleEpoch);
  if (!in.ok() || !in.at_end() || !known) return std::unexpected(HandshakeFault::BadFields);
  return Parsed<Welcome>{std::move(welcome), (*unsealed)->consumed};
}

}  // namespace confman::peer
