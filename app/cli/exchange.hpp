#pragma once

#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "app/cli/deadline.hpp"
#include "app/cli/server_address.hpp"
#include "domain/base/time.hpp"

// One HTTP request over a connection of its own, and the answer's body with its framing judged:
// Poco's streams take a body that broke off in the middle of its chunks for a whole one.
namespace confman::cli {

struct Call {
  std::string method = "GET";
  std::string target;  // path and query, encoded
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  // Of a write to the configuration: what makes it safe to send again.
  std::string idempotency_key;
  bool own_key = false;  // made for this call alone
  // Without such a key: the command that tells whether it was done.
  std::string told_by = "confman cluster members";
  // What the answer has to be, as Accept has it.
  std::string accept = "application/json";
  bool takes_timeout = true;  // the resource knows the parameter of that name
  std::string subject;        // what it is about, for messages: "/teams/payments/limit"

  bool is_write() const { return method != "GET"; }
};
// What to do when nobody knows what became of a write.
std::string way_to_find_out(const Call& call);

class Exchange {
 public:
  // Connects. Throws NotConnected. `silence` is how long the server may then say nothing.
  Exchange(const ServerAddress& server, Duration connect_timeout, Duration silence);

  struct NotConnected {
    std::string why;  // in words, with the address
  };

  // Sends, and reads the answer's head. Throws Poco exceptions.
  Poco::Net::HTTPResponse send(const Call& call);

  // How long the server may say nothing from now on.
  void allow_silence(Duration silence);

  // The next bytes of the body, at most `size`; 0 when it has ended, or has broken off: then
  // broken() says so. Throws Poco exceptions.
  std::size_t read_body(char* buffer, std::size_t size);
  bool broken() const { return broken_; }
  // Nothing but the end of the connection says where the body ends: whether it is whole can't be
  // told by it.
  bool ends_by_closing() const { return framing_ == Framing::UntilClosed; }

 private:
  // Poco's session, whose bytes are read as they come.
  class Session : public Poco::Net::HTTPClientSession {
   public:
    using HTTPClientSession::HTTPClientSession;
    using HTTPSession::get;
    using HTTPSession::read;
  };

  static Poco::Net::StreamSocket connect(const ServerAddress& server, Duration timeout,
                                         Duration silence);
  bool next_chunk();
  bool end_of_line();

  ServerAddress server_;
  Session session_;
  enum class Framing { Chunked, Length, UntilClosed } framing_ = Framing::Length;
  bool ended_ = false;
  bool broken_ = false;
  bool first_chunk_ = true;
  std::uint64_t left_ = 0;  // of the chunk, or of the body
};

}  // namespace confman::cli
