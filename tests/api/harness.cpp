#include "tests/api/harness.hpp"

#include <algorithm>

#include "adapters/http/problem.hpp"

namespace confman::testing {
namespace {

constexpr std::int64_t kEpochMs = 1'768'473'000'000;  // 2026-01-15T10:30:00Z
constexpr int kMaxTurns = 10'000;

class CaptureExchange final : public api::Exchange {
 public:
  explicit CaptureExchange(CapturePtr capture) : capture_(std::move(capture)) {}
  void respond(http::Response response) override {
    EXPECT_FALSE(capture_->response) << "a request was answered twice";
    capture_->response = std::move(response);
  }
  void when_gone(std::function<void()> call) override {
    capture_->callbacks.on_gone = std::move(call);
  }
  void start_stream(http::Response head, http::StreamCallbacks callbacks) override {
    EXPECT_FALSE(capture_->response) << "a request was answered twice";
    capture_->stream = true;
    capture_->events = head.body;
    capture_->response = std::move(head);
    capture_->callbacks = std::move(callbacks);
  }
  void write(Payload chunk) override { capture_->events += *chunk; }
  void finish() override { capture_->finished = true; }

 private:
  CapturePtr capture_;
};

}  // namespace

std::string Capture::at(std::string_view path) const {
  const json::Value root = json();
  const json::Value* value = &root;
  while (!path.empty() && value != nullptr) {
    const std::size_t length = std::min(path.find('/'), path.size());
    const std::string_view name = path.substr(0, length);
    path.remove_prefix(std::min(length + 1, path.size()));
    if (const auto* items = value->array()) {
      const auto index = static_cast<std::size_t>(std::stoul(std::string(name)));
      value = index < items->size() ? &(*items)[index] : nullptr;
    } else {
      value = value->find(name);
    }
  }
  if (value == nullptr) return {};
  if (const auto* text = value->string()) return *text;
  if (const auto* number = value->number()) return number->text;
  if (const auto* flag = value->boolean()) return *flag ? "true" : "false";
  if (const auto* items = value->array()) return std::to_string(items->size()) + " items";
  return value->is_null() ? "null" : "object";
}

Harness::Harness(std::uint64_t members, api::ApiConfig config, MemoryNode::Adjust adjust)
    : node_(members, adjust, {}, &checks_, &sealer_) {
  config.self = kSelf;
  config.self_name = "node1";
  config.version = "0.0.test";
  config.random = &bits_;
  config.patterns = std::make_shared<re2::Re2Patterns>();
  api_ = std::make_unique<api::Api>(std::move(config), *this, *this);
  pass(Duration::seconds(2));  // a leader is elected, if one can be
}

void Harness::submit(node::Request request) {
  ++submitted;
  inbox_.push_back(std::move(request));
}

void Harness::cancel(node::RequestId id) {
  cancelled.push_back(id);
  node_.node().cancel(id);
}

std::shared_ptr<const api::StatusReport> Harness::status() const {
  return std::make_shared<api::StatusReport>(node_.report(now_ - report_age));
}

bool Harness::turn() {
  const Now now{.mono = now_, .wall = {kEpochMs + now_.us / 1000}};
  bool busy = !inbox_.empty();
  while (!inbox_.empty()) {
    node::Request request = std::move(inbox_.front());
    inbox_.pop_front();
    node_.node().submit(now, std::move(request));
  }
  busy = busy || checks_.busy();
  checks_.deliver(node_.node(), now);
  auto responses = node_.turn(now);
  busy = busy || !responses.empty();
  api_->complete(responses);
  return busy;
}

void Harness::settle() {
  int idle = 0;
  for (int i = 0; i < kMaxTurns && idle < 4; ++i) idle = turn() ? 0 : idle + 1;
}

void Harness::pass(Duration time) {
  const Time end = now_ + time;
  for (int i = 0; i < kMaxTurns; ++i) {
    settle();
    const Time next = std::max(now_ + Duration::micros(1), node().next_deadline());
    if (next > end) break;
    now_ = next;
  }
  now_ = end;
  settle();
}

CapturePtr Harness::start(std::string_view method, std::string_view target, const Fields& fields,
                          std::string_view body) {
  auto capture = std::make_shared<Capture>();
  std::string bytes = std::string(method) + " " + std::string(target) + " HTTP/1.1\r\nHost: x\r\n";
  for (const auto& [name, value] : fields) {
    bytes += std::string(name) + ": " + std::string(value) + "\r\n";
  }
  // A POST without anything has no length, as that of curl has none.
  const bool typed =
      std::ranges::any_of(fields, [](const auto& field) { return field.first == "Content-Type"; });
  if (method == "PUT" || (method == "POST" && typed) || !body.empty()) {
    bytes += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  }
  bytes += "\r\n" + std::string(body);
  http::RequestParser parser;
  std::string_view rest = bytes;
  while (!rest.empty()) {
    const std::size_t taken = parser.feed(rest);
    rest.remove_prefix(taken);
    if (parser.state() == http::RequestParser::State::Failed) {
      capture->response =
          http::problem_response(http::problem_of(parser.error(), parser.method(), "test-request"));
      return capture;
    }
    if (taken == 0) break;
  }
  EXPECT_EQ(parser.state(), http::RequestParser::State::Complete);
  if (parser.state() != http::RequestParser::State::Complete) return capture;
  http::Request request = parser.take();
  if (request.id.empty()) request.id = "test-request";
  request.client_address = "127.0.0.1";
  api_->handle(std::move(request), std::make_unique<CaptureExchange>(capture));
  return capture;
}

CapturePtr Harness::request(std::string_view method, std::string_view target, const Fields& fields,
                            std::string_view body) {
  CapturePtr capture = start(method, target, fields, body);
  for (int i = 0; i < kMaxTurns && !capture->response; ++i) {
    settle();
    if (!capture->response) now_ = std::max(now_ + Duration::micros(1), node().next_deadline());
  }
  EXPECT_TRUE(capture->response) << method << " " << target << " was never answered";
  return capture;
}

CapturePtr Harness::put(std::string_view target, std::string_view body, std::string_view type,
                        const Fields& fields) {
  Fields all = fields;
  all.emplace_back("Content-Type", type);
  return request("PUT", target, all, body);
}

void Harness::drain(const CapturePtr& stream) {
  stream->callbacks.on_drained();
  settle();
}

}  // namespace confman::testing
