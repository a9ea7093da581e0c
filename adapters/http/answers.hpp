#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "adapters/http/date.hpp"
#include "adapters/http/mailbox.hpp"
#include "adapters/http/outbox.hpp"
#include "adapters/http/server.hpp"

// The answers of one connection: which requests are out, and the bytes of the answers in the order
// of the requests, whatever the order in which they were given.
namespace confman::http {

class Answers {
 public:
  // The clock must outlive the answers.
  explicit Answers(DateClock& dates) : dates_(dates) {}

  // What is known of a request once its handler has it.
  struct Expected {
    Method method = Method::Other;
    bool http_1_0 = false;
    bool keep_alive = true;
    std::string request_id;
    Time since;
  };

  // Returns the sequence number for the sink. Precondition: !last_one_is_out().
  std::uint64_t expect(Expected expected);
  // Puts "100 Continue" before the next answer. Precondition: none_out().
  void say_continue() { out_.tail().append("HTTP/1.1 100 Continue\r\n\r\n"); }

  // Answers to requests that are not out, second answers, and chunks for what isn't a stream are
  // dropped. Each may fill unsent().
  void respond(std::uint64_t sequence, const Response& response);
  void start_stream(std::uint64_t sequence, StreamStart start);
  void when_gone(std::uint64_t sequence, std::function<void()> call);
  // True if it was taken.
  bool write(std::uint64_t sequence, const Payload& chunk);
  void finish(std::uint64_t sequence);

  bool none_out() const { return slots_.empty(); }
  std::size_t count_out() const { return slots_.size(); }
  bool all_out_are_safe() const;
  // A request out, or an answer sent, was the connection's last: no more may be expected.
  bool last_one_is_out() const { return last_is_out_; }
  // All answers of the connection have been given; it ends when unsent() is empty.
  bool complete() const { return last_is_out_ && slots_.empty(); }
  // From now on, what is out is all; the answer says so if it isn't under way yet.
  void end_after_those_out();

  // The oldest request whose handler hasn't answered yet.
  struct Waiting {
    std::uint64_t sequence{};
    Time since;
    std::string_view request_id;
    Method method{};
  };
  std::optional<Waiting> oldest_waiting() const;
  // By somebody whose leaving means something: of the oldest request.
  bool watched() const { return !slots_.empty() && slots_.front().callbacks.on_gone; }
  bool streaming() const { return !slots_.empty() && slots_.front().state == State::Streaming; }

  // The next piece to send: empty only if nothing is left.
  std::string_view unsent() const { return out_.front(); }
  // Also counts what waits for its turn.
  std::size_t bytes_held() const { return out_.size() + held_back_; }
  // What was written to that stream, or before it, and isn't sent yet; 0 if it isn't a stream.
  std::size_t bytes_ahead(std::uint64_t sequence);
  void sent(std::size_t bytes);

  // The stream in front is owed a word that all is sent: yes once after each batch of writes.
  bool take_drained();
  // Calls into the front's callbacks; the callback may answer and write.
  void tell_drained();
  // Nobody will read: empties everything and tells those who want to know.
  void abandon();

 private:
  enum class State : std::uint8_t { Waiting, Streaming, Done };
  struct Slot {
    Expected expected;
    State state = State::Waiting;
    bool chunked = false;
    bool has_body = true;
    Outbox held;  // the answer's bytes until it is in front
    StreamCallbacks callbacks;
  };

  Slot* find(std::uint64_t sequence, State state);
  bool in_front(const Slot& slot) const { return &slot == &slots_.front(); }
  Outbox& outbox(Slot& slot) { return in_front(slot) ? out_ : slot.held; }
  void append_head(Slot& slot, const Response& response, std::string_view length_line);
  void advance();
  // Forgets the requests after the first `count`; those who want to know are told.
  void drop_after(std::size_t count);

  DateClock& dates_;
  std::vector<Slot> slots_;  // the oldest request in front
  std::uint64_t first_sequence_ = 1;
  bool last_is_out_ = false;
  bool drained_due_ = false;
  Outbox out_;
  std::size_t held_back_ = 0;  // bytes in all slots' `held`
};

}  // namespace confman::http
