#pragma once

#include <cstdint>
#include <optional>

#include "domain/base/bytes.hpp"

// The format of SQLite's write-ahead logs, of databases with pages of our size: a header, then
// frames, each a header and a page. Numbers are big-endian; each checksum goes on from the one
// before (https://www.sqlite.org/fileformat2.html#walformat).
namespace confman::sqlite {

inline constexpr std::uint32_t kWalMagic = 0x377f0682;  // the last bit: sums over big-endian words
inline constexpr std::uint32_t kWalVersion = 3007000;
inline constexpr std::size_t kWalHeaderBytes = 32;
inline constexpr std::size_t kWalFrameHeaderBytes = 24;
inline constexpr std::size_t kWalPageBytes = 4096;
inline constexpr std::size_t kWalFrameBytes = kWalFrameHeaderBytes + kWalPageBytes;
// Of the header, what its checksum covers; of a frame's header likewise.
inline constexpr std::size_t kWalHeaderSummed = 24;
inline constexpr std::size_t kWalFrameSummed = 8;

// Which write-ahead log it is: SQLite draws new salts whenever it begins one anew.
struct WalId {
  std::uint32_t salt_one{};
  std::uint32_t salt_two{};

  friend bool operator==(const WalId&, const WalId&) = default;
};

// What all frames of one log have in common.
struct WalKind {
  WalId id;
  bool big_endian = false;
};

struct WalSum {
  std::uint32_t a{};
  std::uint32_t b{};

  friend bool operator==(const WalSum&, const WalSum&) = default;
};

// The sum of what came before and these bytes; a rest of less than eight doesn't count.
WalSum add(WalSum sum, ByteView bytes, bool big_endian);

// A view of kWalFrameBytes.
class WalFrame {
 public:
  explicit WalFrame(ByteView bytes) : bytes_(bytes) {}

  std::uint32_t page() const;
  std::uint32_t commit() const;  // pages of the database; 0: no commit
  WalId id() const;
  WalSum stored() const;
  ByteView content() const { return bytes_.substr(kWalFrameHeaderBytes); }
  WalSum sum_behind(WalSum before, bool big_endian) const;

 private:
  ByteView bytes_;
};

// At least kWalHeaderBytes are needed for both.
WalSum sum_of_header(ByteView header);
// Nothing if it isn't as it was written.
std::optional<WalKind> kind_of_header(ByteView header);

}  // namespace confman::sqlite
