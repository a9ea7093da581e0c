#include "adapters/peer/frame.hpp"

#include <gtest/gtest.h>

namespace confman::peer {
namespace {

Bytes two_frames() {
  Bytes bytes;
  append_frame(bytes, 7, "first");
  append_frame(bytes, 7, "second one");
  return bytes;
}

TEST(Frame, IsReadWholeHoweverItIsCut) {
  const Bytes bytes = two_frames();
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    FrameReader reader;
    std::vector<Bytes> payloads;
    for (ByteView part : {ByteView(bytes).substr(0, cut), ByteView(bytes).substr(cut)}) {
      reader.feed(part);
      for (auto frame = reader.next(); *frame; frame = reader.next()) {
        EXPECT_EQ((*frame)->group, 7u);
        payloads.emplace_back((*frame)->payload);
      }
    }
    EXPECT_EQ(payloads, (std::vector<Bytes>{"first", "second one"})) << "cut at " << cut;
  }
}

TEST(Frame, AThousandInOneReadAreAllRead) {
  Bytes bytes;
  for (int i = 0; i < 1000; ++i) append_frame(bytes, 0, std::to_string(i));
  FrameReader reader;
  reader.feed(bytes);
  for (int i = 0; i < 1000; ++i) {
    const auto frame = reader.next();
    ASSERT_TRUE(frame && *frame);
    EXPECT_EQ((*frame)->payload, std::to_string(i));
  }
}

TEST(Frame, EveryFlippedBitIsFoundOrLeavesTheFrameIncomplete) {
  const Bytes good = two_frames();
  const std::size_t first = kFrameHeaderBytes + 5;
  for (std::size_t bit = 0; bit < first * 8; ++bit) {
    Bytes bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
    FrameReader reader;
    reader.feed(bad);
    const auto frame = reader.next();
    const bool refused = !frame.has_value();
    const bool waits_for_more = frame.has_value() && !frame->has_value();
    EXPECT_TRUE(refused || waits_for_more) << "bit " << bit;
  }
}

TEST(Frame, TooLongIsRefusedBeforeItsBytesCome) {
  Bytes header;
  ByteWriter writer(header);
  writer.u32(0xffffffff);
  writer.u32(0);
  writer.u64(0);
  FrameReader reader;
  reader.feed(header);
  EXPECT_EQ(reader.next().error(), FrameFault::FrameTooLarge);
  EXPECT_EQ(reader.next().error(), FrameFault::FrameTooLarge);
}

TEST(Frame, EmptyIsRefused) {
  FrameReader reader;
  reader.feed(Bytes(kFrameHeaderBytes, '\0'));
  EXPECT_EQ(reader.next().error(), FrameFault::BadLength);
}

}  // namespace
}  // namespace confman::peer
