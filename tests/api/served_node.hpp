#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "adapters/api/api.hpp"
#include "adapters/http/server.hpp"
#include "adapters/net/io_loop.hpp"
#include "tests/support/memory_node.hpp"

namespace confman::testing {

// The real HTTP server, the API and a node in memory on a thread of its own, on loopback. The node
// outlives the server: stop_serving() and serve() are a restart that keeps its data.
class ServedNode final : public api::NodeGateway, public api::Clock {
 public:
  explicit ServedNode(std::uint64_t members = 1) : node_(members) {
    api::ApiConfig config;
    config.self = kSelf;
    config.self_name = "node1";
    config.version = "0.0.test";
    config.random = &bits_;
    api_ = std::make_unique<api::Api>(std::move(config), *this, *this);
    publish();
    thread_ = std::thread([this] { run(); });
    serve();
  }
  ~ServedNode() override {
    stop_serving();
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }

  void serve() {
    http::ServerConfig config;
    config.port = port_;
    server_ = std::make_unique<http::Server>(
        config, [this](http::Request&& request, http::ResponseSink sink) {
          api_->handle(std::move(request), std::move(sink));
        });
    const auto port = server_->start();
    if (port) port_ = *port;
  }
  void stop_serving() { server_.reset(); }

  std::uint16_t port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

  Time now() const override { return net::IoLoop::read_clock(); }

 private:
  // Another number each time: for API keys.
  class Bits final : public api::RandomSource {
   public:
    Sha256Digest bits() override { return sha256("served " + std::to_string(++count_)); }

   private:
    std::atomic<int> count_ = 0;
  };

  void submit(node::Request request) override {
    {
      const std::lock_guard lock(mutex_);
      inbox_.push_back(std::move(request));
    }
    wake_.notify_one();
  }
  void cancel(node::RequestId id) override {
    {
      const std::lock_guard lock(mutex_);
      cancelled_.push_back(id);
    }
    wake_.notify_one();
  }
  std::shared_ptr<const api::StatusReport> status() const override {
    const std::lock_guard lock(mutex_);
    return status_;
  }
  api::LoopFigures look_at_loop() override { return {}; }

  Now read_now() const {
    const auto wall = std::chrono::system_clock::now().time_since_epoch();
    return {.mono = now(),
            .wall = {std::chrono::duration_cast<std::chrono::milliseconds>(wall).count()}};
  }

  void publish() {
    auto report = std::make_shared<api::StatusReport>(node_.report(now()));
    const std::lock_guard lock(mutex_);
    status_ = std::move(report);
  }

  void run() {
    Time published = now();
    while (true) {
      std::vector<node::Request> requests;
      std::vector<node::RequestId> cancelled;
      {
        std::unique_lock lock(mutex_);
        const Time until = std::min(node_.node().next_deadline(), now() + Duration::millis(100));
        const auto wait = std::chrono::microseconds(idle_ ? (until - now()).us : 0);
        wake_.wait_for(lock, wait,
                       [this] { return stopping_ || !inbox_.empty() || !cancelled_.empty(); });
        if (stopping_) return;
        std::swap(requests, inbox_);
        std::swap(cancelled, cancelled_);
      }
      const Now at = read_now();
      for (node::Request& request : requests) node_.node().submit(at, std::move(request));
      for (const node::RequestId id : cancelled) node_.node().cancel(id);
      auto responses = node_.turn(at);
      // What was written in this turn is durable in the next.
      idle_ = requests.empty() && responses.empty() && !node_.writing();
      if (at.mono - published > Duration::millis(20)) {
        publish();
        published = at.mono;
      }
      api_->complete(responses);
    }
  }

  Bits bits_;
  MemoryNode node_;
  std::unique_ptr<api::Api> api_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<node::Request> inbox_;
  std::vector<node::RequestId> cancelled_;
  std::shared_ptr<const api::StatusReport> status_;
  bool stopping_ = false;
  bool idle_ = true;
  std::uint16_t port_ = 0;
  std::unique_ptr<http::Server> server_;
  std::thread thread_;
};

}  // namespace confman::testing
