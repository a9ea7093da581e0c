#include "bench/load/etcd_connection.hpp"

#include "bench/load/protobuf.hpp"

namespace confman::bench {

EtcdConnection::EtcdConnection(Socket socket, const Endpoint& endpoint, std::size_t value_size)
    : channel_(std::move(socket), endpoint, false), value_size_(value_size) {
  value_.assign(value_size, 'v');
}

void EtcdConnection::submit(ClientId client, const Request& request) {
  write_key_digits(key_.data() + key_.size() - 6, request.key);
  message_.clear();
  put_bytes_field(message_, 1, key_);
  std::string_view path = "/etcdserverpb.KV/Range";
  if (request.operation == Operation::kWrite) {
    path = "/etcdserverpb.KV/Put";
    write_nonce(value_.data(), value_.size(), request.nonce);
    put_bytes_field(message_, 2, value_);
  } else if (request.operation == Operation::kLocalRead) {
    put_varint_field(message_, 7, 1);  // serializable
  }
  if (operations_.size() <= client) {
    operations_.resize(client + 1);
  }
  operations_[client] = request.operation;
  refused_ = !channel_.call(client, path, message_);
}

Connection::Progress EtcdConnection::flush() {
  return refused_ ? Progress::kLost : channel_.flush();
}

Connection::Progress EtcdConnection::receive(CompletionSink& sink) {
  finished_.clear();
  const Progress progress = channel_.receive(finished_);
  for (const GrpcChannel::Finished& call : finished_) {
    // An answer to a read that is shorter than the value says that there is no such key.
    const bool write = operations_[call.tag] == Operation::kWrite;
    const bool ok = call.status == 0 && (write || call.body_size >= value_size_);
    if (!ok) {
      last_failure_ = "gRPC status " + std::to_string(call.status) + " to a " +
                      name_of(operations_[call.tag]) + ": " + call.message;
    }
    sink.completed(call.tag, ok ? Outcome::kOk : Outcome::kFailed);
  }
  return progress;
}

void EtcdConnection::abandon(CompletionSink& sink) {
  for (const std::uint32_t client : channel_.abandon()) {
    sink.completed(client, Outcome::kLost);
  }
}

}  // namespace confman::bench
