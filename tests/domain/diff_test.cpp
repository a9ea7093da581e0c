#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/diff/json_diff.hpp"
#include "domain/diff/text_diff.hpp"
#include "tests/domain/support.hpp"

namespace confman::diff {
namespace {

using domain::Random;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr JsonLimits kPlenty{.steps = 100'000, .changes = 1000};

std::vector<std::string> changes(std::string_view from, std::string_view to,
                                 const JsonLimits& limits = kPlenty) {
  const auto a = json::parse(from);
  const auto b = json::parse(to);
  EXPECT_TRUE(a && b);
  const JsonDiff found = compare(*a, *b, limits);
  std::vector<std::string> all;
  for (const JsonChange& change : found.changes) {
    const char* mark = change.from == nullptr ? "+" : change.to == nullptr ? "-" : "~";
    all.push_back(mark + change.pointer);
  }
  if (!found.complete) all.emplace_back("…");
  return all;
}

TEST(JsonDiff, SaysEachChangeOnceWhereItStands) {
  EXPECT_THAT(changes(R"({"a":1,"b":{"c":[1,2]},"d":null})", R"({"b":{"c":[1,3],"x":1},"d":null})"),
              ElementsAre("-/a", "~/b/c/1", "+/b/x"));
  EXPECT_THAT(changes("1", "1"), IsEmpty());
  EXPECT_THAT(changes("1", R"("1")"), ElementsAre("~"));
  EXPECT_THAT(changes("{}", "[]"), ElementsAre("~"));
}

TEST(JsonDiff, OrderAndSpaceOfMembersMeanNothing) {
  EXPECT_THAT(changes(R"({"a":1,"b":[{"x":1,"y":2}]})", R"({ "b":[{"y":2,"x":1}], "a":1 })"),
              IsEmpty());
}

TEST(JsonDiff, NumbersAreTheSameWhereTheyAreWrittenTheSame) {
  EXPECT_THAT(changes("[1.0, 1e2]", "[1, 1e2]"), ElementsAre("~/0"));
}

TEST(JsonDiff, AnElementThatIsPutInMovesNoOther) {
  EXPECT_THAT(changes("[1,2,3,4]", "[1,9,2,3,4]"), ElementsAre("+/1"));
  EXPECT_THAT(changes("[1,2,3,4]", "[2,3,4]"), ElementsAre("-/0"));
  EXPECT_THAT(changes("[1,1]", "[1,1,1]"), ElementsAre("+/2"));
  EXPECT_THAT(changes("[]", "[1,2]"), ElementsAre("+/0", "+/1"));
}

TEST(JsonDiff, PointersEscapeWhatRfc6901Escapes) {
  EXPECT_THAT(changes(R"({"a/b":1,"m~n":1,"":1})", R"({"a/b":2,"m~n":2,"":2})"),
              ElementsAre("~/a~1b", "~/m~0n", "~/"));
}

TEST(JsonDiff, EndsAtItsBoundsAndSaysSo) {
  EXPECT_THAT(changes("[1,2,3]", "[4,5,6]", {.steps = 1000, .changes = 2}),
              ElementsAre("~/0", "~/1", "…"));
  EXPECT_THAT(changes("[1,2,3]", "[1,2,3]", {.steps = 3, .changes = 2}), ElementsAre("…"));
  EXPECT_THAT(changes("1", "1", {.steps = 0, .changes = 2}), ElementsAre("…"));
}

constexpr TextLimits kEnough{.steps = 100'000, .bytes = 100'000};

std::string hunks(std::string_view from, std::string_view to) {
  const TextDiff found = unified_diff(from, to, kEnough);
  EXPECT_TRUE(found.complete);
  return found.hunks;
}

TEST(TextDiff, IsAUnifiedDiff) {
  EXPECT_EQ(hunks("a\nb\nc\n", "a\nx\nc\n"), "@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n");
  EXPECT_EQ(hunks("same\n", "same\n"), "");
  EXPECT_EQ(hunks("", "a\n"), "@@ -0,0 +1 @@\n+a\n");
  EXPECT_EQ(hunks("a\n", ""), "@@ -1 +0,0 @@\n-a\n");
}

TEST(TextDiff, SaysWhereTheLastLineHasNoEnd) {
  EXPECT_EQ(hunks("a", "a\n"), "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n");
  EXPECT_EQ(hunks("a\nb", "a\nc"),
            "@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+c\n\\ No newline at end of "
            "file\n");
}

TEST(TextDiff, ChangesThatAreFarApartHaveHunksOfTheirOwn) {
  std::string from;
  for (int i = 0; i < 20; ++i) from += std::to_string(i) + "\n";
  std::string to = from;
  to.replace(0, 1, "x");
  to.replace(to.size() - 3, 2, "y");
  EXPECT_EQ(hunks(from, to),
            "@@ -1,4 +1,4 @@\n-0\n+x\n 1\n 2\n 3\n@@ -17,4 +17,4 @@\n 16\n 17\n 18\n-19\n+y\n");
}

TEST(TextDiff, EndsAtItsBoundsAndSaysSo) {
  std::string from;
  std::string to;
  for (int i = 0; i < 1000; ++i) {
    from += std::to_string(i) + "\n";
    to += std::to_string(-i - 1) + "\n";
  }
  const TextDiff steps = unified_diff(from, to, {.steps = 1000, .bytes = 1'000'000});
  EXPECT_FALSE(steps.complete);
  EXPECT_EQ(steps.hunks, "");
  EXPECT_FALSE(unified_diff(from, "", {.steps = 1'000'000, .bytes = 100}).complete);
}

// What patch(1) does.
std::string patched(const std::string& from, const std::string& hunks) {
  std::vector<std::string> lines;
  for (std::string_view rest = from; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size() - 1) + 1;
    lines.emplace_back(rest.substr(0, end));
    rest.remove_prefix(end);
  }
  std::string out;
  std::size_t at = 0;
  char last = ' ';
  for (std::string_view rest = hunks; !rest.empty();) {
    const std::size_t end = rest.find('\n') + 1;
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end);
    if (line.starts_with("@@ -")) {
      std::size_t first = 0;
      std::size_t count = 1;
      std::sscanf(line.data(), "@@ -%zu,%zu", &first, &count);
      const std::size_t begin = count == 0 ? first : first - 1;
      for (; at < begin; ++at) out += lines.at(at);
    } else if (line.starts_with("\\")) {
      if (last != '-') out.pop_back();
    } else {
      last = line.front();
      if (last != '+') {
        std::string expected = lines.at(at++);
        if (!expected.ends_with('\n')) expected += '\n';
        EXPECT_EQ(line.substr(1), expected);
      }
      if (last != '-') out += line.substr(1);
    }
  }
  for (; at < lines.size(); ++at) out += lines[at];
  return out;
}

TEST(TextDiff, LeadsFromOneTextToTheOther) {
  Random random(7);
  for (int round = 0; round < 3000; ++round) {
    const auto text = [&random] {
      std::string lines;
      for (std::uint64_t i = random.below(14); i > 0; --i) {
        lines += static_cast<char>('a' + random.below(4));
        if (i > 1 || random.one_in(2)) lines += '\n';
      }
      return lines;
    };
    const std::string from = text();
    const std::string to = text();
    ASSERT_EQ(patched(from, hunks(from, to)), to) << from << "\n---\n" << to;
  }
}

}  // namespace
}  // namespace confman::diff
