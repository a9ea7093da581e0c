#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>

#include "adapters/http/message.hpp"
#include "adapters/http/request_parser.hpp"
#include "domain/base/bytes.hpp"
#include "domain/base/time.hpp"

// An HTTP/1.1 server whose idle connections and streams cost memory, never a thread.
namespace confman::http {

struct ServerConfig {
  std::string address = "127.0.0.1";  // numeric IPv4 or IPv6
  std::uint16_t port = 0;             // 0: any free one
  int threads = 1;                    // I/O threads; handlers run on them
  RequestLimits limits;

  std::size_t max_connections = 20'000;  // of all threads; one more is answered 503 and closed
  // A connection with this much unsent stops being read until the client has taken some. A stream's
  // writer that goes on writing with more than this unsent is cut off.
  std::size_t max_unsent_bytes = 1024 * 1024;
  // Requests that a client sent without waiting for answers: after so many answers in one burst the
  // connection is closed. One that has caught up in between starts at zero again.
  std::size_t max_pipelined = 100;

  Duration idle_timeout = Duration::seconds(120);   // between requests
  Duration header_timeout = Duration::seconds(10);  // first byte to end of head → 408
  // A body that has had transfer_grace must have come at this rate on the whole → 408. The same
  // holds for a client that reads its answers too slowly; it is cut off.
  Duration transfer_grace = Duration::seconds(10);
  std::size_t min_bytes_per_second = 1024;
  Duration answer_timeout =
      Duration::seconds(120);  // the handler's, until respond/start_stream → 500
  Duration linger_timeout =
      Duration::seconds(2);  // reading on after the last answer of a connection
  // How long the listener rests when the process is out of descriptors.
  Duration accept_pause = Duration::millis(100);
};

// Told of a stream's progress, on the connection's I/O thread.
struct StreamCallbacks {
  // Everything written so far is with the kernel: write the next chunk now, not before. Called once
  // after start_stream and once after each batch of writes.
  std::function<void()> on_drained;
  // The client is gone, was cut off, or had been answered before the stream began. The last call;
  // not made after finish().
  std::function<void()> on_gone;
};

// The right to answer one request: an address, not an owner. Cheap to copy; usable from any thread
// and after the client or the server is gone (it does nothing then). Of several answers the first
// counts. Calls from one thread keep their order, and a burst of them costs one wake-up.
class ResponseSink {
 public:
  ResponseSink() = default;

  void respond(Response response) const;

  // For who takes long to answer: called on the connection's I/O thread once the client won't read
  // an answer any more, or at once if it doesn't wait for one now. Not behind respond();
  // start_stream() takes its place.
  void when_gone(std::function<void()> call) const;

  // Answers with a head now and a body bit by bit (server-sent events). The response's own body is
  // the first chunk. Nothing queues up without bound: a writer that doesn't wait for on_drained and
  // gets ServerConfig::max_unsent_bytes ahead loses the client.
  void start_stream(Response head, StreamCallbacks callbacks) const;
  // The chunk is shared: the same one may go to 10,000 watchers, and is in memory once. Of any size
  // for a writer that waited for on_drained.
  void write(Payload chunk) const;
  void write(std::string chunk) const { write(make_payload(std::move(chunk))); }
  void finish() const;

  explicit operator bool() const { return mailbox_ != nullptr; }

 private:
  friend class Worker;
  class Mailbox;
  ResponseSink(std::shared_ptr<Mailbox> mailbox, std::uint64_t connection, std::uint64_t sequence)
      : mailbox_(std::move(mailbox)), connection_(connection), sequence_(sequence) {}

  std::shared_ptr<Mailbox> mailbox_;
  std::uint64_t connection_ = 0;
  std::uint64_t sequence_ = 0;
};

// Called on an I/O thread; must neither block nor throw. Each request must be answered through its
// sink, now or later. Requests of one connection come one after the other, each when the one before
// it has been answered; only safe ones (GET, HEAD, OPTIONS) may be out together (RFC 9112 §9.3.2).
// Answers go out in the order of the requests in any case.
using Handler = std::function<void(Request&&, ResponseSink)>;

struct ServerStats {
  std::uint64_t connections{};  // open now
  std::uint64_t accepted{};
  std::uint64_t refused{};   // over max_connections, or out of descriptors
  std::uint64_t requests{};  // handed to the handler
  std::uint64_t bad_requests{};
  std::uint64_t timeouts{};      // of any kind
  std::uint64_t slow_readers{};  // cut off for what they didn't take
};

struct ListenError {
  std::string message;  // names the address and what the system said
};

// start() and stop() from one thread; stats() from any.
class Server {
 public:
  // `after_turn`, if given, is called on an I/O thread after each of its turns: what its handlers
  // gathered for another thread can be handed over at once, with one wake-up for many requests.
  Server(ServerConfig config, Handler handler, std::function<void()> after_turn = {});
  ~Server();  // stops
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Listens and starts the threads. Returns the port.
  std::expected<std::uint16_t, ListenError> start();
  // Stops listening and keeps serving: connections are closed after the answers that are due, idle
  // ones at once. Streams go on until their writers finish them.
  void drain();
  // Cuts everything that is left and joins the threads. No handler or callback runs afterwards.
  void stop();

  ServerStats stats() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace confman::http
