#include "tests/schema/support.hpp"

namespace confman::schema {
namespace {

bool found(std::string_view pattern, std::string_view text) {
  const auto compiled = re2_patterns()->compile(pattern);
  EXPECT_TRUE(compiled) << pattern << ": " << (compiled ? "" : compiled.error().reason);
  return compiled && (*compiled)->is_found_in(text);
}

PatternFaultKind fault(std::string_view pattern) {
  const auto compiled = re2_patterns()->compile(pattern);
  EXPECT_FALSE(compiled) << pattern;
  return compiled ? PatternFaultKind::TooComplex : compiled.error().kind;
}

TEST(Patterns, AreFoundAnywhere) {
  EXPECT_TRUE(found("b", "abc"));
  EXPECT_FALSE(found("^b", "abc"));
  EXPECT_TRUE(found("", "abc"));
}

TEST(Patterns, AnchorTheWholeTextNotItsLines) {
  EXPECT_FALSE(found("^b$", "a\nb\nc"));
  EXPECT_FALSE(found("^a$", "a\n"));
}

TEST(Patterns, MeanByADotWhatIsNoEndOfALine) {
  EXPECT_TRUE(found("^.$", "\xf0\x9f\x92\xa9"));
  for (const std::string_view end : {"\n", "\r", "\xe2\x80\xa8", "\xe2\x80\xa9"}) {
    EXPECT_FALSE(found("^.$", end));
  }
}

TEST(Patterns, HaveTheClassesOfEcma) {
  EXPECT_TRUE(found("^\\s$", "\xc2\xa0"));
  EXPECT_TRUE(found("^\\s$", "\xef\xbb\xbf"));
  EXPECT_FALSE(found("^\\S$", "\v"));
  EXPECT_TRUE(found("^[\\S]$", "a"));
  EXPECT_FALSE(found("^\\d$", "\xd9\xa3"));  // an Arabic digit
  EXPECT_FALSE(found("^\\w$", "\xc3\xa9"));
  EXPECT_TRUE(found("^[\\W\\d]+$", "1\xc3\xa9"));
  EXPECT_TRUE(found("^[^]$", "\n"));
  EXPECT_FALSE(found("[]", "a"));
}

TEST(Patterns, KnowUnicodesProperties) {
  EXPECT_TRUE(found("^\\p{Letter}+$", "\xce\xb1\xc3\xa9x"));
  EXPECT_TRUE(found("^\\p{Script=Greek}$", "\xce\xb1"));
  EXPECT_TRUE(found("^\\p{gc=Lu}$", "A"));
  EXPECT_FALSE(found("^\\P{L}$", "A"));
  EXPECT_TRUE(found("^[^\\p{L}]$", "1"));
  EXPECT_EQ(fault("\\p{Emoji}"), PatternFaultKind::Unsupported);
  EXPECT_EQ(fault("\\pL"), PatternFaultKind::Bad);
}

TEST(Patterns, ReadTheEscapesOfEcma) {
  EXPECT_TRUE(found("^\\cJ$", "\n"));
  EXPECT_TRUE(found("^\\x41\\u0042\\u{43}$", "ABC"));
  EXPECT_TRUE(found("^\\ud83d\\udca9$", "\xf0\x9f\x92\xa9"));
  EXPECT_TRUE(found("^\\/[\\b]\\0$", std::string_view("/\b\0", 3)));
  EXPECT_TRUE(found("^(?<year>\\d{4})-(?:\\d\\d)$", "2026-01"));
  EXPECT_TRUE(found("^a\\-\\.b$", "a-.b"));
  EXPECT_TRUE(found("^[[:x]+$", "[:x"));  // no class of POSIX
}

TEST(Patterns, ThatAreNoneOfEcmaAreRefused) {
  for (const std::string_view pattern : {"(",       ")",
                                         "[",       "a**",
                                         "*",       "a{2,1}",
                                         "{",       "}",
                                         "]",       "\\",
                                         "\\a",     "\\Z",
                                         "\\A",     "\\8",
                                         "(?i)a",   "(?P<n>a)",
                                         "[z-a]",   "[\\d-z]",
                                         "\\x4",    "\\u12",
                                         "\\c",     "(?<n>a)(?<n>b)",
                                         "(?<1>a)", "\\k"}) {
    EXPECT_EQ(fault(pattern), PatternFaultKind::Bad) << pattern;
    EXPECT_FALSE(re2_patterns()->is_expression(pattern)) << pattern;
  }
}

TEST(Patterns, ThatNeedMoreThanLinearTimeAreRefusedAndAreExpressionsAllTheSame) {
  for (const std::string_view pattern :
       {"(?=a)b", "(?!a)b", "(?<=a)b", "(?<!a)b", "(a)\\1", "(?<n>a)\\k<n>"}) {
    EXPECT_EQ(fault(pattern), PatternFaultKind::Unsupported) << pattern;
    EXPECT_TRUE(re2_patterns()->is_expression(pattern)) << pattern;
  }
  EXPECT_EQ(fault("(?=a)["), PatternFaultKind::Bad);
}

}  // namespace
}  // namespace confman::schema
