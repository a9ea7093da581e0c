#include "sim/reference/may_ask.hpp"

namespace confman::sim {
namespace {

using domain::Permission;

struct Gate {
  const Asker& asker;
  const Access& access;
  const std::uint64_t index;

  bool may(Permission permission, const std::string& path) const {
    return access.may(asker, permission, path, index);
  }
  // Of entries, namespaces and events.
  template <class OfPath>
  bool operator()(const OfPath& q) const {
    return may(Permission::Read, q.path);
  }
  bool operator()(const node::GetApiKey& q) const {
    const domain::ApiKeyRow* row = access.keys.at(q.id, index);
    return row == nullptr || asker.owns(row->owner) || may(Permission::ManageAccess, "/");
  }
  bool operator()(const node::GetRole&) const { return true; }
  // Each is for who may see it.
  bool operator()(const node::GetRequest&) const { return true; }
  bool operator()(const domain::ListRequests&) const { return true; }
  bool operator()(const domain::ListRoles&) const { return true; }
  bool operator()(const domain::GetRestorePoint&) const {
    return may(Permission::ManageCluster, "/");
  }
  bool operator()(const domain::ListRestorePoints&) const {
    return may(Permission::ManageCluster, "/");
  }
  bool operator()(const node::GetAssignment& q) const {
    return asker.owns(q.principal) || may(Permission::ManageAccess, q.path);
  }
  bool operator()(const domain::ListApiKeys& q) const {
    return !q.owner || asker.owns(*q.owner) || may(Permission::ManageAccess, "/");
  }
  bool operator()(const domain::ListAssignments& q) const {
    return may(Permission::ManageAccess, q.path);
  }
  bool operator()(const domain::ListGroupMembers&) const {
    return may(Permission::ManageAccess, "/");
  }
  bool operator()(const domain::CheckAccess& q) const {
    return q.principal.empty() || asker.owns(q.principal) || may(Permission::ManageAccess, q.path);
  }
  bool operator()(const node::MayDo& q) const { return may(q.permission, q.path); }
};

}  // namespace

bool may_ask(const node::Query& query, const Asker& asker, const Access& access,
             std::uint64_t index) {
  return std::visit(Gate{asker, access, index}, query);
}

}  // namespace confman::sim
