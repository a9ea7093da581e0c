#pragma once

#include "bench/peers/product.hpp"

namespace confman::bench {

// etcd with its own defaults: heartbeats every 100 ms, elections after 1,000 ms, fsync on.
class EtcdProduct final : public Product {
 public:
  TargetKind kind() const override { return TargetKind::kEtcd; }
  std::string program() const override { return "etcd"; }
  std::string about() const override;
  std::expected<std::vector<std::string>, std::string> command(const std::vector<Member>& members,
                                                               std::size_t index) const override;
  std::optional<bool> leads(const Endpoint& node) const override;
  std::expected<void, std::string> prepare(const Endpoint&) const override { return {}; }
};

}  // namespace confman::bench
