#include <algorithm>
#include <gtest/gtest.h>
#include <string>

#include "tests/cli/program.hpp"
#include "tests/cli/stand_in.hpp"

// Event streams from servers in any state.
namespace confman::testing {
namespace {

std::string stream(const std::string& events) {
  return "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nX-Confman-Node: node1\r\n"
         "Connection: close\r\n\r\n" +
         events;
}

std::string change(int version, const std::string& value) {
  const std::string n = std::to_string(version);
  return "id: 1:" + n + "\ndata: {\"type\":\"config.updated\",\"namespace\":\"/\",\"key\":\"k\"," +
         "\"version\":" + n + ",\"revision\":\"1:" + n +
         "\",\"contentType\":\"application/json\",\"value\":" + value + "}\n\n";
}

std::string html(const std::string& status) {
  return http_answer(status, "Content-Type: text/html\r\n", "<html>from a proxy</html>");
}

TEST(CliWatch, AsksTheNextServerWhereAProxyAnswers) {
  for (const char* status : {"502 Bad Gateway", "200 OK", "404 Not Found"}) {
    StandIn proxy([&](const std::string&) { return html(status); });
    StandIn node([](const std::string&) { return stream(change(1, "1.50")); });
    const Result result =
        run({"watch", "--count", "1", "--server", proxy.address() + "," + node.address()});
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_NE(result.out.find("  1.50\n"), std::string::npos) << result.out;
  }
}

TEST(CliWatch, EndsWhereNoStreamCanBeOpened) {
  StandIn proxy([](const std::string&) { return html("200 OK"); });
  expect_failure(run({"watch", "--server", proxy.address()}), 69, "not a confman server");
  StandIn busy([](const std::string&) { return confman_problem(503, "busy"); });
  expect_failure(run({"watch", "--server", busy.address(), "--timeout", "300ms"}), 69,
                 "Given up after 300 ms");
  expect_failure(run({"watch", "--server", "127.0.0.1:1"}), 69, "refused");
}

TEST(CliWatch, ARefusalEndsIt) {
  StandIn node([](const std::string&) { return confman_problem(400, "bad_version_token"); });
  expect_failure(run({"watch", "--since", "9:9", "--server", node.address()}), 65,
                 "bad_version_token");
}

TEST(CliWatch, GoesOnBehindTheLastWholeEvent) {
  int connections = 0;
  StandIn node([&](const std::string& request) {
    if (++connections == 1) return stream(change(1, "1") + change(2, "2").substr(0, 40));
    EXPECT_NE(request.find("Last-Event-ID: 1:1\r\n"), std::string::npos) << request;
    return stream(change(2, "2"));
  });
  const Result result = run({"watch", "--count", "2", "--server", node.address()});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_NE(result.out.find("version 2 "), std::string::npos) << result.out;
}

std::string closing(const std::string& reason) {
  return "retry: 1000\n\nevent: closing\ndata: {\"type\":\"closing\",\"reason\":\"" + reason +
         "\",\"detail\":\"Not here.\"}\n\n";
}

TEST(CliWatch, AStreamThatOnlyCloses) {
  StandIn removed([](const std::string&) { return stream(closing("removed")); });
  expect_failure(run({"watch", "--server", removed.address(), "--timeout", "300ms"}), 69,
                 "Not here. (removed)");
}

// Of a write it is true that nothing was done; of a stream there is nothing to say it of.
TEST(CliWatch, AnOutageIsToldInWordsThatAreTrueOfAStream) {
  const std::vector<std::pair<std::string, std::string>> words = {
      {"no_leader", "it knows no leader (no_leader)"},
      {"shutting_down", "it is shutting down (shutting_down)"},
      {"busy", "it has too many requests in flight (busy)"}};
  for (const auto& [code, text] : words) {
    StandIn refusing([&](const std::string&) { return confman_problem(503, code); });
    expect_failure(run({"watch", "--server", refusing.address(), "--timeout", "300ms"}), 69, text);
    int connections = 0;
    StandIn node([&](const std::string& request) {
      if (request.find("/admin/members") != request.npos) return confman_problem(503, "busy");
      ++connections;
      if (connections == 2) return stream(closing(code));
      return stream(change(connections, "1"));
    });
    const Result result = run({"watch", "--count", "2", "--server", node.address()});
    EXPECT_EQ(result.status, 0);
    EXPECT_EQ(result.err, "confman: " + node.address() + ": " + text +
                              "; going on when a server answers\nconfman: following again, at " +
                              node.address() + "\n");
  }
}

TEST(CliWatch, AsksForTheMembersWhereAStreamOnlyCloses) {
  StandIn serving([](const std::string& request) {
    return request.find("/admin/members") == request.npos
               ? stream(change(1, "1.50"))
               : confman_answer(R"({"members":[],"joint":false})", "node2", "node2");
  });
  StandIn removed([&](const std::string& request) {
    if (request.find("/admin/members") == request.npos) return stream(closing("removed"));
    return confman_answer(R"({"members":[{"name":"node2","role":"voter","apiAddress":")" +
                              serving.address() + R"("}],"joint":false})",
                          "node1", "");
  });
  const Result result = run({"watch", "--count", "1", "--server", removed.address()});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_NE(result.out.find("  1.50\n"), std::string::npos) << result.out;
}

// A position, the end of the stream, and whatever a newer server says of the stream itself.
TEST(CliWatch, WhatIsNoChangeIsNotPrinted) {
  StandIn node([](const std::string&) {
    return stream(
        ": heartbeat\nid: 1:1\n\n"
        "event: position\nid: 1:2\ndata: {\"type\":\"position\"}\n\n"
        "data: {\"type\":\"no_leader\",\"detail\":\"No leader is known.\"}\n\n"
        "data: {\"type\":\"closing\",\"reason\":\"stop\"}\n\n" +
        change(3, "3"));
  });
  const Result result = run({"watch", "--count", "1", "--server", node.address()});
  EXPECT_EQ(std::ranges::count(result.out, '\n'), 1) << result.out;
  EXPECT_EQ(result.err, "confman: No leader is known.\n");
}

TEST(CliWatch, AnEventThatCannotBeReadIsAnError) {
  StandIn node([](const std::string&) { return stream("id: 1:1\ndata: {\"type\":\n\n"); });
  expect_failure(run({"watch", "--server", node.address()}), 76, "can't be read");
}

TEST(CliWatch, AnOutageIsToldOnStandardError) {
  int connections = 0;
  StandIn node([&](const std::string&) {
    ++connections;
    if (connections == 2) return html("502 Bad Gateway");
    return stream(change(connections, "1"));
  });
  const Result result = run({"watch", "--count", "2", "--server", node.address()});
  EXPECT_EQ(result.status, 0);
  EXPECT_NE(result.err.find("502"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("following again, at " + node.address()), std::string::npos);
}

}  // namespace
}  // namespace confman::testing
