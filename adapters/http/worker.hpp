#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "adapters/http/connection.hpp"
#include "adapters/http/date.hpp"
#include "adapters/http/mailbox.hpp"
#include "adapters/http/server.hpp"
#include "adapters/net/io_loop.hpp"

namespace confman::http {

struct Counters {
  std::atomic<std::uint64_t> connections{0};
  std::atomic<std::uint64_t> accepted{0};
  std::atomic<std::uint64_t> refused{0};
  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::uint64_t> bad_requests{0};
  std::atomic<std::uint64_t> timeouts{0};
  std::atomic<std::uint64_t> slow_readers{0};
};

// One I/O thread with its loop and its connections. Everything but start() and stop() happens on
// that thread.
class Worker {
 public:
  Worker(const ServerConfig& config, const Handler& handler,
         const std::function<void()>& after_turn, Counters& counters);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void start();
  void stop();

  net::IoLoop& loop() { return loop_; }
  // Takes over a connected socket that has been counted already.
  void adopt(Stream stream, std::string client_address);
  void drain();

  // For its connections.
  const ServerConfig& config() const { return config_; }
  Counters& counters() { return counters_; }
  bool draining() const { return draining_; }
  // For the length of one read: connections keep nothing in it.
  std::span<char> read_buffer() { return *read_buffer_; }
  std::string make_request_id();
  DateClock& dates() { return dates_; }
  void handle(Request&& request, std::uint64_t connection, std::uint64_t sequence);
  void settle_later(Connection& connection);
  // The connection has closed itself; it is destroyed at the end of the turn.
  void retire(Connection& connection);

 private:
  void deliver(Delivery&& delivery);
  void end_turn();

  const ServerConfig& config_;
  const Handler& handler_;
  const std::function<void()>& after_turn_;
  Counters& counters_;
  net::IoLoop loop_;
  std::shared_ptr<ResponseSink::Mailbox> mailbox_;
  std::unique_ptr<std::array<char, 64 * 1024>> read_buffer_;
  std::unordered_map<std::uint64_t, std::unique_ptr<Connection>> connections_;
  std::vector<std::uint64_t> unsettled_;
  std::vector<std::unique_ptr<Connection>> retired_;
  std::uint64_t last_connection_ = 0;
  std::string request_id_prefix_;
  std::uint64_t request_count_ = 0;
  DateClock dates_;
  bool draining_ = false;
  std::thread thread_;
};

}  // namespace confman::http
