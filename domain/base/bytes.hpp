#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

// Bytes and their canonical, bounded encoding. Everything Confman writes to a log, a file or a peer
// goes through ByteWriter and comes back through ByteReader.
namespace confman {

using Bytes = std::string;
using ByteView = std::string_view;

// Bytes that many hold and nobody changes: a log entry's payload is in the log, on its way to disk,
// to two peers and to the state machine at the same time. Never null where a Payload is expected.
using Payload = std::shared_ptr<const Bytes>;

inline Payload make_payload(Bytes bytes) {
  return std::make_shared<const Bytes>(std::move(bytes));
}

// Appends to a string it doesn't own. Integers are little-endian; varints are LEB128 (unsigned) and
// minimal, so one value has one encoding.
class ByteWriter {
 public:
  explicit ByteWriter(Bytes& out) : out_(out) {}

  void u8(std::uint8_t v) { out_.push_back(static_cast<char>(v)); }
  void u32(std::uint32_t v);
  void u64(std::uint64_t v);
  void varint(std::uint64_t v) { v < 0x80 ? u8(static_cast<std::uint8_t>(v)) : long_varint(v); }
  void boolean(bool v) { u8(v ? 1 : 0); }
  // Length as varint, then the bytes.
  void bytes(ByteView v);
  // The bytes alone.
  void raw(ByteView v) { out_.append(v); }

 private:
  void long_varint(std::uint64_t v);

  Bytes& out_;
};

// Reads what ByteWriter wrote, from bytes nobody vouches for. The first impossible read (past the
// end, a varint that is too long or not minimal, a boolean that is neither 0 nor 1, a length over
// the given bound) makes the reader fail for good: everything read afterwards is zero or empty, so
// a decoder can read a whole record and ask ok() once.
class ByteReader {
 public:
  explicit ByteReader(ByteView in) : in_(in) {}

  std::uint8_t u8();
  std::uint32_t u32();
  std::uint64_t u64();
  std::uint64_t varint() {
    // Nearly all are one byte.
    if (in_.empty() || static_cast<std::uint8_t>(in_[0]) >= 0x80) return long_varint();
    const auto v = static_cast<std::uint8_t>(in_[0]);
    in_.remove_prefix(1);
    return v;
  }
  bool boolean();
  // A view into the input; at most max_size bytes.
  ByteView bytes(std::uint64_t max_size);
  ByteView raw(std::uint64_t size);

  bool ok() const { return ok_; }
  bool at_end() const { return in_.empty(); }
  std::size_t remaining() const { return in_.size(); }
  void fail() {
    ok_ = false;
    in_ = {};
  }

 private:
  std::uint64_t long_varint();

  ByteView in_;
  bool ok_ = true;
};

}  // namespace confman
