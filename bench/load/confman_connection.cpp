#include "bench/load/confman_connection.hpp"

#include "bench/load/http_response.hpp"
#include "domain/base/assert.hpp"

namespace confman::bench {
namespace {

constexpr std::size_t kReceiveSize = 4096;
constexpr std::size_t kFailureExcerpt = 200;

const char* describe(HttpFault fault) {
  switch (fault) {
    case HttpFault::kMalformed:
      return "the answer is not HTTP/1.1";
    case HttpFault::kUnsupported:
      return "the answer has no Content-Length";
    case HttpFault::kTooLarge:
      return "the answer is too large";
  }
  return "";
}

}  // namespace

ConfmanConnection::ConfmanConnection(Socket socket, const Endpoint& endpoint,
                                     std::size_t value_size)
    : socket_(std::move(socket)), value_size_(value_size) {
  for (std::size_t i = 0; i < kOperations; ++i) {
    templates_[i] = make_template(static_cast<Operation>(i), endpoint, value_size);
  }
}

ConfmanConnection::Template ConfmanConnection::make_template(Operation operation,
                                                             const Endpoint& endpoint,
                                                             std::size_t value_size) {
  Template made;
  const bool write = operation == Operation::kWrite;
  made.text = write ? "PUT /api/v1/config/" : "GET /api/v1/config/";
  made.text += kKeyPattern;
  made.digits_at = made.text.size() - 6;
  made.text += operation == Operation::kLocalRead ? "?consistency=stale HTTP/1.1\r\nHost: "
                                                  : " HTTP/1.1\r\nHost: ";
  made.text += endpoint.to_string();
  if (write) {
    made.text += "\r\nContent-Type: text/plain\r\nContent-Length: ";
    made.text += std::to_string(value_size);
    made.text += "\r\n\r\n";
    made.value_at = made.text.size();
    made.text.append(value_size, 'v');
  } else {
    made.text += "\r\nAccept: text/plain\r\n\r\n";
  }
  return made;
}

void ConfmanConnection::submit(ClientId client, const Request& request) {
  CONFMAN_ASSERT(can_submit(),
                 "A request was sent on an HTTP/1.1 connection that carries another.");
  Template& text = templates_[static_cast<std::size_t>(request.operation)];
  write_key_digits(text.text.data() + text.digits_at, request.key);
  if (request.operation == Operation::kWrite) {
    write_nonce(text.text.data() + text.value_at, value_size_, request.nonce);
  }
  client_ = client;
  operation_ = request.operation;
  unsent_ = text.text;
}

Connection::Progress ConfmanConnection::flush() {
  if (unsent_.empty()) {
    return Progress::kIdle;
  }
  const auto sent = socket_.send(unsent_);
  unsent_.remove_prefix(sent.bytes);
  if (sent.lost) {
    return Progress::kLost;
  }
  return unsent_.empty() ? Progress::kIdle : Progress::kBlocked;
}

Connection::Progress ConfmanConnection::receive(CompletionSink& sink) {
  char buffer[kReceiveSize];
  const auto got = socket_.receive(buffer, sizeof buffer);
  if (got.lost) {
    return Progress::kLost;
  }
  // The usual case, a whole response in one piece, is read where it lies.
  ByteView bytes(buffer, got.bytes);
  if (!received_.empty()) {
    received_.append(bytes);
    bytes = received_;
  }
  const auto response = read_response(bytes);
  if (!response) {
    last_failure_ = describe(response.error());
    return Progress::kLost;
  }
  if (!*response) {
    if (received_.empty()) {
      received_.assign(bytes);
    }
    return Progress::kIdle;
  }
  if (!client_ || (*response)->size != bytes.size()) {
    last_failure_ = "an answer that nobody asked for";
    return Progress::kLost;
  }
  closing_ = !(*response)->keep_alive;
  const Outcome outcome = judge((*response)->status, (*response)->body);
  const ClientId client = *client_;
  client_.reset();
  received_.clear();
  sink.completed(client, outcome);
  return closing_ ? Progress::kLost : Progress::kIdle;
}

Outcome ConfmanConnection::judge(int status, ByteView body) {
  const bool ok = operation_ == Operation::kWrite ? status == 200 || status == 201
                                                  : status == 200 && body.size() == value_size_;
  if (ok) {
    return Outcome::kOk;
  }
  last_failure_ = "HTTP " + std::to_string(status) + " to a " + name_of(operation_) + ": ";
  last_failure_ += body.substr(0, kFailureExcerpt);
  return Outcome::kFailed;
}

void ConfmanConnection::abandon(CompletionSink& sink) {
  unsent_ = {};
  received_.clear();
  if (client_) {
    const ClientId client = *client_;
    client_.reset();
    sink.completed(client, Outcome::kLost);
  }
}

}  // namespace confman::bench
