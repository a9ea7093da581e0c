#pragma once

#include <vector>

#include "bench/load/connection.hpp"
#include "bench/load/grpc_channel.hpp"

namespace confman::bench {

// Found by trial with etcd 3.4.23, three nodes and the generator on two processors. Writes a second
// at 64 / 256 clients that share 1 connection: 6,800 / 9,700; 3: 9,500 / 15,600; 6: 10,200 /
// 14,700; 12: 10,000 / 15,000; 24: 10,300 / 14,100; 128: 8,900 / 12,300. Reads are as flat from 3
// to 24.
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
