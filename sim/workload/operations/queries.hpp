#pragma once

#include "sim/workload/operations/operation.hpp"

// What else clients look at. No history is kept of these: each answer is held against what the log
// makes of it (sim/reference/answers.hpp).
namespace confman::sim {

// Any version, tombstones too.
struct GetVersionOp : ReadOp {
  static constexpr std::string_view kName = "get version";

  std::uint64_t version{};

  template <class Self, class Visit>
  static void for_each_field(Self& self, Visit&& visit) {
    ReadOp::for_each_field(self, visit);
    visit(Column::Version, self.version);
  }
  static std::span<const Draw> draws();
  std::string about(const ClientOp& op) const;
  AskedOperation asked(const ClientOp& op) const;

  friend bool operator==(const GetVersionOp&, const GetVersionOp&) = default;

 private:
  static void draw(Drawing& with, ClientOp& op);
};

struct GetNamespaceOp : ReadOp {
  static constexpr std::string_view kName = "get namespace";

  static std::span<const Draw> draws();
  std::string about(const ClientOp& op) const;
  AskedOperation asked(const ClientOp& op) const;

 private:
  static void draw(Drawing& with, ClientOp& op);
};

struct ListNamespacesOp : ReadOp {
  static constexpr std::string_view kName = "list namespaces";

  std::int64_t limit{};
  bool recursive = false;
  std::uint64_t after_namespace{};

  template <class Self, class Visit>
  static void for_each_field(Self& self, Visit&& visit) {
    ReadOp::for_each_field(self, visit);
    visit(Column::Limit, self.limit);
    visit(Column::Flags, self.recursive);
    visit(Column::AfterNamespace, self.after_namespace);
  }
  static std::span<const Draw> draws();
  std::string about(const ClientOp& op) const;
  AskedOperation asked(const ClientOp& op) const;
  void learn(ClientMemory& memory, const ClientOp& op, const node::Response& response) const;

  friend bool operator==(const ListNamespacesOp&, const ListNamespacesOp&) = default;

 private:
  static void draw(Drawing& with, ClientOp& op);
};

struct ListVersionsOp : ReadOp {
  static constexpr std::string_view kName = "list versions";

  std::int64_t limit{};
  std::uint64_t before{};  // 0: from the newest

  template <class Self, class Visit>
  static void for_each_field(Self& self, Visit&& visit) {
    ReadOp::for_each_field(self, visit);
    visit(Column::Limit, self.limit);
    visit(Column::Version, self.before);
  }
  static std::span<const Draw> draws();
  std::string about(const ClientOp& op) const;
  AskedOperation asked(const ClientOp& op) const;
  void learn(ClientMemory& memory, const ClientOp& op, const node::Response& response) const;

  friend bool operator==(const ListVersionsOp&, const ListVersionsOp&) = default;

 private:
  static void draw(Drawing& with, ClientOp& op);
};

struct ListAuditOp : ReadOp {
  static constexpr std::string_view kName = "list audit";

  std::int64_t limit{};
  bool oldest_first = false;
  std::int64_t after = -1;  // log index of an event
  std::uint64_t action{};   // 0: any
  std::uint64_t actor{};    // the client's number; 0: anybody

  template <class Self, class Visit>
  static void for_each_field(Self& self, Visit&& visit) {
    ReadOp::for_each_field(self, visit);
    visit(Column::Limit, self.limit);
    visit(Column::Flags, self.oldest_first);
    visit(Column::After, self.after);
    visit(Column::Filter, self.action);
    visit(Column::Value, self.actor);
  }
  static std::span<const Draw> draws();
  std::string about(const ClientOp& op) const;
  AskedOperation asked(const ClientOp& op) const;
  void learn(ClientMemory& memory, const ClientOp& op, const node::Response& response) const;

  friend bool operator==(const ListAuditOp&, const ListAuditOp&) = default;

 private:
  static void draw(Drawing& with, ClientOp& op);
};

}  // namespace confman::sim
