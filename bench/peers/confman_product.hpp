#pragma once

#include <utility>

#include "bench/peers/product.hpp"

namespace confman::bench {

// Confman with its own defaults, open to everybody on loopback.
class ConfmanProduct final : public Product {
 public:
  // `program`: another build's confmand; "" is the one in the folder of the running program.
  explicit ConfmanProduct(std::string program = {}) : program_(std::move(program)) {}
  TargetKind kind() const override { return TargetKind::kConfman; }
  std::string program() const override;
  std::string about() const override;
  std::expected<std::vector<std::string>, std::string> command(const std::vector<Member>& members,
                                                               std::size_t index) const override;
  std::optional<bool> leads(const Endpoint& node) const override;
  std::expected<void, std::string> prepare(const Endpoint& node) const override;

 private:
  std::string program_;
};

}  // namespace confman::bench
