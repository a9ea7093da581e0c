#pragma once

#include <cstdint>
#include <optional>

#include "domain/base/bytes.hpp"

// As much of protobuf's wire format as etcd's KV and Maintenance messages need.
namespace confman::bench {

enum class WireType : std::uint8_t { kVarint = 0, kLengthDelimited = 2 };

inline void put_varint_field(Bytes& out, unsigned field, std::uint64_t value) {
  ByteWriter writer(out);
  writer.varint(field << 3 | static_cast<unsigned>(WireType::kVarint));
  writer.varint(value);
}

inline void put_bytes_field(Bytes& out, unsigned field, ByteView value) {
  ByteWriter writer(out);
  writer.varint(field << 3 | static_cast<unsigned>(WireType::kLengthDelimited));
  writer.bytes(value);
}

struct ProtobufField {
  std::uint64_t varint = 0;
  ByteView bytes;
};

// The last field of that number in `message` (protobuf: the last one wins); a zero field when there
// is none; nothing when the message isn't well formed or holds a wire type that etcd doesn't use.
inline std::optional<ProtobufField> find_field(ByteView message, unsigned number) {
  ProtobufField found;
  ByteReader reader(message);
  while (reader.ok() && !reader.at_end()) {
    const std::uint64_t tag = reader.varint();
    ProtobufField field;
    if ((tag & 7) == static_cast<unsigned>(WireType::kVarint)) {
      field.varint = reader.varint();
    } else if ((tag & 7) == static_cast<unsigned>(WireType::kLengthDelimited)) {
      field.bytes = reader.bytes(message.size());
    } else {
      return std::nullopt;
    }
    if (tag >> 3 == number) {
      found = field;
    }
  }
  return reader.ok() ? std::optional(found) : std::nullopt;
}

}  // namespace confman::bench
