#include "adapters/sqlite/wal/format.hpp"

#include <bit>
#include <cstring>

namespace confman::sqlite {
namespace {

std::uint32_t word(ByteView bytes, std::size_t at, bool big_endian) {
  std::uint32_t value = 0;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return big_endian == (std::endian::native == std::endian::big) ? value : __builtin_bswap32(value);
}

std::uint32_t number(ByteView bytes, std::size_t at) {
  return word(bytes, at, true);
}

}  // namespace

WalSum add(WalSum sum, ByteView bytes, bool big_endian) {
  for (std::size_t at = 0; at + 8 <= bytes.size(); at += 8) {
    sum.a += word(bytes, at, big_endian) + sum.b;
    sum.b += word(bytes, at + 4, big_endian) + sum.a;
  }
  return sum;
}

std::uint32_t WalFrame::page() const {
  return number(bytes_, 0);
}

std::uint32_t WalFrame::commit() const {
  return number(bytes_, 4);
}

WalId WalFrame::id() const {
  return {number(bytes_, 8), number(bytes_, 12)};
}

WalSum WalFrame::stored() const {
  return {number(bytes_, 16), number(bytes_, 20)};
}

WalSum WalFrame::sum_behind(WalSum before, bool big_endian) const {
  return add(add(before, bytes_.substr(0, kWalFrameSummed), big_endian), content(), big_endian);
}

WalSum sum_of_header(ByteView header) {
  return {number(header, kWalHeaderSummed), number(header, kWalHeaderSummed + 4)};
}

std::optional<WalKind> kind_of_header(ByteView header) {
  const std::uint32_t magic = number(header, 0);
  const bool known = (magic & ~1U) == kWalMagic && number(header, 4) == kWalVersion &&
                     number(header, 8) == kWalPageBytes;
  const bool big_endian = (magic & 1) != 0;
  if (!known || add({}, header.substr(0, kWalHeaderSummed), big_endian) != sum_of_header(header)) {
    return std::nullopt;
  }
  return WalKind{{number(header, 16), number(header, 20)}, big_endian};
}

}  // namespace confman::sqlite
