#pragma once

#include <Poco/Net/HTTPResponse.h>
#include <cstdint>
#include <optional>
#include <string>

#include "app/cli/document.hpp"
#include "app/cli/exchange.hpp"
#include "app/cli/server_address.hpp"

// One request to one server, and what became of it. Whatever isn't an answer of Confman is told
// apart here: between client and server there may be proxies with answers of their own.
namespace confman::cli {

struct Answer {
  int status = 0;
  std::string body;
  std::string node;      // who answered; empty where the HTTP server refused by itself
  std::string leader;    // as that node knows it
  std::string location;  // of a redirect
  std::string value_type;
  std::string deprecated;           // as the header has it; empty: nothing is
  std::optional<Document> problem;  // from 400 on

  std::string code() const { return problem ? problem->get("code") : std::string(); }
};

struct Attempt {
  enum class Kind : std::uint8_t {
    Answered,     // by Confman
    Unreachable,  // no connection: certainly nothing was done
    Lost,         // sent, or a part of it; no whole answer came
    TimedOut,     // sent, or a part of it; no answer came in time
    Foreign,      // somebody else answered, who may have passed the request on
  };
  Kind kind = Kind::Unreachable;
  Answer answer;
  std::string why;         // one that isn't answered: in words, with the server's address
  bool transient = false;  // Foreign: a proxy's way to say that it may be otherwise soon
};

// `answer_in` is the time that the server is told to answer in; it is given kGrace more.
inline constexpr Duration kGrace = Duration::millis(500);
Attempt attempt(const ServerAddress& server, const Call& call, Duration answer_in,
                const Deadline& deadline);

// What is wrong with it as an answer of Confman to that call, in words; nothing: it is one.
std::optional<std::string> foreign(const Call& call, const Poco::Net::HTTPResponse& response,
                                   Answer& answer);

}  // namespace confman::cli
