#pragma once

#include "sim/workload/operations/operation.hpp"

// What clients do about who may what. Drawn with `access_weight` and `mint_weight`, which are 0 in
// all profiles but `access`. Judged by the log (sim/reference) and by check_access_safety.
namespace confman::sim {

// Its key: the owner (principal_name). The value makes the API key's number.
struct CreateKeyOp : WriteOp {
  static constexpr std::string_view kName = "create api key";

  std::uint64_t scopes{};  // scope_text
  std::int64_t lifetime_ms{};

  template <class Self, class Visit>
  static void for_each_field(Self& self, Visit&& visit) {
    WriteOp::for_each_field(self, visit);
    visit(Column::Filter, self.scopes);
    visit(Column::Limit, self.lifetime_ms);
  }
  std::uint64_t key_number() const;
  static std::span<const Draw> draws();
  std::string about(const ClientOp& op) const;
  AskedOperation asked(const ClientOp& op) const;

  friend bool operator==(const CreateKeyOp&, const CreateKeyOp&) = default;

 private:
  static void draw(Drawing& with, ClientOp& op);
};

struct RevokeKeyOp : WriteOp {
  static constexpr std::string_view kName = "revoke api key";

  std::uint64_t number{};

  template <class Self, class Visit>
  static void for_each_field(Self& self, Visit&& visit) {
    WriteOp::for_each_field(self, visit);
    visit(Column::Filter, self.number);
  }
  static std::span<const Draw> draws();
  std::string about(const ClientOp& op) const;
  AskedOperation asked(const ClientOp& op) const;

  friend bool operator==(const RevokeKeyOp&, const RevokeKeyOp&) = default;

 private:
  static void draw(Drawing& with, ClientOp& op);
};

// By a node, as a rule: it closes the cluster.
struct MintKeyOp : WriteOp {
  static constexpr std::string_view kName = "mint bootstrap key";

  bool only_if_open = false;

  template <class Self, class Visit>
  static void for_each_field(Self& self, Visit&& visit) {
    WriteOp::for_each_field(self, visit);
    visit(Column::Flags, self.only_if_open);
  }
  std::uint64_t key_number() const;
  static std::span<const Draw> draws();
  std::string about(const ClientOp& op) const;
  AskedOperation asked(const ClientOp& op) const;

  friend bool operator==(const MintKeyOp&, const MintKeyOp&) = default;

 private:
  static void draw(Drawing& with, ClientOp& op);
};

// Its key: the number of the role.
struct PutRoleOp : WriteOp {
  static constexpr std::string_view kName = "put role";

  std::uint64_t permissions{};  // PermissionSet::bits

  template <class Self, class Visit>
  static void for_each_field(Self& self, Visit&& visit) {
    WriteOp::for_each_field(self, visit);
    visit(Column::Filter, self.permissions);
  }
  bool is_valid() const;
  static std::span<const Draw> draws();
  std::string about(const ClientOp& op) const;
  AskedOperation asked(const ClientOp& op) const;
  void learn(ClientMemory& memory, const ClientOp& op, const node::Response& response) const;

  friend bool operator==(const PutRoleOp&, const PutRoleOp&) = default;

 private:
  static void draw(Drawing& with, ClientOp& op);
};

struct DeleteRoleOp : WriteOp {
  static constexpr std::string_view kName = "delete role";

  std::string about(const ClientOp& op) const;
  AskedOperation asked(const ClientOp& op) const;

 private:
  friend struct PutRoleOp;
};

// Its key: the principal.
struct AssignOp : WriteOp {
  static constexpr std::string_view kName = "assign roles";

  std::uint64_t roles{};  // role_set

  template <class Self, class Visit>
  static void for_each_field(Self& self, Visit&& visit) {
    WriteOp::for_each_field(self, visit);
    visit(Column::Filter, self.roles);
  }
  static std::span<const Draw> draws();
  std::string about(const ClientOp& op) const;
  AskedOperation asked(const ClientOp& op) const;

  friend bool operator==(const AssignOp&, const AssignOp&) = default;

 private:
  static void draw(Drawing& with, ClientOp& op);
};

struct UnassignOp : WriteOp {
  static constexpr std::string_view kName = "remove roles";

  std::string about(const ClientOp& op) const;
  AskedOperation asked(const ClientOp& op) const;

 private:
  friend struct AssignOp;
};

// Its key: the member.
struct AddToGroupOp : WriteOp {
  static constexpr std::string_view kName = "add to group";

  std::uint64_t group{};

  template <class Self, class Visit>
  static void for_each_field(Self& self, Visit&& visit) {
    WriteOp::for_each_field(self, visit);
    visit(Column::Filter, self.group);
  }
  static std::span<const Draw> draws();
  std::string about(const ClientOp& op) const;
  AskedOperation asked(const ClientOp& op) const;

  friend bool operator==(const AddToGroupOp&, const AddToGroupOp&) = default;

 private:
  static void draw(Drawing& with, ClientOp& op);
};

struct RemoveFromGroupOp : WriteOp {
  static constexpr std::string_view kName = "remove from group";

  std::uint64_t group{};

  template <class Self, class Visit>
  static void for_each_field(Self& self, Visit&& visit) {
    WriteOp::for_each_field(self, visit);
    visit(Column::Filter, self.group);
  }
  std::string about(const ClientOp& op) const;
  AskedOperation asked(const ClientOp& op) const;

  friend bool operator==(const RemoveFromGroupOp&, const RemoveFromGroupOp&) = default;

 private:
  friend struct AddToGroupOp;
};

// A put of a namespace that says whether it inherits.
struct InheritOp : WriteOp {
  static constexpr std::string_view kName = "set inheritance";

  bool inherits = false;

  template <class Self, class Visit>
  static void for_each_field(Self& self, Visit&& visit) {
    WriteOp::for_each_field(self, visit);
    visit(Column::Flags, self.inherits);
  }
  static std::span<const Draw> draws();
  std::string about(const ClientOp& op) const;
  AskedOperation asked(const ClientOp& op) const;
  void learn(ClientMemory& memory, const ClientOp& op, const node::Response& response) const;

  friend bool operator==(const InheritOp&, const InheritOp&) = default;

 private:
  static void draw(Drawing& with, ClientOp& op);
};

// Any question about access. Its key: a principal, a group or a role.
struct AskAccessOp : ReadOp {
  static constexpr std::string_view kName = "ask about access";

  enum Question : std::uint64_t {
    kGetKey,
    kGetRole,
    kGetAssignment,
    kListKeys,
    kListRoles,
    kListAssignments,
    kListGroups,
    kCheck,
    kMayDo,
    kQuestions,
  };
  std::uint64_t question{};
  std::uint64_t subject{};  // an API key, or a permission + 1; of a listing of keys: an owner + 1
  std::int64_t limit{};
  std::uint64_t after{};  // what a listing begins behind, + 1; 0: from the beginning

  template <class Self, class Visit>
  static void for_each_field(Self& self, Visit&& visit) {
    ReadOp::for_each_field(self, visit);
    visit(Column::Value, self.question);
    visit(Column::Filter, self.subject);
    visit(Column::Limit, self.limit);
    visit(Column::AfterKey, self.after);
  }
  static std::span<const Draw> draws();
  std::string about(const ClientOp& op) const;
  AskedOperation asked(const ClientOp& op) const;

  friend bool operator==(const AskAccessOp&, const AskAccessOp&) = default;

 private:
  static void draw(Drawing& with, ClientOp& op);
};

}  // namespace confman::sim
