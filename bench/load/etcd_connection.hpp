#pragma once

#include <vector>

#include "bench/load/connection.hpp"
#include "bench/load/grpc_channel.hpp"

namespace confman::bench {

// Found by trial: with 64 and with 256 clients etcd answers most requests a second when they share
// this many connections (see docs/performance.md).
inline constexpr std::uint32_t kEtcdConnections = 6;

// etcd's v3 API over gRPC: KV/Put, and KV/Range with or without `serializable` (etcd's word for a
// read that the node answers from its own state).
class EtcdConnection final : public Connection {
 public:
  EtcdConnection(Socket socket, const Endpoint& endpoint, std::size_t value_size);

  int fd() const override { return channel_.fd(); }
  bool can_submit() const override { return !refused_; }
  void submit(ClientId client, const Request& request) override;
  Progress flush() override;
  Progress receive(CompletionSink& sink) override;
  void abandon(CompletionSink& sink) override;
  const std::string& last_failure() const override { return last_failure_; }

 private:
  GrpcChannel channel_;
  std::size_t value_size_;
  Bytes key_{kKeyPattern};
  Bytes value_;
  Bytes message_;
  std::vector<Operation> operations_;  // by client: what it has in flight
  std::vector<GrpcChannel::Finished> finished_;
  bool refused_ = false;  // the session takes no more streams
  std::string last_failure_;
};

}  // namespace confman::bench
