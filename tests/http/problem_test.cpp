#include "adapters/http/problem.hpp"

#include <gtest/gtest.h>

namespace confman::http::test {

namespace {

TEST(Problem, HasTheMembersOfItsStandardInOrder) {
  const Problem problem{.status = 412,
                        .code = "version_mismatch",
                        .detail = "It is \"7\".",
                        .title = {},
                        .instance = "r-1",
                        .extra = {{"current", "7"}, {"name", json_string("a\nb")}}};
  EXPECT_EQ(render(problem),
            R"({"type":"https://confman.dev/problems/version_mismatch",)"
            R"("title":"Version mismatch","status":412,"code":"version_mismatch",)"
            R"("detail":"It is \"7\".","instance":"r-1","current":7,"name":"a\nb"})");
  const Response response = problem_response(problem);
  EXPECT_EQ(response.status, 412);
  EXPECT_EQ(response.header("content-type"), "application/problem+json");
}

TEST(Problem, JsonStringsAreAlwaysValid) {
  EXPECT_EQ(json_string("\"\\\t\x01\x7f/"), R"("\"\\\t\u0001\u007f/")");
  EXPECT_EQ(json_string(std::string_view("a\0b", 3)), R"("a\u0000b")");
  EXPECT_EQ(json_string("\xc3\xa4\xf0\x9f\x98\x80"), "\"\xc3\xa4\xf0\x9f\x98\x80\"");
  // An overlong slash, a lone surrogate, a sequence cut off.
  EXPECT_EQ(json_string("\xc0\xaf"), "\"\xef\xbf\xbd\xef\xbf\xbd\"");
  EXPECT_EQ(json_string("\xed\xa0\x80"), "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
  EXPECT_EQ(json_string("\xe2\x82"), "\"\xef\xbf\xbd\xef\xbf\xbd\"");
}

TEST(Response, NoValueCanStartASecondHeader) {
  Response response;
  response.add_header("Location", "/a\r\nSet-Cookie: x");
  EXPECT_EQ(response.header_block(), "Location: /a??Set-Cookie: x\r\n");
  EXPECT_EQ(response.header("set-cookie"), std::nullopt);
}

}  // namespace

}  // namespace confman::http::test
