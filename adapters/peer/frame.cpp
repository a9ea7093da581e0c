#include "adapters/peer/frame.hpp"

#include "domain/base/assert.hpp"
#include "domain/base/hash.hpp"

namespace confman::peer {

std::string_view code_of(FrameFault fault) {
  switch (fault) {
    case FrameFault::BadLength:
      return "bad_length";
    case FrameFault::FrameTooLarge:
      return "frame_too_large";
    case FrameFault::CrcMismatch:
      return "crc_mismatch";
  }
  return "unknown";
}

void append_frame(Bytes& out, std::uint64_t group, ByteView payload) {
  CONFMAN_ASSERT(!payload.empty() && payload.size() <= kMaxFrameBytes,
                 "A message is empty, or larger than a frame can be.");
  const std::size_t start = out.size();
  ByteWriter writer(out);
  writer.u32(static_cast<std::uint32_t>(payload.size()));
  writer.u32(0);
  writer.u64(group);
  writer.raw(payload);
  Bytes crc;
  ByteWriter(crc).u32(crc32c(ByteView(out).substr(start + 8)));
  out.replace(start + 4, 4, crc);
}

void FrameReader::feed(ByteView bytes) {
  buffer_.erase(0, consumed_);
  consumed_ = 0;
  buffer_.append(bytes);
}

std::expected<std::optional<Frame>, FrameFault> FrameReader::next() {
  if (fault_) return std::unexpected(*fault_);
  const ByteView rest = ByteView(buffer_).substr(consumed_);
  if (rest.size() < kFrameHeaderBytes) return std::nullopt;
  ByteReader header(rest);
  const std::uint32_t length = header.u32();
  const std::uint32_t crc = header.u32();
  if (length == 0) fault_ = FrameFault::BadLength;
  if (length > kMaxFrameBytes) fault_ = FrameFault::FrameTooLarge;
  if (fault_) return std::unexpected(*fault_);
  if (rest.size() < kFrameHeaderBytes + length) return std::nullopt;
  if (crc32c(rest.substr(8, 8 + length)) != crc) {
    fault_ = FrameFault::CrcMismatch;
    return std::unexpected(*fault_);
  }
  consumed_ += kFrameHeaderBytes + length;
  return Frame{header.u64(), rest.substr(kFrameHeaderBytes, length)};
}

}  // namespace confman::peer
