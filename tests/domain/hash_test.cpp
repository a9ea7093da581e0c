#include "domain/base/hash.hpp"

#include <gtest/gtest.h>

#include "domain/base/hash_portable.hpp"
#include "tests/domain/support.hpp"

namespace confman {
namespace {

Bytes random_bytes(domain::Random& random, std::size_t size) {
  Bytes bytes(size, '\0');
  for (char& c : bytes) c = static_cast<char>(random.next());
  return bytes;
}

std::string hex(const Sha256Digest& digest) {
  return to_hex(as_view(digest));
}

TEST(Crc32c, GivesTheCheckValuesOfRfc3720) {
  EXPECT_EQ(crc32c(""), 0U);
  EXPECT_EQ(crc32c("123456789"), 0xe3069283U);
  EXPECT_EQ(crc32c(Bytes(32, '\0')), 0x8a9136aaU);
  EXPECT_EQ(crc32c(Bytes(32, '\xff')), 0x62a8ab43U);
}

TEST(Crc32c, IsTheSameInPieces) {
  domain::Random random(1);
  const Bytes bytes = random_bytes(random, 300);
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    const ByteView view = bytes;
    EXPECT_EQ(crc32c(view.substr(cut), crc32c(view.substr(0, cut))), crc32c(view));
  }
}

TEST(Crc32c, IsTheSameWithAndWithoutTheProcessorsHelp) {
  domain::Random random(2);
  for (std::size_t size = 0; size < 200; ++size) {
    const Bytes bytes = random_bytes(random, size);
    EXPECT_EQ(crc32c(bytes), ~hash_detail::crc32c_portable(~0U, bytes)) << size;
  }
}

TEST(Xxh64, GivesThePublishedValues) {
  EXPECT_EQ(xxh64(""), 0xef46db3751d8e999U);
  EXPECT_EQ(xxh64("a"), 0xd24ec4f1a98c6e5bU);
  EXPECT_EQ(xxh64("abc"), 0x44bc2cf5ad770999U);
  EXPECT_EQ(xxh64("Nobody inspects the spammish repetition"), 0xfbcea83c8a378bf1U);
  EXPECT_EQ(xxh64("xxhash", 20141025), 0xb559b98d844e0635U);
}

TEST(Sha256, GivesTheValuesOfTheStandard) {
  EXPECT_EQ(hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(hex(sha256(Bytes(1'000'000, 'a'))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, IsTheSameInPieces) {
  domain::Random random(3);
  const Bytes bytes = random_bytes(random, 400);
  for (std::size_t step = 1; step < 130; ++step) {
    Sha256 hash;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
      hash.update(ByteView(bytes).substr(at, step));
    }
    EXPECT_EQ(hash.finish(), sha256(bytes)) << step;
  }
}

TEST(Sha256, IsTheSameWithAndWithoutTheProcessorsHelp) {
  domain::Random random(4);
  for (std::size_t blocks = 0; blocks < 20; ++blocks) {
    const Bytes bytes = random_bytes(random, blocks * hash_detail::kSha256BlockBytes);
    const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
    hash_detail::Sha256State portable{1, 2, 3, 4, 5, 6, 7, 8};
    hash_detail::Sha256State chosen = portable;
    hash_detail::sha256_blocks_portable(portable, data, blocks);
    hash_detail::sha256_blocks(chosen, data, blocks);
    EXPECT_EQ(portable, chosen) << blocks;
  }
}

TEST(Hex, IsLowerCase) {
  EXPECT_EQ(to_hex(ByteView("\x00\x0f\xab", 3)), "000fab");
}

}  // namespace
}  // namespace confman
