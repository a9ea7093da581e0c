#include "adapters/http/worker.hpp"

#include <charconv>
#include <random>

namespace confman::http {

namespace {

void append_hex(std::string& out, std::uint64_t number) {
  char digits[16];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, number, 16).ptr);
}

// Random for each I/O thread: two processes, or two threads, never make the same id.
std::string random_prefix() {
  std::random_device random;
  std::string prefix;
  append_hex(prefix, (std::uint64_t{random()} << 32) | random());
  return prefix + "-";
}

}  // namespace

Worker::Worker(const ServerConfig& config, const Handler& handler,
               const std::function<void()>& after_turn, Counters& counters)
    : config_(config),
      handler_(handler),
      after_turn_(after_turn),
      counters_(counters),
      mailbox_(std::make_shared<ResponseSink::Mailbox>(
          loop_, [this](Delivery&& delivery) { deliver(std::move(delivery)); })),
      read_buffer_(std::make_unique<std::array<char, 64 * 1024>>()),
      request_id_prefix_(random_prefix()) {
  loop_.add_end_of_turn([this] { end_turn(); });
}

Worker::~Worker() {
  stop();
}

void Worker::start() {
  thread_ = std::thread([this] {
    mailbox_->open();
    loop_.run();
  });
}

void Worker::stop() {
  if (thread_.joinable()) {
    loop_.stop();
    thread_.join();
  }
  mailbox_->close();
}

void Worker::adopt(Stream stream, std::string client_address) {
  const std::uint64_t id = ++last_connection_;
  const auto added = connections_.emplace(
      id, std::make_unique<Connection>(*this, id, std::move(stream), std::move(client_address)));
  if (draining_) added.first->second->drain();  // accepted just before the listener closed
}

void Worker::drain() {
  draining_ = true;
  std::vector<std::uint64_t> ids;
  ids.reserve(connections_.size());
  for (const auto& [id, connection] : connections_) ids.push_back(id);
  for (const std::uint64_t id : ids) {
    // Draining one may close another: a stream's callback may end other streams.
    const auto found = connections_.find(id);
    if (found != connections_.end()) found->second->drain();
  }
}

std::string Worker::make_request_id() {
  std::string id = request_id_prefix_;
  append_hex(id, ++request_count_);
  return id;
}

void Worker::handle(Request&& request, std::uint64_t connection, std::uint64_t sequence) {
  counters_.requests.fetch_add(1, std::memory_order_relaxed);
  handler_(std::move(request), ResponseSink(mailbox_, connection, sequence));
}

void Worker::deliver(Delivery&& delivery) {
  const auto found = connections_.find(delivery.connection);
  if (found != connections_.end()) return found->second->deliver(std::move(delivery));
  // The client has left already.
  if (const auto* stream = std::get_if<StreamStart>(&delivery.content)) {
    if (stream->callbacks.on_gone) stream->callbacks.on_gone();
  } else if (const auto* gone = std::get_if<WhenGone>(&delivery.content)) {
    gone->call();
  }
}

void Worker::settle_later(Connection& connection) {
  if (unsettled_.empty() || unsettled_.back() != connection.id()) {
    unsettled_.push_back(connection.id());
  }
}

void Worker::retire(Connection& connection) {
  auto node = connections_.extract(connection.id());
  retired_.push_back(std::move(node.mapped()));
  counters_.connections.fetch_sub(1, std::memory_order_relaxed);
}

void Worker::end_turn() {
  const std::vector<std::uint64_t> now = std::exchange(unsettled_, {});
  for (const std::uint64_t id : now) {
    const auto found = connections_.find(id);
    if (found != connections_.end()) found->second->settle();
  }
  // What a stream's callbacks have just written goes out in a turn of its own.
  if (!unsettled_.empty()) loop_.post([] {});
  retired_.clear();
  if (after_turn_) after_turn_();
}

}  // namespace confman::http
