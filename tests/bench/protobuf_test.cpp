#include "bench/load/protobuf.hpp"

#include <gtest/gtest.h>

namespace confman::bench {
namespace {

TEST(Protobuf, WritesWhatThePublishedEncodingSays) {
  Bytes out;
  put_bytes_field(out, 2, "testing");  // the example of protobuf's encoding guide
  EXPECT_EQ(out, "\x12\x07testing");
  out.clear();
  put_varint_field(out, 1, 150);  // likewise
  EXPECT_EQ(out, "\x08\x96\x01");
}

TEST(Protobuf, FindsFieldsAndTakesTheLastOfTwo) {
  Bytes out;
  put_bytes_field(out, 1, "first");
  put_varint_field(out, 7, 1);
  put_bytes_field(out, 1, "second");
  ASSERT_TRUE(find_field(out, 1));
  EXPECT_EQ(find_field(out, 1)->bytes, "second");
  EXPECT_EQ(find_field(out, 7)->varint, 1u);
  EXPECT_EQ(find_field(out, 9)->varint, 0u);
}

TEST(Protobuf, RefusesEveryTruncation) {
  Bytes out;
  put_bytes_field(out, 1, "value");
  for (std::size_t size = 1; size < out.size(); ++size) {
    EXPECT_FALSE(find_field(ByteView(out).substr(0, size), 1)) << size;
  }
}

}  // namespace
}  // namespace confman::bench
