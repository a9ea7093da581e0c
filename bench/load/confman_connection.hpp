#pragma once

#include <array>
#include <optional>

#include "bench/load/connection.hpp"
#include "bench/load/socket.hpp"

namespace confman::bench {

// Confman's REST API over HTTP/1.1 with keep-alive, one request at a time. The three kinds of
// request are written out once and only their key and value are changed, so a request costs one
// send and one receive and hardly anything else.
class ConfmanConnection final : public Connection {
 public:
  ConfmanConnection(Socket socket, const Endpoint& endpoint, std::size_t value_size);

  int fd() const override { return socket_.fd(); }
  bool can_submit() const override { return !client_ && !closing_; }
  void submit(ClientId client, const Request& request) override;
  Progress flush() override;
  Progress receive(CompletionSink& sink) override;
  void abandon(CompletionSink& sink) override;
  const std::string& last_failure() const override { return last_failure_; }

 private:
  struct Template {
    Bytes text;
    std::size_t digits_at = 0;
    std::size_t value_at = 0;  // used for writes only
  };
  static Template make_template(Operation operation, const Endpoint& endpoint,
                                std::size_t value_size);
  Outcome judge(int status, ByteView body);

  Socket socket_;
  std::size_t value_size_;
  std::array<Template, kOperations> templates_;
  std::optional<ClientId> client_;
  Operation operation_ = Operation::kWrite;
  ByteView unsent_;       // of a template's text
  bool closing_ = false;  // the server announced that it closes
  Bytes received_;
  std::string last_failure_;
};

}  // namespace confman::bench
