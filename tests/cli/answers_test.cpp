#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "tests/cli/program.hpp"
#include "tests/cli/stand_in.hpp"

// What isn't a whole answer of Confman: of proxies, of other servers, of connections that break.
namespace confman::testing {
namespace {

constexpr std::string_view kWritten =
    R"({"namespace":"/","key":"k","version":1,"revision":"1:1","created":true})";

std::string html(const std::string& status) {
  return http_answer(status, "Content-Type: text/html\r\n", "<html>from a proxy</html>");
}

StandIn confman() {
  return StandIn([](const std::string& request) {
    return request.starts_with("GET") ? confman_answer(R"({"items":[],"next":null})")
                                      : confman_answer(std::string(kWritten));
  });
}

std::string chunked(const std::string& chunks) {
  return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Confman-Node: node1\r\n"
         "X-Confman-Leader: node1\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n" +
         chunks;
}

struct Broken {
  const char* name;
  std::string answer;
};

const std::vector<Broken>& broken_answers() {
  static const std::string long_page = R"({"items":[],"next":null})";
  static const std::vector<Broken> answers{
      {"502", html("502 Bad Gateway")},
      {"503", html("503 Service Unavailable")},
      {"504", html("504 Gateway Timeout")},
      {"500", html("500 Internal Server Error")},
      {"403", html("403 Forbidden")},
      {"404", html("404 Not Found")},
      {"302", http_answer("302 Found", "Location: http://127.0.0.1:1/login\r\n", "")},
      {"307 to nowhere", http_answer("307 Temporary Redirect", "Location: /login\r\n", "")},
      {"HTML with 200", html("200 OK")},
      {"JSON with 200 of somebody else",
       http_answer("200 OK", "Content-Type: application/json\r\n", long_page)},
      {"a problem of somebody else",
       http_answer("503 Service Unavailable", "Content-Type: application/problem+json\r\n",
                   R"({"type":"about:blank","code":"no_leader","status":503})")},
      {"a problem that breaks off",
       http_answer("503 Service Unavailable", "Content-Type: application/problem+json\r\n",
                   R"({"type":"https://confman.dev/problems/no_leader","code":"no_)")},
      {"HTML in the name of Confman",
       http_answer("200 OK", "Content-Type: text/html\r\nX-Confman-Node: node1\r\n", "<html>")},
      {"JSON that breaks off", confman_answer(R"({"items":[],)")},
      {"a body shorter than its length",
       "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Confman-Node: node1\r\n"
       "Content-Length: 400\r\n\r\n" +
           long_page},
      {"chunks without an end", chunked("18\r\n" + long_page + "\r\n")},
      {"a chunk that breaks off", chunked("20\r\n" + long_page)},
      {"a chunk size that is none", chunked("x\r\n" + long_page + "\r\n0\r\n\r\n")},
      {"half a head", "HTTP/1.1 200 OK\r\nContent-Ty"},
      {"nothing", ""},
  };
  return answers;
}

TEST(CliAnswers, AWriteThatWasSentIsUnknownWithTheKeyToTryAgainWith) {
  for (const Broken& broken : broken_answers()) {
    StandIn proxy([&](const std::string&) { return broken.answer; });
    const Result result =
        run({"set", "/k", "1", "--timeout", "300ms", "--server", proxy.address()});
    SCOPED_TRACE(broken.name);
    expect_failure(result, 75, "Whether the change was made isn't known");
    const std::string request = proxy.requests().at(0);
    const std::size_t at = request.find("Idempotency-Key: ");
    ASSERT_NE(at, std::string::npos);
    expect_failure(result, 75, "--idempotency-key " + request.substr(at + 17, 32));
    EXPECT_EQ(result.out, "");
  }
}

TEST(CliAnswers, AWriteThatWasSentIsMadeByTheNextServerUnderTheSameKey) {
  for (const Broken& broken : broken_answers()) {
    SCOPED_TRACE(broken.name);
    StandIn proxy([&](const std::string&) { return broken.answer; });
    StandIn node = confman();
    const Result result = run({"set", "/k", "1", "--server", proxy.address(), "--server",
                               node.address(), "--timeout=5s"});
    EXPECT_EQ(result.status, 0) << result.err;
    const auto key = [](const std::string& request) {
      return request.substr(request.find("Idempotency-Key: "), 17 + 32);
    };
    EXPECT_EQ(key(proxy.requests().at(0)), key(node.requests().at(0)));
  }
}

TEST(CliAnswers, AReadAsksTheNextServer) {
  for (const Broken& broken : broken_answers()) {
    SCOPED_TRACE(broken.name);
    StandIn proxy([&](const std::string&) { return broken.answer; });
    StandIn node = confman();
    const Result result =
        run({"list", "/", "--server", proxy.address() + "," + node.address(), "--timeout=5s"});
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_EQ(proxy.count("GET"), 1U);
    EXPECT_EQ(node.count("GET"), 1U);
  }
}

TEST(CliAnswers, AReadWithoutAnotherServerFailsAndPrintsNothing) {
  for (const Broken& broken : broken_answers()) {
    SCOPED_TRACE(broken.name);
    StandIn proxy([&](const std::string&) { return broken.answer; });
    const Result result = run({"list", "/", "--server", proxy.address(), "--timeout", "200ms"});
    EXPECT_TRUE(result.status == 69 || result.status == 75) << result.status << result.err;
    EXPECT_EQ(result.out, "");
    EXPECT_NE(result.err.find(proxy.address()), std::string::npos) << result.err;
  }
}

TEST(CliAnswers, AWholeChunkedAnswerIsTaken) {
  StandIn node([](const std::string&) {
    return chunked("a;x=y\r\n{\"items\":[\r\n00E\r\n],\"next\":null}\r\n0\r\n\r\n");
  });
  const Result result = run({"list", "/", "--server", node.address()});
  EXPECT_EQ(result.status, 0) << result.err;
}

TEST(CliAnswers, AValueWhoseEndCannotBeToldIsNotTaken) {
  StandIn node([](const std::string&) {
    return std::string(
        "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nX-Confman-Node: node1\r\n"
        "X-Confman-Content-Type: text/plain\r\nConnection: close\r\n\r\nhalf a va");
  });
  const Result result = run({"get", "/k", "--server", node.address(), "--timeout", "200ms"});
  expect_failure(result, 69, "length isn't said");
  EXPECT_EQ(result.out, "");
}

TEST(CliAnswers, WhatWasNeverSentIsCertainlyNotDone) {
  expect_failure(run({"set", "/k", "1", "--server", "127.0.0.1:1"}), 69, "refused");
}

TEST(CliAnswers, ARefusalAfterAnUnknownAttemptDoesNotSettleIt) {
  StandIn proxy([](const std::string&) { return html("504 Gateway Timeout"); });
  StandIn node([](const std::string&) {
    return confman_problem(401, "invalid_credentials", ",\"outcome\":\"not_done\"");
  });
  const std::string servers = proxy.address() + "," + node.address();
  expect_failure(run({"set", "/k", "1", "--server", servers}), 75, "--idempotency-key");
  // What the state machine has decided under the key holds for both.
  StandIn decides([](const std::string&) {
    return confman_problem(412, "version_mismatch", ",\"outcome\":\"not_done\"");
  });
  expect_failure(run({"set", "/k", "1", "--server", proxy.address() + "," + decides.address()}), 65,
                 "version_mismatch");
}

// A server that reads the second try as another request than the first speaks of that one.
TEST(CliAnswers, AKeyOfItsOwnThatIsInUseAfterAnUnknownAttemptDoesNotSettleIt) {
  StandIn proxy([](const std::string&) { return html("504 Gateway Timeout"); });
  StandIn reused([](const std::string&) {
    return confman_problem(422, "idempotency_key_reused", ",\"outcome\":\"not_done\"");
  });
  const std::string servers = proxy.address() + "," + reused.address();
  expect_failure(run({"draft", "put", "/k", "1", "--server", servers}), 75, "--idempotency-key");
  expect_failure(run({"draft", "put", "/k", "1", "--server", servers, "--idempotency-key", "mine"}),
                 65, "idempotency_key_reused");
}

TEST(CliAnswers, TheOutcomeIsWhatTheProblemSays) {
  StandIn unknown([](const std::string&) {
    return confman_problem(500, "no_answer", ",\"outcome\":\"unknown\"");
  });
  expect_failure(run({"set", "/k", "1", "--server", unknown.address(), "--timeout", "300ms"}), 75,
                 "--idempotency-key");
  StandIn full([](const std::string&) {
    return confman_problem(507, "no_space", ",\"outcome\":\"not_done\"");
  });
  expect_failure(run({"set", "/k", "1", "--server", full.address()}), 69, "no_space");
}

TEST(CliAnswers, AMemberChangeWithoutAnAnswerIsUnknownAndSentOnce) {
  StandIn proxy([](const std::string&) { return html("504 Gateway Timeout"); });
  StandIn node = confman();
  const Result result =
      run({"cluster", "promote", "node4", "--server", proxy.address(), "--server", node.address()});
  expect_failure(result, 75, "confman cluster members");
  EXPECT_EQ(proxy.count("PUT"), 1U);
  EXPECT_EQ(node.count("PUT"), 0U);
}

TEST(CliAnswers, WithJsonAnErrorIsAnObjectOnStandardError) {
  StandIn proxy([](const std::string&) { return html("504 Gateway Timeout"); });
  const Result unknown = run({"set", "/k", "1", "--idempotency-key", "K", "--timeout", "200ms",
                              "--json", "--server", proxy.address()});
  EXPECT_EQ(unknown.status, 75);
  EXPECT_TRUE(unknown.err.starts_with("{\"error\":{\"exit\":75,\"message\":")) << unknown.err;
  EXPECT_NE(unknown.err.find(R"("outcome":"unknown","idempotencyKey":"K"}})"), std::string::npos);
  StandIn node([](const std::string&) { return confman_problem(404, "entry_not_found"); });
  const Result absent = run({"get", "/a/k", "-o", "json", "--server", node.address()});
  EXPECT_EQ(absent.status, 66);
  EXPECT_EQ(absent.out, "");
  EXPECT_NE(absent.err.find(R"("problem":{"type":"https://confman.dev/problems/entry_not_found")"),
            std::string::npos)
      << absent.err;
  const Result usage = run({"get", "--json"});
  EXPECT_EQ(usage.status, 64);
  EXPECT_TRUE(usage.err.starts_with("{\"error\":{\"exit\":64,")) << usage.err;
}

TEST(CliAnswers, MessagesSayWhatAndHowLong) {
  StandIn node([](const std::string&) { return confman_problem(404, "entry_not_found"); });
  expect_failure(run({"get", "/a/k", "--server", node.address()}), 66,
                 "/a/k: Words. (entry_not_found)");
  StandIn busy([](const std::string&) { return confman_problem(503, "busy"); });
  expect_failure(run({"get", "/a/k", "--server", busy.address(), "--timeout", "300ms"}), 69,
                 "Given up after 300 ms");
}

// A page that never ends, a page that isn't one: nothing of it is a success.
TEST(CliAnswers, AListingThatCannotBeReadIsAnError) {
  StandIn odd([](const std::string&) { return confman_answer(R"({"entries":[]})"); });
  expect_failure(run({"list", "--server", odd.address()}), 76, "can't be read");
  StandIn circle([](const std::string&) {
    return confman_answer(R"({"items":[{"namespace":"/","key":"k"}],"next":"again"})");
  });
  expect_failure(run({"list", "--server", circle.address()}), 76, "same page twice");
}

}  // namespace
}  // namespace confman::testing
