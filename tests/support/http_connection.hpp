#pragma once

#include <Poco/Net/HTTPClientSession.h>
#include <chrono>
#include <cstdint>
#include <expected>
#include <map>
#include <memory>
#include <string>

#include "tests/support/address.hpp"

namespace confman::testing {

struct HttpRequest {
  std::string method = "GET";
  std::string target;
  std::map<std::string, std::string> headers = {};
  std::string body = {};  // JSON; none if empty
};

struct HttpAnswer {
  int status{};
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;

  std::string header(const std::string& lower_case_name) const;
};

enum class Trouble : std::uint8_t {
  NotSent,  // no connection: the server certainly knows nothing of it
  Lost,     // time-out, or the connection broke: it may have been done
};

// One keep-alive connection to an address, remade when it broke. Never sends a request
// twice. One thread.
class HttpConnection {
 public:
  explicit HttpConnection(Address address) : address_(std::move(address)) {}

  std::expected<HttpAnswer, Trouble> send(const HttpRequest& request,
                                          std::chrono::milliseconds timeout);
  // The head of an answer whose body goes on and on; read it from the stream, which fails at the
  // connection's end or when nothing comes for `timeout`. Null: there was no such answer. The
  // connection is used up.
  std::istream* open_stream(const HttpRequest& request, std::chrono::milliseconds timeout);

 private:
  bool connect(std::chrono::milliseconds timeout);
  void write(const HttpRequest& request);

  Address address_;
  std::unique_ptr<Poco::Net::HTTPClientSession> session_;
};

// A single request on a connection of its own.
std::expected<HttpAnswer, Trouble> ask(const Address& address, const HttpRequest& request,
                                       std::chrono::milliseconds timeout);

}  // namespace confman::testing
