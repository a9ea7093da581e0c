#pragma once

#include <Poco/Net/ServerSocket.h>
#include <functional>
#include <string>

#include "adapters/http/stream.hpp"
#include "adapters/http/worker.hpp"
#include "adapters/net/io_loop.hpp"

namespace confman::http {

// Accepts connections on a loop's thread and hands them on, up to the limit. Survives a process
// without descriptors: a spare one lets it take the connection from the queue and refuse it.
class Acceptor final : public net::IoHandler {
 public:
  using Adopt = std::function<void(Stream, std::string client_address)>;

  // Throws Poco::Exception if it can't listen. Registers itself with the loop.
  Acceptor(net::IoLoop& loop, const ServerConfig& config, Counters& counters, Adopt adopt);
  ~Acceptor();
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;

  void on_io(net::IoEvents events) override;
  void close();
  std::uint16_t port() const { return listener_.address().port(); }

 private:
  enum class Outcome : std::uint8_t { Accepted, NoneWaiting, OutOfDescriptors };

  Outcome accept_one();
  void refuse_with_spare();
  void refuse(int fd, std::string_view answer);
  void pause();

  net::IoLoop& loop_;
  const ServerConfig& config_;
  Counters& counters_;
  Adopt adopt_;
  const std::string when_full_;
  const std::string when_out_of_descriptors_;
  Poco::Net::ServerSocket listener_;
  net::IoTimer resume_;
  int spare_;
  bool open_ = true;
};

}  // namespace confman::http
