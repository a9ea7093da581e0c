#include "sim/workload/operations/queries.hpp"

#include <array>
#include <utility>

#include "sim/workload/client_op.hpp"
#include "sim/workload/names.hpp"
#include "sim/workload/operations/paging.hpp"

namespace confman::sim {
namespace {

std::int64_t weight(const DerivedConfig& c) {
  return c.query_weight;
}

std::int64_t draw_limit(Drawing& with) {
  return with.prng.one_of<std::int64_t>({1, 2, 5, 100});
}

}  // namespace

// --- one version

void GetVersionOp::draw(Drawing& with, ClientOp& op) {
  GetVersionOp get;
  get.stale = with.prng.chance(1, 3);
  const std::uint64_t newest = with.memory.versions[{op.name_space, op.key}];
  get.version = with.prng.below(newest + 3);
  op.body = get;
}

std::span<const Draw> GetVersionOp::draws() {
  static constexpr std::array kDraws = {Draw{weight, draw}};
  return kDraws;
}

std::string GetVersionOp::about(const ClientOp& op) const {
  return entry_path(namespace_path(op.name_space), key_name(op.key));
}

AskedOperation GetVersionOp::asked(const ClientOp& op) const {
  return read_of(op, node::GetEntry{namespace_path(op.name_space), key_name(op.key), version});
}

// --- one namespace

void GetNamespaceOp::draw(Drawing& with, ClientOp& op) {
  GetNamespaceOp get;
  get.stale = with.prng.chance(1, 3);
  op.name_space = with.prng.below(static_cast<std::uint64_t>(with.config.namespaces) + 2);
  op.body = get;
}

std::span<const Draw> GetNamespaceOp::draws() {
  static constexpr std::array kDraws = {Draw{weight, draw}};
  return kDraws;
}

std::string GetNamespaceOp::about(const ClientOp& op) const {
  return namespace_path(op.name_space);
}

AskedOperation GetNamespaceOp::asked(const ClientOp& op) const {
  return read_of(op, node::GetNamespace{namespace_path(op.name_space)});
}

// --- namespaces

void ListNamespacesOp::draw(Drawing& with, ClientOp& op) {
  if (goes_on<ListNamespacesOp>(with, op)) return;
  ListNamespacesOp list;
  list.stale = with.prng.chance(1, 3);
  list.limit = draw_limit(with);
  list.recursive = with.prng.chance(1, 2);
  if (with.prng.chance(2, 3)) op.name_space = 0;
  op.body = list;
}

std::span<const Draw> ListNamespacesOp::draws() {
  static constexpr std::array kDraws = {Draw{weight, draw}};
  return kDraws;
}

std::string ListNamespacesOp::about(const ClientOp& op) const {
  return namespace_path(op.name_space);
}

AskedOperation ListNamespacesOp::asked(const ClientOp& op) const {
  domain::ListNamespaces list;
  list.path = namespace_path(op.name_space);
  list.recursive = recursive;
  if (after_namespace != 0) list.after = namespace_path(after_namespace - 1);
  list.limit = static_cast<std::size_t>(limit);
  return read_of(op, std::move(list));
}

void ListNamespacesOp::learn(ClientMemory& memory, const ClientOp& op,
                             const node::Response& response) const {
  remember_page<domain::NamespacePage>(
      memory, op, response, *this,
      [](auto& next, const auto& resume) { next.after_namespace = number_in(resume) + 1; });
}

// --- versions

void ListVersionsOp::draw(Drawing& with, ClientOp& op) {
  if (goes_on<ListVersionsOp>(with, op)) return;
  ListVersionsOp list;
  list.stale = with.prng.chance(1, 3);
  list.limit = draw_limit(with);
  op.body = list;
}

std::span<const Draw> ListVersionsOp::draws() {
  static constexpr std::array kDraws = {Draw{weight, draw}};
  return kDraws;
}

std::string ListVersionsOp::about(const ClientOp& op) const {
  return entry_path(namespace_path(op.name_space), key_name(op.key));
}

AskedOperation ListVersionsOp::asked(const ClientOp& op) const {
  domain::ListVersions list;
  list.path = namespace_path(op.name_space);
  list.key = key_name(op.key);
  list.before = before;
  list.limit = static_cast<std::size_t>(limit);
  return read_of(op, std::move(list));
}

void ListVersionsOp::learn(ClientMemory& memory, const ClientOp& op,
                           const node::Response& response) const {
  remember_page<domain::VersionPage>(memory, op, response, *this,
                                     [](auto& next, const auto& resume) { next.before = resume; });
}

// --- the audit trail

void ListAuditOp::draw(Drawing& with, ClientOp& op) {
  if (goes_on<ListAuditOp>(with, op)) return;
  ListAuditOp list;
  list.stale = with.prng.chance(1, 3);
  list.limit = draw_limit(with);
  list.oldest_first = with.prng.chance(1, 2);
  if (with.prng.chance(1, 3)) {
    // Elsewhere nobody rolls back or changes access, and runs draw what they always drew.
    const domain::Action last = with.config.access_weight > 0 ? domain::kLastAction
                                : with.config.past_weight > 0 ? domain::Action::ConfigRolledBack
                                                              : domain::Action::MemberRemoved;
    list.action = 1 + with.prng.below(static_cast<std::uint64_t>(last));
  }
  if (with.prng.chance(1, 3)) {
    list.actor = 1 + with.prng.below(static_cast<std::uint64_t>(with.config.clients));
  }
  op.body = list;
}

std::span<const Draw> ListAuditOp::draws() {
  static constexpr std::array kDraws = {Draw{weight, draw}};
  return kDraws;
}

std::string ListAuditOp::about(const ClientOp& op) const {
  return namespace_path(op.name_space);
}

AskedOperation ListAuditOp::asked(const ClientOp& op) const {
  domain::ListAudit list;
  list.path = namespace_path(op.name_space);
  list.newest_first = !oldest_first;
  if (after >= 0) list.after = domain::keys::AuditKey{static_cast<std::uint64_t>(after), 0};
  if (actor != 0) list.actor_id = numbered("client", actor);
  if (action != 0) list.action = static_cast<domain::Action>(action);
  list.limit = static_cast<std::size_t>(limit);
  return read_of(op, std::move(list));
}

void ListAuditOp::learn(ClientMemory& memory, const ClientOp& op,
                        const node::Response& response) const {
  remember_page<domain::AuditPage>(memory, op, response, *this, [](auto& next, const auto& resume) {
    next.after = static_cast<std::int64_t>(resume.index);
  });
}

}  // namespace confman::sim
