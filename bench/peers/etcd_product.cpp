#include "bench/peers/etcd_product.hpp"

#include <cstdio>

#include "bench/load/etcd_connection.hpp"
#include "bench/load/grpc_channel.hpp"
#include "bench/load/protobuf.hpp"

namespace confman::bench {
namespace {

constexpr int kStatusTimeoutMs = 1000;

std::string url(const Endpoint& endpoint) {
  return "http://" + endpoint.to_string();
}

}  // namespace

std::string EtcdProduct::about() const {
  char line[128] = "etcd";
  if (std::FILE* pipe = ::popen("etcd --version 2>/dev/null", "r")) {
    if (std::fgets(line, sizeof line, pipe) == nullptr) {
      std::snprintf(line, sizeof line, "etcd");
    }
    ::pclose(pipe);
  }
  std::string text(line);
  while (!text.empty() && text.back() == '\n') {
    text.pop_back();
  }
  return text + ", gRPC, " + std::to_string(kEtcdConnections) +
         " connections, its default heartbeat (100 ms) and election timeout (1,000 ms)";
}

std::expected<std::vector<std::string>, std::string> EtcdProduct::command(
    const std::vector<Member>& members, std::size_t index) const {
  std::string cluster;
  for (const Member& member : members) {
    cluster += cluster.empty() ? "" : ",";
    cluster += member.name + "=" + url(member.peer);
  }
  const Member& self = members[index];
  return std::vector<std::string>{program(),
                                  "--name",
                                  self.name,
                                  "--data-dir",
                                  (self.folder / "data").string(),
                                  "--listen-client-urls",
                                  url(self.client),
                                  "--advertise-client-urls",
                                  url(self.client),
                                  "--listen-peer-urls",
                                  url(self.peer),
                                  "--initial-advertise-peer-urls",
                                  url(self.peer),
                                  "--initial-cluster",
                                  cluster,
                                  "--initial-cluster-state",
                                  "new",
                                  "--initial-cluster-token",
                                  "confman-bench",
                                  "--logger",
                                  "zap",
                                  "--log-level",
                                  "error"};
}

// etcdserverpb.StatusResponse: header = 1 (member_id = 2), leader = 4.
std::optional<bool> EtcdProduct::leads(const Endpoint& node) const {
  const auto answer = grpc_call(node, "/etcdserverpb.Maintenance/Status", "", kStatusTimeoutMs);
  if (!answer) {
    return std::nullopt;
  }
  const auto header = find_field(*answer, 1);
  const auto leader = find_field(*answer, 4);
  const auto member = header ? find_field(header->bytes, 2) : std::nullopt;
  if (!leader || !member || leader->varint == 0) {
    return std::nullopt;
  }
  return leader->varint == member->varint;
}

}  // namespace confman::bench
