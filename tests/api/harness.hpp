#pragma once

#include <algorithm>
#include <deque>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/api/api.hpp"
#include "adapters/http/request_parser.hpp"
#include "adapters/re2/re2_patterns.hpp"
#include "adapters/secrets/openssl_sealer.hpp"
#include "adapters/yaml/yaml_value.hpp"
#include "domain/bindings/verdict.hpp"
#include "domain/json/value.hpp"
#include "tests/support/memory_node.hpp"

// The API in front of a real node, one thread, no sockets, time as the test wants it.
namespace confman::testing {

// What came back for one request.
struct Capture {
  std::optional<http::Response> response;
  bool stream = false;
  std::string events;  // of a stream: everything written so far
  bool finished = false;
  http::StreamCallbacks callbacks;

  int status() const { return response ? response->status : 0; }
  std::string header(std::string_view name) const {
    const auto value = response ? response->header(name) : std::nullopt;
    return value ? std::string(*value) : std::string();
  }
  std::string body() const { return response ? response->body : std::string(); }
  json::Value json() const {
    auto value = json::parse(body());
    EXPECT_TRUE(value.has_value()) << "not JSON: " << body();
    return value ? *value : json::Value();
  }
  // The text of a member, a number as it is written; pointer-like path, "actor/id".
  std::string at(std::string_view path) const;
  std::string code() const { return at("code"); }
};

using CapturePtr = std::shared_ptr<Capture>;
using Fields = std::vector<std::pair<std::string_view, std::string_view>>;

// Another number each time, and the same ones in each test.
class CountingBits final : public api::RandomSource {
 public:
  Sha256Digest bits() override { return sha256("bits " + std::to_string(++count_)); }

 private:
  int count_ = 0;
};

class YamlValues final : public domain::YamlReader {
 public:
  std::optional<json::Value> read(std::string_view text) const override {
    return yaml::to_json(text);
  }
};

// Verdicts come with the next turn.
class NextTurnChecks final : public node::Checks {
 public:
  void judge(std::uint64_t job, domain::Held held) override {
    jobs_.emplace_back(job, std::move(held));
  }
  bool busy() const { return !jobs_.empty(); }
  std::size_t judged = 0;
  void deliver(node::Node& node, Now now) {
    for (const auto& [job, held] : std::exchange(jobs_, {})) {
      ++judged;
      node.judged(now, job, judge_.judge(held));
    }
  }

 private:
  const YamlValues yaml_;
  domain::Judge judge_{std::make_shared<re2::Re2Patterns>(), yaml_};
  std::vector<std::pair<std::uint64_t, domain::Held>> jobs_;
};

// That of production, while it is there.
class SwitchedSealer final : public domain::Sealer {
 public:
  static std::vector<secrets::MasterKey> keys(std::string_view ids) {
    std::vector<secrets::MasterKey> made;
    for (const char id : ids) {
      secrets::MasterKey key{std::string(1, id), {}};
      const Sha256Digest bytes = sha256("master " + key.id);
      std::ranges::copy(bytes, key.bytes.data());
      made.push_back(std::move(key));
    }
    return made;
  }
  // From now on with these keys, a letter each, the active one first.
  void have(std::string_view ids) { real_ = std::make_unique<secrets::OpenSslSealer>(keys(ids)); }

  std::vector<std::string> master_keys() const override { return real_->master_keys(); }
  std::expected<domain::WrappedKey, domain::SealFault> make_key(std::string_view path) override {
    return real_->make_key(path);
  }
  std::expected<domain::WrappedKey, domain::SealFault> rewrap(
      std::string_view path, const domain::WrappedKey& key) override {
    return real_->rewrap(path, key);
  }
  std::expected<Bytes, domain::SealFault> seal(const domain::WrappedKey& key,
                                               const domain::SecretPlace& place,
                                               ByteView value) override {
    return real_->seal(key, place, value);
  }
  std::expected<Bytes, domain::SealFault> open(const domain::WrappedKey& key,
                                               const domain::SecretPlace& place,
                                               ByteView sealed) override {
    return real_->open(key, place, sealed);
  }

 private:
  std::unique_ptr<secrets::OpenSslSealer> real_ =
      std::make_unique<secrets::OpenSslSealer>(keys("m"));
};

class Harness : public api::NodeGateway, public api::Clock {
 public:
  explicit Harness(
      std::uint64_t members = 1, api::ApiConfig config = {},
      MemoryNode::Adjust adjust = [](node::NodeConfig&) {});

  // Sends and lets time pass until the answer is there.
  CapturePtr request(std::string_view method, std::string_view target, const Fields& fields = {},
                     std::string_view body = {});
  CapturePtr get(std::string_view target, const Fields& fields = {}) {
    return request("GET", target, fields);
  }
  CapturePtr put(std::string_view target, std::string_view body,
                 std::string_view type = "application/json", const Fields& fields = {});
  CapturePtr remove(std::string_view target, const Fields& fields = {}) {
    return request("DELETE", target, fields);
  }
  // Sends and returns at once.
  CapturePtr start(std::string_view method, std::string_view target, const Fields& fields = {},
                   std::string_view body = {});
  // Turns of the node's loop, at the same time or until that time has passed.
  void settle();
  void pass(Duration time);
  // The reader of a stream has taken everything.
  void drain(const CapturePtr& stream);

  api::Api& api() { return *api_; }
  node::Node& node() { return node_.node(); }
  SwitchedSealer& sealer() { return sealer_; }
  std::size_t judged() const { return checks_.judged; }
  const domain::StateStore& state() const { return node_.state(); }
  Time now() const override { return now_; }
  std::vector<node::RequestId> cancelled;
  std::size_t submitted = 0;
  Duration report_age;  // how old the status reports are

 private:
  void submit(node::Request request) override;
  void cancel(node::RequestId id) override;
  std::shared_ptr<const api::StatusReport> status() const override;
  api::LoopFigures look_at_loop() override {
    return {Duration::micros(12'345), Duration::millis(7), Duration::seconds(3)};
  }
  bool turn();  // false: nothing happened

  NextTurnChecks checks_;
  SwitchedSealer sealer_;
  MemoryNode node_;
  CountingBits bits_;
  Time now_ = Time{Duration::seconds(1000).us};
  std::deque<node::Request> inbox_;
  std::unique_ptr<api::Api> api_;
};

}  // namespace confman::testing
