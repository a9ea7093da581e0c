#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

// A server whose answers a test writes, byte for byte: what proxies, broken connections and nodes
// in any state would send.
namespace confman::testing {

class StandIn {
 public:
  // From the whole request to what is sent before the connection is closed; empty: closed without a
  // word.
  using Script = std::function<std::string(const std::string& request)>;

  explicit StandIn(Script script);
  ~StandIn();

  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  std::vector<std::string> requests() const;
  // How many requests start so.
  std::size_t count(std::string_view start) const;

 private:
  void serve();
  void answer(int connection);

  Script script_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

// A whole answer with a Content-Length.
std::string http_answer(const std::string& status, const std::string& headers,
                        const std::string& body);
// As a node of Confman gives it.
std::string confman_answer(const std::string& body, const std::string& node = "node1",
                           const std::string& leader = "node1",
                           const std::string& status = "200 OK");
std::string confman_problem(int status, const std::string& code, const std::string& more = {});

}  // namespace confman::testing
