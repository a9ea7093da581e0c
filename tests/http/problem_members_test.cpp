#include <gtest/gtest.h>
#include <set>

#include "adapters/http/problem.hpp"
#include "adapters/http/request_parser.hpp"
#include "tests/http/bad_requests.hpp"

// What docs/api.md promises of every problem, of those that the HTTP server itself makes: how much
// is allowed where something was too much, where in the target a fault is, and what became of a
// request that may have been a write.
namespace confman::http::test {

namespace {

Problem refused(std::string_view bytes) {
  RequestParser parser;
  parser.feed(bytes);
  if (parser.state() == RequestParser::State::Failed) {
    return problem_of(parser.error(), parser.method(), "id-1");
  }
  const auto error = parser.end_of_stream();
  return error ? problem_of(*error, parser.method(), "id-1") : Problem{};
}

std::string member(const Problem& problem, std::string_view name) {
  for (const auto& [key, value] : problem.extra) {
    if (key == name) return value;
  }
  return "";
}

std::string head(const std::string& target, const std::string& fields = "") {
  return "GET " + target + " HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n";
}

TEST(ProblemMembers, TooMuchSaysHowMuchIsAllowed) {
  const std::set<std::string> bounded{"uri_too_long",      "header_too_large",
                                      "payload_too_large", "too_many_headers",
                                      "too_many_chunks",   "chunk_extension_too_long"};
  std::set<std::string> seen;
  std::vector<std::string> requests{
      head("/" + std::string(17 * 1024, 'x')),
      head("/", "X: " + std::string(9 * 1024, 'x') + "\r\n"),
      head("/", std::string(300, 'n') + "\r\n"),
      "PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: " +
          std::string(9 * 1024, 'x')};
  for (const auto& [id, bad] : bad_requests()) requests.push_back(bad.bytes);
  for (const std::string& bytes : requests) {
    const Problem problem = refused(bytes);
    const bool has = bounded.contains(problem.code);
    EXPECT_EQ(!member(problem, "limit").empty(), has) << problem.code;
    if (has) seen.insert(problem.code);
  }
  EXPECT_EQ(seen, bounded);
  EXPECT_EQ(member(refused(requests[0]), "limit"), "16384");
  EXPECT_EQ(member(refused(std::string(33, 'M') + " / HTTP/1.1\r\n"), "limit"), "32");
}

TEST(ProblemMembers, AFaultInTheTargetSaysWhere) {
  EXPECT_EQ(member(refused(head("/a%2")), "offset"), "2");
  EXPECT_EQ(member(refused(head("/?a=%zz")), "offset"), "4");
  EXPECT_EQ(member(refused(head("/a%2Fb")), "offset"), "2");
  EXPECT_EQ(member(refused(head("/%41b%FF")), "offset"), "5");
  EXPECT_EQ(member(refused(head("/?a=%C3%A4%C3")), "offset"), "10");
  EXPECT_EQ(member(refused(head("/a\"b")), "offset"), "2");
}

TEST(ProblemMembers, WhatMayHaveBeenAWriteIsSaidToBeNotDone) {
  const auto outcome = [](std::string_view bytes) { return member(refused(bytes), "outcome"); };
  EXPECT_EQ(outcome("PUT / HTTP/1.1\r\nHost: x\r\n\r\n"), "\"not_done\"");
  EXPECT_EQ(outcome("DELETE /%zz HTTP/1.1\r\n"), "\"not_done\"");
  EXPECT_EQ(outcome("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\na"), "\"not_done\"");
  EXPECT_EQ(outcome("\x16\x03\x01"), "\"not_done\"") << "what it is can't be read";
  EXPECT_EQ(outcome("BREW / HTTP/1.1\r\nX :1\r\n"), "\"not_done\"");
  EXPECT_EQ(outcome("GET / HTTP/1.1\r\n\r\n"), "");
  EXPECT_EQ(outcome("HEAD /%zz HTTP/1.1\r\n"), "");
  EXPECT_EQ(outcome("OPTIONS / HTTP/1.1\r\nHost: x\r\nExpect: x\r\n\r\n"), "");
}

TEST(ProblemMembers, AreInEveryAnswerOfTheServer) {
  const Problem problem = refused("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999\r\n\r\n");
  const Response response = problem_response(problem);
  EXPECT_EQ(response.header("Cache-Control"), "no-store");
  EXPECT_NE(response.body.find(R"("limit":2097152,"outcome":"not_done"})"), std::string::npos)
      << response.body;
}

}  // namespace

}  // namespace confman::http::test
