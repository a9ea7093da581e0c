#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "adapters/http/answers.hpp"
#include "adapters/http/request_parser.hpp"
#include "adapters/http/stream.hpp"
#include "adapters/net/io_loop.hpp"

namespace confman::http {

class Worker;

// One client's connection: bytes in, requests to the handler, answers out in order, and a deadline
// for each thing that the client could let us wait for.
//
// Its life: open, then (after the last answer) lingering: the sending side is shut, what still
// comes is thrown away, so that the kernel doesn't answer unread bytes with a reset that would
// overtake the answer; then closed. Belongs to its worker's thread.
class Connection final : public net::IoHandler {
 public:
  Connection(Worker& worker, std::uint64_t id, Stream stream, std::string client_address);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void on_io(net::IoEvents events) override;
  void deliver(Delivery&& delivery);
  // After anything has changed: goes on as far as it can without waiting.
  void settle();
  // Ends after the answers that are due.
  void drain();
  std::uint64_t id() const { return id_; }

 private:
  enum class Phase : std::uint8_t { Open, Lingering, Closed };

  void read();
  void discard(std::size_t bytes);
  void end_of_input();
  std::string_view take_requests(std::string_view in);
  bool may_take_request() const;
  void dispatch(Request&& request);
  void reject(const ParseError& error);
  void flush();
  void linger();
  void close();

  void on_deadline();
  Time deadline() const;
  Time read_deadline() const;
  Time write_deadline() const;
  void note_parser_progress(RequestParser::State before);
  void update_interest();
  void update_timer();

  Worker& worker_;
  const std::uint64_t id_;
  Stream stream_;
  const std::string client_address_;
  net::IoTimer timer_;
  RequestParser parser_;
  Answers answers_;

  std::string input_;              // read, but not taken by the parser yet
  std::unique_ptr<Request> held_;  // unsafe, and must wait for those before it
  Phase phase_ = Phase::Open;
  bool settling_ = false;
  bool blocked_ = false;  // the kernel took less than was offered; it will say when it takes more
  bool end_of_input_ = false;
  bool continue_said_ = false;
  net::Interest interest_ = net::Interest::Read;
  std::size_t burst_ = 0;      // requests since the client last waited for all its answers
  std::size_t discarded_ = 0;  // bytes thrown away after the last request

  Time phase_since_;    // of lingering, or since when the client owes us the next step:
  Time reading_since_;  // … of the head, of the body, or of a request at all
  Time writing_since_;  // when unsent bytes began to wait; zero if none do
  std::size_t written_since_ = 0;
};

}  // namespace confman::http
