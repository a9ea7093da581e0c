#include "adapters/http/server.hpp"

#include <Poco/Exception.h>
#include <algorithm>
#include <optional>
#include <vector>

#include "adapters/http/acceptor.hpp"
#include "adapters/http/worker.hpp"
#include "domain/base/assert.hpp"

namespace confman::http {

struct Server::Impl {
  Impl(ServerConfig server_config, Handler server_handler, std::function<void()> hook)
      : config(std::move(server_config)),
        handler(std::move(server_handler)),
        after_turn(std::move(hook)) {
    for (int i = 0; i < std::max(config.threads, 1); ++i) {
      workers.push_back(std::make_unique<Worker>(config, handler, after_turn, counters));
    }
  }

  // Turn and turn about, so that each thread has its share.
  void adopt(Stream stream, std::string client_address) {
    Worker& worker = *workers[next_worker++ % workers.size()];
    if (&worker == workers.front().get()) {
      worker.adopt(std::move(stream), std::move(client_address));
      return;
    }
    worker.loop().post(
        [&worker, stream = std::move(stream), address = std::move(client_address)]() mutable {
          worker.adopt(std::move(stream), std::move(address));
        });
  }

  const ServerConfig config;
  const Handler handler;
  const std::function<void()> after_turn;
  Counters counters;
  std::vector<std::unique_ptr<Worker>> workers;
  std::optional<Acceptor> acceptor;  // in the first worker's loop
  std::size_t next_worker = 0;
  bool stopped = false;
};

Server::Server(ServerConfig config, Handler handler, std::function<void()> after_turn)
    : impl_(std::make_unique<Impl>(std::move(config), std::move(handler), std::move(after_turn))) {}

Server::~Server() {
  stop();
}

std::expected<std::uint16_t, ListenError> Server::start() {
  CONFMAN_ASSERT(!impl_->acceptor && !impl_->stopped, "An HTTP server was started a second time.");
  Impl& impl = *impl_;
  try {
    impl.acceptor.emplace(impl.workers.front()->loop(), impl.config, impl.counters,
                          [&impl](Stream stream, std::string client_address) {
                            impl.adopt(std::move(stream), std::move(client_address));
                          });
  } catch (const Poco::Exception& fault) {
    return std::unexpected(ListenError{"cannot listen on " + impl.config.address + " port " +
                                       std::to_string(impl.config.port) + ": " +
                                       fault.displayText()});
  }
  const std::uint16_t port = impl.acceptor->port();
  for (auto& worker : impl.workers) worker->start();
  return port;
}

void Server::drain() {
  if (!impl_->acceptor || impl_->stopped) return;
  impl_->workers.front()->loop().post([this] { impl_->acceptor->close(); });
  for (auto& worker : impl_->workers) {
    worker->loop().post([&worker = *worker] { worker.drain(); });
  }
}

void Server::stop() {
  impl_->stopped = true;
  for (auto& worker : impl_->workers) worker->stop();
  impl_->acceptor.reset();
}

ServerStats Server::stats() const {
  const Counters& now = impl_->counters;
  return {.connections = now.connections.load(),
          .accepted = now.accepted.load(),
          .refused = now.refused.load(),
          .requests = now.requests.load(),
          .bad_requests = now.bad_requests.load(),
          .timeouts = now.timeouts.load(),
          .slow_readers = now.slow_readers.load()};
}

}  // namespace confman::http
