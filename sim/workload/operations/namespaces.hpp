#pragma once

#include "sim/workload/operations/operation.hpp"

// What clients do with namespaces. No history is kept of it; their versions are judged in the final
// state (sim/oracle/namespace_versions.hpp).
namespace confman::sim {

struct PutNamespaceOp : WriteOp {
  static constexpr std::string_view kName = "put namespace";

  // Also deletions.
  static std::span<const Draw> draws();
  std::string about(const ClientOp& op) const;
  AskedOperation asked(const ClientOp& op) const;
  void learn(ClientMemory& memory, const ClientOp& op, const node::Response& response) const;

 private:
  static void draw(Drawing& with, ClientOp& op);
};

struct DeleteNamespaceOp : WriteOp {
  static constexpr std::string_view kName = "delete namespace";

  std::string about(const ClientOp& op) const;
  AskedOperation asked(const ClientOp& op) const;
  void learn(ClientMemory& memory, const ClientOp& op, const node::Response& response) const;

 private:
  friend struct PutNamespaceOp;
};

}  // namespace confman::sim
