#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <map>
#include <sstream>

#include "tests/golden/frames.hpp"
#include "tests/golden/samples.hpp"
#include "tests/support/paths/paths.hpp"

// Bytes on disk and on the wire are what 0.1.0 made.
namespace confman::golden {
namespace {

std::string content_of(const std::string& name) {
  std::ifstream in(test::source_dir() / "tests/golden/0.1.0" / name, std::ios::binary);
  EXPECT_TRUE(in) << name;
  return {std::istreambuf_iterator<char>(in), {}};
}

// Lines of a name and a word.
std::map<std::string, std::string> table(const std::string& name) {
  std::map<std::string, std::string> words;
  std::istringstream lines(content_of(name));
  std::string key;
  std::string word;
  while (lines >> key >> word) words[key] = word;
  EXPECT_FALSE(words.empty());
  return words;
}

std::string hex(ByteView bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    text.push_back(kDigits[static_cast<unsigned char>(c) >> 4]);
    text.push_back(kDigits[static_cast<unsigned char>(c) & 15]);
  }
  return text;
}

std::string hex(std::uint64_t number) {
  Bytes bytes;
  for (int shift = 56; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(number >> shift));
  return hex(ByteView(bytes));
}

TEST(Golden, CommandsAndTheirFingerprints) {
  const auto expected = table("commands.txt");
  EXPECT_EQ(expected.size(), 2 * commands().size());
  for (const auto& [name, command] : commands()) {
    const Bytes bytes = encode(command);
    EXPECT_EQ(hex(ByteView(bytes)), expected.at(name)) << name;
    EXPECT_EQ(hex(fingerprint(command, command.actor)), expected.at(name + ".fingerprint")) << name;
    const auto decoded = domain::decode_command(bytes);
    ASSERT_TRUE(decoded) << name;
    EXPECT_EQ(*decoded, command) << name;
  }
}

TEST(Golden, Rows) {
  const auto expected = table("rows.txt");
  EXPECT_EQ(expected.size(), rows().size());
  for (const auto& [name, bytes] : rows()) {
    EXPECT_EQ(hex(ByteView(bytes)), expected.at(name)) << name;
  }
}

TEST(Golden, Messages) {
  const auto expected = table("frames.txt");
  EXPECT_EQ(expected.size(), frames().size());
  for (const auto& [name, bytes] : frames()) {
    EXPECT_EQ(hex(ByteView(bytes)), expected.at(name)) << name;
    if (name == "membership") continue;
    const auto decoded = consensus::decode_message(bytes);
    ASSERT_TRUE(decoded) << name << ": " << name_of(decoded.error());
    EXPECT_EQ(encode(*decoded), bytes) << name;
  }
}

// Apply makes the same rows, digest and audit chain, and the stream has the same bytes.
TEST(Golden, TheSnapshotOfAState) {
  const std::string stream = content_of("state.snapshot");
  EXPECT_TRUE(snapshot() == stream);
  std::uint64_t rows = 0;
  domain::SnapshotReader reader([&rows](domain::Table, ByteView, ByteView) { ++rows; });
  const auto fed = reader.feed(stream);
  ASSERT_TRUE(fed) << code_of(fed.error());
  const auto header = reader.finish();
  ASSERT_TRUE(header);
  EXPECT_EQ(header->cluster, "golden");
  EXPECT_GT(rows, 64U);
}

}  // namespace
}  // namespace confman::golden
