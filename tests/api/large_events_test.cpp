#include <gtest/gtest.h>
#include <istream>

#include "adapters/api/base64.hpp"
#include "domain/json/value.hpp"
#include "domain/limits.hpp"
#include "tests/api/served_node.hpp"
#include "tests/support/http_connection.hpp"

// The largest values through a stream whose reader reads nothing until all are written: over real
// sockets, whose buffers hold less than one of them.
namespace confman::testing {
namespace {

using namespace std::chrono_literals;

struct Large {
  std::string type;
  std::string value;
  std::string in_event;  // the member "value" of the change, read
  std::string encoding;
};

std::vector<Large> largest_values() {
  constexpr std::size_t kMax = domain::kMaxValueBytes;
  const std::string json(kMax - 2, 'j');
  const std::string bytes(kMax, '\xff');
  std::string encoded;
  api::append_base64(encoded, bytes);
  const std::string controls(kMax, '\x01');  // six bytes each, in JSON
  const std::string quotes(kMax, '"');
  std::string yaml = "k: ";
  while (yaml.size() + 4 <= kMax) yaml += "é\\ ";
  return {{"application/json", "\"" + json + "\"", json, ""},
          {"application/octet-stream", bytes, encoded, "base64"},
          {"text/plain", controls, controls, ""},
          {"text/plain", quotes, quotes, ""},
          {"application/yaml", yaml, yaml, ""}};
}

// The next message of the stream; empty at its end.
json::Value next_change(std::istream& events) {
  std::string line;
  std::string name;
  std::string data;
  while (std::getline(events, line)) {
    if (line.starts_with("event: ")) name = line.substr(7);
    if (line.starts_with("data: ")) data = line.substr(6);
    if (!line.empty()) continue;
    if (!data.empty() && name.empty()) {
      auto value = json::parse(data);
      EXPECT_TRUE(value.has_value());
      return value ? std::move(*value) : json::Value();
    }
    name.clear();
    data.clear();
  }
  return {};
}

class LargeEvents : public ::testing::Test {
 protected:
  // A stream that is opened before there is a leader ends.
  void SetUp() override { ASSERT_TRUE(ask(address(), {.target = "/api/v1/config/none"}, 20s)); }
  void put(const Large& large) const {
    const auto answer = ask(address(),
                            {.method = "PUT",
                             .target = "/api/v1/config/large",
                             .headers = {{"Content-Type", large.type}},
                             .body = large.value},
                            20s);
    ASSERT_TRUE(answer);
    ASSERT_EQ(answer->status / 100, 2) << large.type << ": " << answer->body.substr(0, 300);
  }
  Address address() const { return {"127.0.0.1", node.port()}; }
  static void expect_all(std::istream& events) {
    for (const Large& large : largest_values()) {
      const json::Value change = next_change(events);
      ASSERT_NE(change.find("value"), nullptr) << large.type << " didn't arrive";
      EXPECT_TRUE(*change.find("value")->string() == large.in_event) << large.type;
      EXPECT_EQ(change.find("encoding") != nullptr, !large.encoding.empty());
    }
  }
  ServedNode node;
};

const HttpRequest kStream{.target = "/api/v1/watch?since=0:0",
                          .headers = {{"Accept", "text/event-stream"}}};

TEST_F(LargeEvents, ReachASlowReaderOneByOne) {
  HttpConnection connection(address());
  std::istream* events = connection.open_stream(kStream, 20s);
  ASSERT_NE(events, nullptr);
  for (const Large& large : largest_values()) put(large);
  expect_all(*events);
}

// All in one page, as far as it takes them.
TEST_F(LargeEvents, ReachAReaderThatComesLater) {
  for (const Large& large : largest_values()) put(large);
  HttpConnection connection(address());
  std::istream* events = connection.open_stream(kStream, 20s);
  ASSERT_NE(events, nullptr);
  expect_all(*events);
}

}  // namespace
}  // namespace confman::testing
