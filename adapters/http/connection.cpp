#include "adapters/http/connection.hpp"

#include <algorithm>

#include "adapters/http/problem.hpp"
#include "adapters/http/worker.hpp"
#include "domain/base/assert.hpp"

namespace confman::http {

namespace {

using net::Interest;

// Input is read ahead of the parser up to here; more than the parser ever needs at once.
constexpr std::size_t kMaxInput = 64 * 1024;
constexpr std::size_t kKeptInput = 4 * 1024;
// Safe requests of one connection that may be with the handler at the same time. Their answers may
// exceed ServerConfig::max_unsent_bytes together; requests after them wait.
constexpr std::size_t kMaxParallel = 16;
// After the last answer of a connection so much is still read before it is cut.
constexpr std::size_t kMaxDiscarded = 16 * 1024 * 1024;

// Of the server as a whole; no resource has all of them.
constexpr std::string_view kAllMethods = "GET, HEAD, PUT, POST, DELETE, OPTIONS";

Time transfer_deadline(const ServerConfig& config, Time since, std::size_t bytes) {
  const auto earned = static_cast<std::int64_t>(bytes / config.min_bytes_per_second);
  return since + config.transfer_grace + Duration::seconds(earned);
}

}  // namespace

Connection::Connection(Worker& worker, std::uint64_t id, Stream stream, std::string client_address)
    : worker_(worker),
      id_(id),
      stream_(std::move(stream)),
      client_address_(std::move(client_address)),
      timer_([this] { on_deadline(); }),
      parser_(worker.config().limits),
      answers_(worker.dates()),
      reading_since_(worker.loop().now()) {
  worker_.loop().add(stream_.socket(), interest_, *this);
  update_timer();
}

void Connection::on_io(net::IoEvents events) {
  if (phase_ == Phase::Closed) return;
  if (events.error) return close();
  if (events.writable) blocked_ = false;
  if (events.readable) read();
  settle();
}

void Connection::read() {
  const auto buffer = worker_.read_buffer();
  const TransferResult result = stream_.read(buffer.data(), buffer.size());
  if (result.kind == Transfer::WouldBlock) return;
  if (result.kind == Transfer::Ended) return end_of_input();
  if (phase_ == Phase::Lingering || answers_.last_one_is_out()) return discard(result.bytes);
  const std::string_view fresh(buffer.data(), result.bytes);
  if (!input_.empty()) {
    input_.append(fresh);  // settle() goes on with it
    return;
  }
  // The common case: whole requests, taken from the shared buffer without a copy.
  settling_ = true;
  input_ = take_requests(fresh);
  settling_ = false;
}

void Connection::discard(std::size_t bytes) {
  discarded_ += bytes;
  if (discarded_ > kMaxDiscarded && phase_ == Phase::Lingering) close();
}

void Connection::end_of_input() {
  end_of_input_ = true;
  // A watcher that shuts its side has left; one who only asked may still wait for the answer.
  if (phase_ == Phase::Lingering || answers_.watched()) close();
}

bool Connection::may_take_request() const {
  if (phase_ != Phase::Open || answers_.last_one_is_out() || held_) return false;
  if (answers_.bytes_held() >= worker_.config().max_unsent_bytes) return false;
  return answers_.none_out() ||
         (answers_.count_out() < kMaxParallel && answers_.all_out_are_safe());
}

// Returns what is left: an incomplete piece, or what must wait.
std::string_view Connection::take_requests(std::string_view in) {
  while (!in.empty() && may_take_request()) {
    const RequestParser::State before = parser_.state();
    in.remove_prefix(parser_.feed(in));
    note_parser_progress(before);
    if (parser_.state() == RequestParser::State::Failed) {
      reject(parser_.error());
    } else if (parser_.state() == RequestParser::State::Complete) {
      Request request = parser_.take();
      reading_since_ = worker_.loop().now();
      if (!answers_.none_out() && !is_safe(request.method)) {
        held_ = std::make_unique<Request>(std::move(request));
      } else {
        dispatch(std::move(request));
      }
    } else {
      break;
    }
  }
  return answers_.last_one_is_out() ? std::string_view() : in;
}

// The head's time begins with its first byte, the body's with the head's end.
void Connection::note_parser_progress(RequestParser::State before) {
  if (parser_.state() != before) reading_since_ = worker_.loop().now();
}

void Connection::dispatch(Request&& request) {
  ++burst_;
  continue_said_ = false;
  if (request.id.empty()) request.id = worker_.make_request_id();
  request.client_address = client_address_;
  const std::uint64_t sequence = answers_.expect({
      .method = request.method,
      .http_1_0 = request.minor_version == 0,
      .keep_alive =
          request.keep_alive && burst_ < worker_.config().max_pipelined && !worker_.draining(),
      .request_id = request.id,
      .since = worker_.loop().now(),
  });
  if (request.target == "*") {
    Response response(204);
    response.add_header("Allow", kAllMethods);
    answers_.respond(sequence, response);
    return;
  }
  worker_.handle(std::move(request), id_, sequence);
}

void Connection::reject(const ParseError& error) {
  ++worker_.counters().bad_requests;
  std::string id(parser_.request_id());
  if (id.empty()) id = worker_.make_request_id();
  const std::uint64_t sequence =
      answers_.expect({.keep_alive = false, .request_id = id, .since = worker_.loop().now()});
  Response response = problem_response(problem_of(error, parser_.method(), std::move(id)));
  if (error.status == 405) response.add_header("Allow", kAllMethods);
  answers_.respond(sequence, response);
}

void Connection::deliver(Delivery&& delivery) {
  const std::uint64_t sequence = delivery.sequence;
  if (auto* response = std::get_if<Response>(&delivery.content)) {
    answers_.respond(sequence, *response);
  } else if (auto* start = std::get_if<StreamStart>(&delivery.content)) {
    answers_.start_stream(sequence, std::move(*start));
  } else if (auto* chunk = std::get_if<Payload>(&delivery.content)) {
    // What is unsent before it, and of this answer alone: a writer that waits for its turn may
    // write a chunk of any size, whatever other answers wait behind.
    if (answers_.bytes_ahead(sequence) > worker_.config().max_unsent_bytes) {
      ++worker_.counters().slow_readers;
      return close();
    }
    answers_.write(sequence, *chunk);
  } else if (auto* gone = std::get_if<WhenGone>(&delivery.content)) {
    answers_.when_gone(sequence, std::move(gone->call));
  } else {
    answers_.finish(sequence);
  }
  if (end_of_input_ && answers_.watched()) return close();
  // However long the answer took, the client has its whole time for the next request.
  if (answers_.none_out() && parser_.state() == RequestParser::State::Start) {
    reading_since_ = worker_.loop().now();
  }
  if (!settling_) worker_.settle_later(*this);
}

void Connection::settle() {
  if (phase_ == Phase::Closed) return;
  settling_ = true;
  for (;;) {
    if (held_ && answers_.none_out() && !answers_.last_one_is_out()) {
      dispatch(std::move(*std::exchange(held_, nullptr)));
    }
    if (!input_.empty()) {
      const std::size_t left = take_requests(input_).size();
      input_.erase(0, input_.size() - left);
    }
    if (parser_.awaits_continue() && !continue_said_ && answers_.none_out()) {
      answers_.say_continue();
      continue_said_ = true;
    }
    if (end_of_input_ && answers_.none_out() && !held_ && !answers_.last_one_is_out()) {
      if (const auto error = parser_.end_of_stream()) {
        reject(*error);
      } else {
        answers_.end_after_those_out();
      }
    }
    const bool stalled = !may_take_request();
    flush();
    // Sending may have made room, and a drained stream may have ended: on with what had to wait.
    const bool can_go_on = held_ ? answers_.none_out() : may_take_request();
    if (phase_ != Phase::Open || !stalled || !can_go_on) break;
  }
  settling_ = false;
  if (phase_ == Phase::Closed) return;
  if (answers_.none_out() && input_.empty()) burst_ = 0;
  if (input_.empty() && input_.capacity() > kKeptInput) input_.shrink_to_fit();
  update_interest();
  update_timer();
}

void Connection::flush() {
  while (!blocked_ && !answers_.unsent().empty()) {
    const std::size_t offered = answers_.unsent().size();
    const TransferResult result = stream_.write(answers_.unsent());
    if (result.kind == Transfer::Ended) return close();
    answers_.sent(result.bytes);
    // What filled the kernel's buffer before the first wait says nothing of the client.
    if (writing_since_ != Time{}) written_since_ += result.bytes;
    // Trying again would say so too, at the price of an exception.
    blocked_ = result.bytes < offered;
  }
  if (blocked_) {
    if (writing_since_ == Time{}) writing_since_ = worker_.loop().now();
    return;
  }
  writing_since_ = {};
  written_since_ = 0;
  if (answers_.take_drained()) answers_.tell_drained();
  if (answers_.complete() && answers_.unsent().empty() && phase_ == Phase::Open) linger();
}

void Connection::linger() {
  if (end_of_input_) return close();
  phase_ = Phase::Lingering;
  phase_since_ = worker_.loop().now();
  input_.clear();
  stream_.shutdown_send();
}

void Connection::close() {
  if (phase_ == Phase::Closed) return;
  phase_ = Phase::Closed;
  worker_.loop().disarm(timer_);
  worker_.loop().remove(stream_.socket());
  stream_.close();
  answers_.abandon();
  worker_.retire(*this);
}

void Connection::drain() {
  const bool idle = answers_.none_out() && !held_ && input_.empty() &&
                    parser_.state() == RequestParser::State::Start;
  if (idle && answers_.unsent().empty()) return close();
  // One that is still being read is answered too, and told that it was the last.
  if (idle || (!answers_.none_out() && !held_)) answers_.end_after_those_out();
}

Time Connection::read_deadline() const {
  const ServerConfig& config = worker_.config();
  switch (parser_.state()) {
    case RequestParser::State::Start:
      return reading_since_ + config.idle_timeout;
    case RequestParser::State::Head:
      return reading_since_ + config.header_timeout;
    case RequestParser::State::Body:
      return transfer_deadline(config, reading_since_, parser_.body_bytes());
    default:
      return Time::never();
  }
}

Time Connection::write_deadline() const {
  if (writing_since_ == Time{}) return Time::never();
  return transfer_deadline(worker_.config(), writing_since_, written_since_);
}

Time Connection::deadline() const {
  if (phase_ == Phase::Lingering) return phase_since_ + worker_.config().linger_timeout;
  Time earliest = write_deadline();
  if (const auto waiting = answers_.oldest_waiting()) {
    return std::min(earliest, waiting->since + worker_.config().answer_timeout);
  }
  // While answers are out or wait to be read, the client isn't the one to go on.
  if (answers_.none_out() && answers_.unsent().empty()) {
    earliest = std::min(earliest, read_deadline());
  }
  return earliest;
}

void Connection::on_deadline() {
  const Time now = worker_.loop().now();
  if (deadline() > now) return update_timer();
  if (phase_ == Phase::Lingering) return close();
  ++worker_.counters().timeouts;
  if (write_deadline() <= now) {
    ++worker_.counters().slow_readers;
    return close();
  }
  if (const auto waiting = answers_.oldest_waiting()) {
    Problem problem{.status = 500,
                    .code = "no_answer",
                    .detail = "The server did not answer in time.",
                    .title = {},
                    .instance = std::string(waiting->request_id),
                    .extra = {}};
    add_outcome(problem, waiting->method, Outcome::Unknown);
    Response response = problem_response(problem);
    response.close = true;
    answers_.respond(waiting->sequence, response);
  } else if (parser_.state() == RequestParser::State::Head) {
    reject({.status = 408,
            .code = "header_timeout",
            .detail = "The request's header did not come in time."});
  } else if (parser_.state() == RequestParser::State::Body) {
    reject({.status = 408, .code = "body_too_slow", .detail = "The body came too slowly."});
  } else {
    return close();
  }
  settle();
}

void Connection::update_interest() {
  const bool blocked = !answers_.unsent().empty();
  bool reads = !end_of_input_;
  if (answers_.last_one_is_out()) {
    reads &= discarded_ <= kMaxDiscarded;
  } else {
    reads &= input_.size() < kMaxInput;
  }
  const auto wanted = static_cast<Interest>((reads ? 1U : 0U) | (blocked ? 2U : 0U));
  if (wanted == interest_) return;
  interest_ = wanted;
  worker_.loop().set_interest(stream_.socket(), wanted);
}

// The timer is only ever moved forward here; one that fires too early finds a later deadline. So a
// busy connection doesn't touch the heap at each request.
void Connection::update_timer() {
  const Time at = deadline();
  if (at == Time::never()) return;
  if (!timer_.armed() || at < timer_.at()) worker_.loop().arm(timer_, at);
}

}  // namespace confman::http
