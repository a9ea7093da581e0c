#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>
#include <fstream>
#include <gtest/gtest.h>

#include "adapters/http/server.hpp"
#include "tests/http/bad_requests.hpp"
#include "tests/http/client.hpp"
#include "tests/support/paths/paths.hpp"

// The answers that tests/data/bad-inputs.jsonl asks for, over a real socket. The file says status
// and code, so that this table can't drift from it.
namespace confman::http::test {

namespace {

// id → expected, of the surface HTTP.
std::map<std::string, std::string> rows_of_the_file() {
  std::map<std::string, std::string> rows;
  std::ifstream file(confman::test::source_dir() / "tests/data/bad-inputs.jsonl");
  for (std::string line; std::getline(file, line);) {
    Poco::JSON::Parser parser;
    const auto row = parser.parse(line).extract<Poco::JSON::Object::Ptr>();
    if (row->getValue<std::string>("surface") != "HTTP") continue;
    rows[row->getValue<std::string>("id")] = row->getValue<std::string>("expected");
  }
  return rows;
}

class BadInputs : public testing::Test {
 protected:
  void SetUp() override {
    rows_ = rows_of_the_file();
    ASSERT_FALSE(rows_.empty());
    const auto port = server_.start();
    ASSERT_TRUE(port) << port.error().message;
    port_ = *port;
  }

  void expect_answer(const std::string& id, const Answer& answer) {
    const std::string& expected = rows_.at(id);
    if (id == "H103") {
      EXPECT_EQ(answer.status, 200);
      EXPECT_FALSE(answer.closes());
      return;
    }
    EXPECT_EQ(answer.status, std::stoi(expected));
    if (id == "H037") {
      EXPECT_TRUE(answer.headers.contains("allow"));
      return;
    }
    // "413 without 100" names no code.
    const std::string code = expected.substr(4, expected.find(' ', 4) - 4);
    EXPECT_EQ(answer.code(), id == "H076" ? "payload_too_large" : code);
    EXPECT_TRUE(answer.closes());
    EXPECT_EQ(answer.headers.at("content-type"), "application/problem+json");
    EXPECT_EQ(answer.headers.at("x-content-type-options"), "nosniff");
    EXPECT_NE(answer.body.find("\"instance\":\"" + answer.headers.at("x-request-id") + "\""),
              std::string::npos);
    EXPECT_EQ(answer.headers.contains("allow"), answer.status == 405);
  }

  std::map<std::string, std::string> rows_;
  Server server_{{}, [](Request&&, ResponseSink sink) { sink.respond(Response(200)); }};
  std::uint16_t port_ = 0;
};

TEST_F(BadInputs, EachRowGetsItsAnswerAndNothingElse) {
  for (const auto& [id, bad] : bad_requests()) {
    SCOPED_TRACE(id);
    ASSERT_TRUE(rows_.contains(id));
    Client client(port_);
    client.send(bad.bytes);
    if (bad.then_shut) client.shutdown_send();
    // The first thing that comes is the verdict: no "100 Continue" before it either.
    const auto answer = client.read_answer();
    ASSERT_TRUE(answer);
    expect_answer(id, *answer);
    // Nothing of what followed was taken for a request.
    if (answer->closes()) {
      EXPECT_TRUE(client.at_end());
    }
  }
}

TEST_F(BadInputs, EveryRowIsCoveredOrSaidToBeDecidedElsewhere) {
  for (const auto& [id, expected] : rows_) {
    const int mentioned = bad_requests().contains(id) + rows_tested_elsewhere().contains(id) +
                          rows_not_decided_here().contains(id);
    EXPECT_EQ(mentioned, 1) << id << ": " << expected;
  }
}

}  // namespace

}  // namespace confman::http::test
