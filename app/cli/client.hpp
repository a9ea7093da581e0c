#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "app/cli/attempt.hpp"
#include "app/cli/exchange.hpp"
#include "app/cli/server_address.hpp"
#include "domain/base/time.hpp"

namespace confman::cli {

// Asks the servers in turn until one answers, within the time given. Where one knows no leader, the
// other members that it names are asked as well. A write is sent again only under its idempotency
// key, so that it is made once however often it is sent; one without a key is sent again only when
// it is certainly not done.
class Client {
 public:
  Client(std::vector<ServerAddress> servers, Duration timeout);

  // The answer below 400. Everything else throws Failure: what a server refused, with its words
  // (65, 66, 77); no server to be had, or none that could serve (69); no time left, or for a write
  // no answer that tells what became of it (75, with the key to try again with).
  Answer call(const Call& call);

  // Follows an event stream for ever, over lost connections and from server to server: each line to
  // `on_line`. `last_id` is asked at each connection for where to go on. Returns when on_line says
  // false. Throws when the stream is refused, or when none could be opened at first within the
  // time. An outage later on is told on standard error.
  void follow(const Call& call, const std::function<std::string()>& last_id,
              const std::function<bool(std::string_view line)>& on_line);

 private:
  class Pursuit;
  class Follower;

  ServerAddress server() const { return servers_[current_]; }
  void next_server() { current_ = (current_ + 1) % servers_.size(); }
  // Adds the members that this one names and that answer to their names. Those that know a leader
  // are asked next. False: there is nobody new.
  bool learn_members(const ServerAddress& from, const Deadline& deadline);

  std::vector<ServerAddress> servers_;
  std::size_t current_ = 0;
  Duration timeout_;
  std::vector<std::string> asked_for_members_;
  std::vector<std::string> silent_members_;  // that were named and don't answer, and why
};

// The server's words for a refusal: "detail (code, line 1 column 2)".
std::string words_of(const Answer& refused);
int exit_status_for(int http_status);

std::string new_idempotency_key();
// Everything but unreserved characters (RFC 3986) as %XX; a slash too unless it is kept.
std::string percent_encode(std::string_view text, bool keep_slash);

// Servers of other versions name the members of some documents in the other case.
std::string either(const Document& document, std::string_view path, std::string_view former);

struct MemberAddress {
  std::string name;
  std::string role;  // "voter", "learner"
  std::string api;   // HOST:PORT
  std::string peer;  // likewise
};
// Of a document with "members": the status, or the list of members.
std::vector<MemberAddress> members_of(const Document& document);

}  // namespace confman::cli
