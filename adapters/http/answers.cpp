#include "adapters/http/answers.hpp"

#include <algorithm>
#include <charconv>

#include "domain/base/assert.hpp"

namespace confman::http {

namespace {

bool may_have_body(Method method, int status) {
  return method != Method::Head && status != 204 && status != 304;
}

void append_number(std::string& out, std::uint64_t number, int base = 10) {
  char digits[20];
  const auto result = std::to_chars(digits, digits + sizeof digits, number, base);
  out.append(digits, result.ptr);
}

void append_chunk(Outbox& out, const Payload& chunk) {
  append_number(out.tail(), chunk->size(), 16);
  out.tail().append("\r\n");
  out.append(chunk);
  out.tail().append("\r\n");
}

}  // namespace

std::uint64_t Answers::expect(Expected expected) {
  CONFMAN_ASSERT(!last_is_out_, "A request was taken after the last one of its connection.");
  last_is_out_ = !expected.keep_alive;
  slots_.push_back({.expected = std::move(expected), .held = {}, .callbacks = {}});
  return first_sequence_ + slots_.size() - 1;
}

Answers::Slot* Answers::find(std::uint64_t sequence, State state) {
  if (sequence < first_sequence_ || sequence - first_sequence_ >= slots_.size()) return nullptr;
  Slot& slot = slots_[sequence - first_sequence_];
  return slot.state == state ? &slot : nullptr;
}

void Answers::append_head(Slot& slot, const Response& response, std::string_view length_line) {
  std::string& out = outbox(slot).tail();
  const Expected& expected = slot.expected;
  out.append("HTTP/1.1 ");
  append_number(out, static_cast<std::uint64_t>(response.status));
  out.append(" ").append(reason_phrase(response.status)).append("\r\n");
  out.append("Date: ").append(dates_.now()).append("\r\n");
  out.append(response.header_block()).append(length_line);
  out.append("X-Content-Type-Options: nosniff\r\nX-Request-Id: ").append(expected.request_id);
  if (!expected.keep_alive) {
    out.append("\r\nConnection: close");
  } else if (expected.http_1_0) {
    out.append("\r\nConnection: keep-alive");
  }
  out.append("\r\n\r\n");
}

void Answers::respond(std::uint64_t sequence, const Response& response) {
  Slot* slot = find(sequence, State::Waiting);
  if (slot == nullptr) return;
  if (response.close) {
    slot->expected.keep_alive = false;
    last_is_out_ = true;
    // What was asked after it stays unanswered; the client may ask again elsewhere.
    drop_after(sequence - first_sequence_ + 1);
    slot = find(sequence, State::Waiting);
  }
  const std::size_t before = outbox(*slot).size();
  std::string length_line;
  if (response.status != 204 && response.status != 304) {
    length_line = "Content-Length: ";
    append_number(length_line, response.body.size());
    length_line.append("\r\n");
  }
  append_head(*slot, response, length_line);
  Outbox& out = outbox(*slot);
  if (may_have_body(slot->expected.method, response.status)) out.tail().append(response.body);
  if (!in_front(*slot)) held_back_ += out.size() - before;
  slot->state = State::Done;
  slot->callbacks = {};
  advance();
}

void Answers::start_stream(std::uint64_t sequence, StreamStart start) {
  Slot* slot = find(sequence, State::Waiting);
  if (slot == nullptr) {
    if (start.callbacks.on_gone) start.callbacks.on_gone();
    return;
  }
  slot->has_body = may_have_body(slot->expected.method, start.head.status);
  slot->chunked = slot->has_body && !slot->expected.http_1_0;
  if (slot->has_body && !slot->chunked) slot->expected.keep_alive = false;  // its end is the end
  if (start.head.close) slot->expected.keep_alive = false;
  if (!slot->expected.keep_alive) last_is_out_ = true;
  const std::size_t before = outbox(*slot).size();
  append_head(*slot, start.head, slot->chunked ? "Transfer-Encoding: chunked\r\n" : "");
  if (!in_front(*slot)) held_back_ += outbox(*slot).size() - before;
  slot->state = State::Streaming;
  slot->callbacks = std::move(start.callbacks);
  drained_due_ |= in_front(*slot);
  write(sequence, make_payload(std::move(start.head.body)));
}

void Answers::when_gone(std::uint64_t sequence, std::function<void()> call) {
  Slot* slot = find(sequence, State::Waiting);
  if (slot == nullptr) return call();
  slot->callbacks.on_gone = std::move(call);
}

bool Answers::write(std::uint64_t sequence, const Payload& chunk) {
  Slot* slot = find(sequence, State::Streaming);
  if (slot == nullptr) return false;
  drained_due_ |= in_front(*slot);
  if (!slot->has_body || chunk->empty()) return true;
  Outbox& out = outbox(*slot);
  const std::size_t before = out.size();
  if (slot->chunked) {
    append_chunk(out, chunk);
  } else {
    out.append(chunk);
  }
  if (!in_front(*slot)) held_back_ += out.size() - before;
  return true;
}

std::size_t Answers::bytes_ahead(std::uint64_t sequence) {
  Slot* slot = find(sequence, State::Streaming);
  return slot == nullptr ? 0 : outbox(*slot).size();
}

void Answers::finish(std::uint64_t sequence) {
  Slot* slot = find(sequence, State::Streaming);
  if (slot == nullptr) return;
  constexpr std::string_view kLastChunk = "0\r\n\r\n";
  if (slot->chunked) {
    outbox(*slot).tail().append(kLastChunk);
    if (!in_front(*slot)) held_back_ += kLastChunk.size();
  }
  slot->state = State::Done;
  slot->callbacks = {};
  advance();
}

// Gives the wire to the oldest answer that isn't done.
void Answers::advance() {
  std::size_t done = 0;
  while (done < slots_.size() && slots_[done].state == State::Done) {
    ++done;
    if (done == slots_.size()) break;
    Outbox& held = slots_[done].held;
    held_back_ -= held.size();
    out_.append(std::move(held));
  }
  if (done == 0) return;
  slots_.erase(slots_.begin(), slots_.begin() + static_cast<std::ptrdiff_t>(done));
  first_sequence_ += done;
  drained_due_ = streaming();
}

bool Answers::all_out_are_safe() const {
  return std::ranges::all_of(slots_,
                             [](const Slot& slot) { return is_safe(slot.expected.method); });
}

void Answers::end_after_those_out() {
  last_is_out_ = true;
  if (!slots_.empty()) slots_.back().expected.keep_alive = false;
}

std::optional<Answers::Waiting> Answers::oldest_waiting() const {
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if (slots_[i].state != State::Waiting) continue;
    const Expected& expected = slots_[i].expected;
    return Waiting{first_sequence_ + i, expected.since, expected.request_id, expected.method};
  }
  return std::nullopt;
}

void Answers::sent(std::size_t bytes) {
  out_.pop(bytes);
}

bool Answers::take_drained() {
  if (!drained_due_ || !unsent().empty() || !streaming()) return false;
  drained_due_ = false;
  return true;
}

void Answers::tell_drained() {
  // A copy: the callback may finish the stream, which forgets its callbacks.
  const auto on_drained = slots_.front().callbacks.on_drained;
  if (on_drained) on_drained();
}

void Answers::drop_after(std::size_t count) {
  std::vector<StreamCallbacks> gone;
  for (std::size_t i = count; i < slots_.size(); ++i) {
    held_back_ -= slots_[i].held.size();
    if (slots_[i].callbacks.on_gone) gone.push_back(std::move(slots_[i].callbacks));
  }
  slots_.resize(std::min(count, slots_.size()));
  for (const StreamCallbacks& callbacks : gone) callbacks.on_gone();
}

void Answers::abandon() {
  last_is_out_ = true;
  out_.clear();
  drop_after(0);
}

}  // namespace confman::http
