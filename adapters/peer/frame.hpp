#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>

#include "domain/base/bytes.hpp"

// The framing of the peer link.
//
//   frame = length u32 | CRC-32C u32 | group u64 | payload        (little-endian)
//
// The length counts the payload; the checksum covers group and payload. After a frame that is wrong
// in any way the stream can't be trusted to be in step any more: the connection is dropped.
namespace confman::peer {

inline constexpr std::size_t kFrameHeaderBytes = 16;
// The largest message of consensus (consensus/wire.hpp) with its envelope.
inline constexpr std::size_t kMaxFrameBytes = 10 * 1024 * 1024;

enum class FrameFault : std::uint8_t { BadLength, FrameTooLarge, CrcMismatch };
std::string_view code_of(FrameFault fault);

void append_frame(Bytes& out, std::uint64_t group, ByteView payload);

struct Frame {
  std::uint64_t group{};
  ByteView payload;  // valid until the reader's next call
};

// Takes bytes as they come and gives whole frames. Never buffers more than one frame and what one
// read brought.
class FrameReader {
 public:
  void feed(ByteView bytes);
  // Nothing: the next frame isn't complete yet. After a fault every further call gives it again.
  std::expected<std::optional<Frame>, FrameFault> next();

 private:
  Bytes buffer_;
  std::size_t consumed_ = 0;
  std::optional<FrameFault> fault_;
};

}  // namespace confman::peer
