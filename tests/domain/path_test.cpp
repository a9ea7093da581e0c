#include "domain/model/path.hpp"

#include <gtest/gtest.h>

#include "domain/limits.hpp"

namespace confman::domain {
namespace {

std::string path_of_depth(std::size_t depth) {
  std::string path;
  for (std::size_t i = 0; i < depth; ++i) path += "/a";
  return path;
}

TEST(Path, TakesCanonicalPaths) {
  for (const std::string& path :
       {std::string("/"), std::string("/a"), std::string("/teams/payments/stripe"),
        std::string("/with space/and.dots/..."), std::string("/\xc3\xa9t\xc3\xa9/\xe6\x97\xa5"),
        std::string("/\xf0\x9f\x98\x80"), path_of_depth(kMaxPathDepth),
        "/" + std::string(kMaxSegmentBytes, 'a')}) {
    EXPECT_TRUE(check_path(path)) << path;
  }
}

TEST(Path, SaysWhatIsWrongAndWhere) {
  struct Case {
    std::string path;
    NameFaultKind kind;
    std::size_t offset;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"", NameFaultKind::Empty, 0},
           {"a/b", NameFaultKind::NotAbsolute, 0},
           {"/a/", NameFaultKind::TrailingSlash, 2},
           {"//", NameFaultKind::EmptySegment, 1},
           {"/a//b", NameFaultKind::EmptySegment, 3},
           {"/a/./b", NameFaultKind::DotSegment, 3},
           {"/a/..", NameFaultKind::DotSegment, 3},
           {"/a\nb", NameFaultKind::InvalidCharacter, 2},
           {"/ab\xff", NameFaultKind::InvalidUtf8, 3},
           {path_of_depth(kMaxPathDepth + 1), NameFaultKind::TooDeep, 2 * kMaxPathDepth + 1},
           {"/" + std::string(kMaxSegmentBytes + 1, 'a'), NameFaultKind::TooLong,
            kMaxSegmentBytes + 1},
           {"/" + std::string(kMaxPathBytes, 'a'), NameFaultKind::TooLong, kMaxPathBytes}}) {
    const auto checked = check_path(c.path);
    ASSERT_FALSE(checked) << c.path;
    EXPECT_EQ(code_of(checked.error().kind), code_of(c.kind)) << c.path;
    EXPECT_EQ(checked.error().offset, c.offset) << c.path;
  }
}

TEST(Key, IsOneSegment) {
  EXPECT_TRUE(check_key("api-version"));
  EXPECT_TRUE(check_key(std::string(kMaxKeyBytes, 'k')));
  EXPECT_EQ(check_key("").error(), (NameFault{NameFaultKind::Empty, 0}));
  EXPECT_EQ(check_key("a/b").error(), (NameFault{NameFaultKind::SlashInKey, 1}));
  EXPECT_EQ(check_key("..").error(), (NameFault{NameFaultKind::DotSegment, 0}));
  EXPECT_EQ(check_key(std::string(kMaxKeyBytes + 1, 'k')).error(),
            (NameFault{NameFaultKind::TooLong, kMaxKeyBytes}));
}

// Row H073 of the bad inputs, and its relatives.
TEST(Key, RefusesCharactersThatHideOrHaveTwoSpellings) {
  for (const std::string& character : std::initializer_list<std::string>{
           "\xe2\x80\xae",      // U+202E right-to-left override
           "\xe2\x80\x8b",      // U+200B zero width space
           "\xef\xbb\xbf",      // U+FEFF byte order mark
           "\xc2\xad",          // U+00AD soft hyphen
           "\xcc\x81",          // U+0301, so "e\u0301" beside "\u00e9"
           "\xe2\x84\xab",      // U+212B angstrom sign, NFC U+00C5
           "\xe1\x85\xa1",      // U+1161 Hangul vowel, composes
           "\xef\xa4\x80",      // U+F900 compatibility ideograph, NFC U+8C48
           "\xe3\x82\x99",      // U+3099 kana voiced mark
           "\xc2\x85",          // U+0085 next line
           "\xc2\xa0",          // U+00A0 no-break space
           "\xef\xb7\x90",      // U+FDD0 non-character
           "\xf0\x9f\xbf\xbf",  // U+1FFFF non-character
           "\xf3\xa0\x80\xa1",  // U+E0021 tag
           std::string("\0", 1), "\x7f"}) {
    const auto checked = check_key("ke" + character + "y");
    ASSERT_FALSE(checked);
    EXPECT_EQ(code_of(checked.error().kind), "invalid_key_character");
    EXPECT_EQ(checked.error().offset, 2U);
  }
}

TEST(Path, FamilyRelations) {
  EXPECT_EQ(parent_of("/a/b"), "/a");
  EXPECT_EQ(parent_of("/a"), "/");
  EXPECT_EQ(parent_of("/"), "");
  EXPECT_EQ(depth_of("/"), 0U);
  EXPECT_EQ(depth_of("/a/b"), 2U);
  EXPECT_TRUE(is_within("/a/b", "/a"));
  EXPECT_TRUE(is_within("/a", "/a"));
  EXPECT_TRUE(is_within("/a", "/"));
  EXPECT_TRUE(is_within("/", "/"));
  EXPECT_FALSE(is_within("/ab", "/a"));
  EXPECT_FALSE(is_within("/a", "/a/b"));
}

}  // namespace
}  // namespace confman::domain
