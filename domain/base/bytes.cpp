#include "domain/base/bytes.hpp"

#include <algorithm>

namespace confman {
namespace {

constexpr std::size_t kMaxVarintBytes = 10;  // 64 bits in groups of 7

template <class T>
void put_little_endian(Bytes& out, T v) {
  for (unsigned i = 0; i < sizeof(T); ++i) out.push_back(static_cast<char>((v >> (8 * i)) & 0xff));
}

template <class T>
T get_little_endian(ByteView in) {
  T v = 0;
  for (unsigned i = 0; i < sizeof(T); ++i) {
    v |= static_cast<T>(static_cast<std::uint8_t>(in[i])) << (8 * i);
  }
  return v;
}

}  // namespace

void ByteWriter::u32(std::uint32_t v) {
  put_little_endian(out_, v);
}
void ByteWriter::u64(std::uint64_t v) {
  put_little_endian(out_, v);
}

void ByteWriter::long_varint(std::uint64_t v) {
  char buffer[kMaxVarintBytes];
  std::size_t size = 0;
  for (; v >= 0x80; v >>= 7) buffer[size++] = static_cast<char>((v & 0x7f) | 0x80);
  buffer[size++] = static_cast<char>(v);
  out_.append(buffer, size);
}

void ByteWriter::bytes(ByteView v) {
  varint(v.size());
  out_.append(v);
}

std::uint8_t ByteReader::u8() {
  ByteView b = raw(1);
  return b.empty() ? 0 : static_cast<std::uint8_t>(b[0]);
}

std::uint32_t ByteReader::u32() {
  ByteView b = raw(4);
  return b.empty() ? 0 : get_little_endian<std::uint32_t>(b);
}

std::uint64_t ByteReader::u64() {
  ByteView b = raw(8);
  return b.empty() ? 0 : get_little_endian<std::uint64_t>(b);
}

std::uint64_t ByteReader::long_varint() {
  const std::size_t longest = std::min(in_.size(), kMaxVarintBytes);
  std::uint64_t v = 0;
  for (std::size_t i = 0; i < longest; ++i) {
    const auto b = static_cast<std::uint8_t>(in_[i]);
    v |= static_cast<std::uint64_t>(b & 0x7f) << (7 * i);
    if (b >= 0x80) continue;
    const bool last_group_overflows = i == kMaxVarintBytes - 1 && b > 1;
    const bool not_minimal = i > 0 && b == 0;
    if (last_group_overflows || not_minimal) break;
    in_.remove_prefix(i + 1);
    return v;
  }
  fail();
  return 0;
}

bool ByteReader::boolean() {
  const std::uint8_t b = u8();
  if (b > 1) fail();
  return b == 1;
}

ByteView ByteReader::bytes(std::uint64_t max_size) {
  const std::uint64_t size = varint();
  if (size > max_size) {
    fail();
    return {};
  }
  return raw(size);
}

ByteView ByteReader::raw(std::uint64_t size) {
  if (size > in_.size()) {
    fail();
    return {};
  }
  ByteView b = in_.substr(0, size);
  in_.remove_prefix(size);
  return b;
}

}  // namespace confman
