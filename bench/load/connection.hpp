#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "bench/load/workload.hpp"

namespace confman::bench {

struct Endpoint {
  std::string host;  // IPv4 address
  std::uint16_t port = 0;

  std::string to_string() const { return host + ":" + std::to_string(port); }
};

// "http://127.0.0.1:8101" or "127.0.0.1:8101".
std::expected<Endpoint, std::string> parse_endpoint(std::string_view text);

enum class Outcome : std::uint8_t {
  kOk,
  kFailed,  // answered, but not with success
  kLost,    // the connection ended first: done or not, nobody knows
};

using ClientId = std::uint32_t;

class CompletionSink {
 public:
  virtual void completed(ClientId client, Outcome outcome) = 0;

 protected:
  ~CompletionSink() = default;
};

// One non-blocking connection to one node, speaking one protocol. Nothing here blocks; the owner
// watches fd(), calls receive() when it is readable and flush() after submitting. Single-threaded.
class Connection {
 public:
  virtual ~Connection() = default;

  virtual int fd() const = 0;

  // Whether submit() may be called: a protocol may carry one request at a time, or many.
  virtual bool can_submit() const = 0;
  // Encodes the request; flush() sends it. Each ends in exactly one completed(), by receive() or
  // abandon().
  virtual void submit(ClientId client, const Request& request) = 0;

  enum class Progress : std::uint8_t {
    kIdle,     // everything was sent
    kBlocked,  // call flush() again when fd() is writable
    kLost,     // closed or broken: call abandon() and open another one
  };
  virtual Progress flush() = 0;
  // Reads what is there. May call submit() through the sink.
  virtual Progress receive(CompletionSink& sink) = 0;
  // Completes everything in flight as lost.
  virtual void abandon(CompletionSink& sink) = 0;

  // What the last failed request was answered with, for people.
  virtual const std::string& last_failure() const = 0;
};

enum class TargetKind : std::uint8_t { kConfman, kEtcd };
constexpr const char* name_of(TargetKind kind) {
  return kind == TargetKind::kConfman ? "confman" : "etcd";
}

struct Target {
  TargetKind kind = TargetKind::kConfman;
  std::vector<Endpoint> endpoints;
  // How many connections the clients share; 0: what suits the kind best (see connections_for).
  std::uint32_t connections = 0;
};

// HTTP/1.1 carries one request at a time: a connection per client. gRPC carries many.
std::uint32_t connections_for(const Target& target, std::uint32_t clients);

// Blocks until the TCP connection stands, a second at most.
std::expected<std::unique_ptr<Connection>, std::string> open_connection(TargetKind kind,
                                                                        const Endpoint& endpoint,
                                                                        std::size_t value_size);

// The key's name: 'k' and six digits, in the folder "bench/".
inline constexpr std::string_view kKeyPattern = "bench/k000000";
void write_key_digits(char* six_digits, std::uint32_t key);
// Fills the beginning of a value, at most 16 characters, with the nonce in hexadecimal.
void write_nonce(char* value, std::size_t value_size, std::uint64_t nonce);

}  // namespace confman::bench
