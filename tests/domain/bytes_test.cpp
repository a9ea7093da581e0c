#include "domain/base/bytes.hpp"

#include <gtest/gtest.h>

#include "domain/base/utf8.hpp"

namespace confman {
namespace {

Bytes varint(std::uint64_t v) {
  Bytes out;
  ByteWriter(out).varint(v);
  return out;
}

TEST(Bytes, ReadsBackWhatWasWritten) {
  Bytes out;
  ByteWriter writer(out);
  writer.u8(200);
  writer.u32(0x12345678);
  writer.u64(UINT64_MAX - 1);
  writer.varint(300);
  writer.boolean(true);
  writer.bytes("abc");
  writer.raw("z");
  ByteReader reader(out);
  EXPECT_EQ(reader.u8(), 200);
  EXPECT_EQ(reader.u32(), 0x12345678U);
  EXPECT_EQ(reader.u64(), UINT64_MAX - 1);
  EXPECT_EQ(reader.varint(), 300U);
  EXPECT_TRUE(reader.boolean());
  EXPECT_EQ(reader.bytes(3), "abc");
  EXPECT_EQ(reader.raw(1), "z");
  EXPECT_TRUE(reader.ok());
  EXPECT_TRUE(reader.at_end());
}

TEST(Bytes, VarintsRoundTripAtEveryWidth) {
  for (int bit = 0; bit < 64; ++bit) {
    for (const std::uint64_t v : {std::uint64_t{1} << bit, (std::uint64_t{1} << bit) - 1}) {
      const Bytes encoded = varint(v);
      ByteReader reader(encoded);
      EXPECT_EQ(reader.varint(), v);
      EXPECT_TRUE(reader.ok() && reader.at_end());
    }
  }
}

TEST(Bytes, RefusesVarintsThatAreLongerThanNeedBeOrTooLarge) {
  for (const ByteView bad :
       {ByteView("\x80\x00", 2), ByteView("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 10),
        ByteView("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", 11), ByteView("\x80", 1)}) {
    ByteReader reader(bad);
    EXPECT_EQ(reader.varint(), 0U);
    EXPECT_FALSE(reader.ok());
  }
}

TEST(Bytes, StaysFailedAfterTheFirstImpossibleRead) {
  ByteReader reader("ab");
  EXPECT_EQ(reader.u32(), 0U);
  EXPECT_EQ(reader.u8(), 0);
  EXPECT_FALSE(reader.ok());
  ByteReader over_bound(
      "\x03"
      "abc");
  EXPECT_EQ(over_bound.bytes(2), "");
  EXPECT_FALSE(over_bound.ok());
  ByteReader neither("\x02");
  EXPECT_FALSE(neither.boolean());
  EXPECT_FALSE(neither.ok());
}

TEST(Utf8, RefusesWhatRfc3629Refuses) {
  EXPECT_TRUE(is_utf8("a\xc2\x80\xe0\xa0\x80\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"));
  EXPECT_EQ(valid_utf8_prefix("ab\xc0\xaf"), 2U);        // overlong, two bytes
  EXPECT_EQ(valid_utf8_prefix("\xe0\x9f\xbf"), 0U);      // overlong, three
  EXPECT_EQ(valid_utf8_prefix("\xf0\x8f\xbf\xbf"), 0U);  // overlong, four
  EXPECT_EQ(valid_utf8_prefix("\xed\xa0\x80"), 0U);      // surrogate
  EXPECT_EQ(valid_utf8_prefix("\xf4\x90\x80\x80"), 0U);  // above U+10FFFF
  EXPECT_EQ(valid_utf8_prefix("a\xe2\x82"), 1U);         // cut off
  EXPECT_EQ(valid_utf8_prefix("\x80"), 0U);              // continuation without a lead
  EXPECT_EQ(valid_utf8_prefix("\xf8\x88\x80\x80\x80"), 0U);
}

TEST(Utf8, AppendsWhatItReads) {
  for (const char32_t code : {U'\0', U'a', U'\x7f', U'\x80', U'\x7ff', U'\x800', U'\xd7ff',
                              U'\xe000', U'\xffff', U'\x10000', U'\x10ffff'}) {
    std::string text;
    append_utf8(text, code);
    const Utf8Char read = first_utf8_char(text);
    EXPECT_EQ(read.code, code);
    EXPECT_EQ(read.size, text.size());
  }
}

}  // namespace
}  // namespace confman
