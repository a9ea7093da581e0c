#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/base/time.hpp"

namespace confman::cli {

struct ServerAddress {
  std::string host;
  std::uint16_t port = 8101;

  std::string to_string() const { return host + ":" + std::to_string(port); }
};
// "http://host:port", "host:port", "host". Throws Failure(kUsage).
ServerAddress parse_server(std::string_view text);

struct Call {
  std::string method = "GET";
  std::string target;  // path and query, encoded
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::string idempotency_key;  // of a write: what makes it safe to send again
  bool takes_timeout = true;    // the resource knows the parameter of that name

  bool is_write() const { return !idempotency_key.empty(); }
};

struct Answer {
  int status = 0;
  std::string content_type;
  std::string body;
  std::string revision;
};

// Asks the servers in turn until one answers, within the time given. A write is sent again only
// under its idempotency key, so that it is made once however often it is sent.
class Client {
 public:
  Client(std::vector<ServerAddress> servers, Duration timeout);

  // The answer below 400. Everything else throws Failure: what a server refused, with its words
  // (65, 66, 77); no server to be had (69); no time left (75, with the key to try again with).
  Answer call(const Call& call);

  // Follows an event stream for ever, over lost connections and from server to server: each line to
  // `on_line`. `last_id` is asked at each connection for where to go on. Returns when on_line says
  // false. Throws when the stream is refused, or when no server could be reached at first.
  void follow(const std::string& target, const std::function<std::string()>& last_id,
              const std::function<bool(std::string_view line)>& on_line);

 private:
  struct Attempt;
  Attempt attempt(const ServerAddress& server, const Call& call, Duration time_left) const;
  void next_server() { current_ = (current_ + 1) % servers_.size(); }

  std::vector<ServerAddress> servers_;
  std::size_t current_ = 0;
  Duration timeout_;
};

std::string new_idempotency_key();
// Everything but unreserved characters (RFC 3986) as %XX; a slash too unless it is kept.
std::string percent_encode(std::string_view text, bool keep_slash);

}  // namespace confman::cli
