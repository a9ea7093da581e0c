#include "domain/review/standing.hpp"

#include <utility>
#include <variant>

#include "domain/access/assignment.hpp"
#include "domain/access/role.hpp"
#include "domain/bindings/binding.hpp"
#include "domain/codec/must_decode.hpp"
#include "domain/command/command.hpp"
#include "domain/namespaces/namespace.hpp"
#include "domain/review/policy.hpp"

namespace confman::domain {
namespace {

struct Standing {
  using Found = std::optional<CommandBody>;

  const StateStore& store;

  Found of_namespace(const std::string& path) const {
    const auto bytes = store.get(Table::Namespace, keys::of_namespace(path));
    if (!bytes) return std::nullopt;
    NamespaceRow row = must_decode(decode_namespace_row(*bytes));
    PutNamespace put;
    put.path = path;
    put.description = std::move(row.description);
    put.owner = std::move(row.owner);
    put.labels = std::move(row.labels);
    put.inherit = static_cast<std::uint64_t>(row.no_inherit ? Inherit::No : Inherit::Yes);
    return put;
  }
  Found policy(const std::string& path) const {
    auto row = find_policy(store, path);
    if (!row) return std::nullopt;
    PutPolicy put;
    put.path = path;
    put.terms = std::move(row->terms);
    return put;
  }
  Found binding(const std::string& path) const {
    const auto bytes = store.get(Table::Binding, keys::of_binding(path));
    if (!bytes) return std::nullopt;
    PutBinding put;
    put.path = path;
    put.bound = must_decode(decode_binding_row(*bytes)).bound;
    return put;
  }
  Found assignment(const std::string& path, const std::string& principal) const {
    const auto bytes = store.get(Table::Assignment, keys::of_assignment(path, principal));
    if (!bytes) return std::nullopt;
    PutAssignment put;
    put.path = path;
    put.principal = principal;
    put.roles = must_decode(decode_assignment_row(*bytes)).roles;
    return put;
  }
  Found role(const std::string& name) const {
    const auto bytes = store.get(Table::Role, keys::of_role(name));
    if (!bytes) return std::nullopt;
    RoleRow row = must_decode(decode_role_row(*bytes));
    PutRole put;
    put.name = name;
    put.permissions = row.permissions;
    put.description = std::move(row.description);
    return put;
  }
  Found quota(const std::string& path) const {
    const auto bytes = store.get(Table::Quota, keys::of_quota(path));
    if (!bytes) return std::nullopt;
    const QuotaRow row = must_decode(decode_record<QuotaRow>(*bytes));
    PutQuota put;
    put.path = path;
    put.max_entries = row.max_entries;
    put.max_bytes = row.max_bytes;
    return put;
  }
  Found retention(const std::string& path) const {
    const auto bytes = store.get(Table::Retention, keys::of_retention(path));
    if (!bytes) return std::nullopt;
    const RetentionRow row = must_decode(decode_record<RetentionRow>(*bytes));
    PutRetention put;
    put.path = path;
    put.keep_versions = row.keep_versions;
    put.keep_ms = row.keep_ms;
    return put;
  }

  Found operator()(const PutNamespace& b) const { return of_namespace(b.path); }
  Found operator()(const DeleteNamespace& b) const { return of_namespace(b.path); }
  Found operator()(const PutPolicy& b) const { return policy(b.path); }
  Found operator()(const DeletePolicy& b) const { return policy(b.path); }
  Found operator()(const PutBinding& b) const { return binding(b.path); }
  Found operator()(const DeleteBinding& b) const { return binding(b.path); }
  Found operator()(const PutAssignment& b) const { return assignment(b.path, b.principal); }
  Found operator()(const DeleteAssignment& b) const { return assignment(b.path, b.principal); }
  Found operator()(const PutRole& b) const { return role(b.name); }
  Found operator()(const DeleteRole& b) const { return role(b.name); }
  Found operator()(const PutQuota& b) const { return quota(b.path); }
  Found operator()(const DeleteQuota& b) const { return quota(b.path); }
  Found operator()(const PutRetention& b) const { return retention(b.path); }
  Found operator()(const DeleteRetention& b) const { return retention(b.path); }
  template <class Other>
  Found operator()(const Other&) const {
    return std::nullopt;
  }
};

}  // namespace

std::optional<CommandBody> standing(const StateStore& store, const CommandBody& change) {
  return std::visit(Standing{store}, change);
}

}  // namespace confman::domain
