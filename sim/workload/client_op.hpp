#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "sim/workload/columns.hpp"
#include "sim/workload/operations/access.hpp"
#include "sim/workload/operations/entries.hpp"
#include "sim/workload/operations/keep.hpp"
#include "sim/workload/operations/members.hpp"
#include "sim/workload/operations/namespaces.hpp"
#include "sim/workload/operations/operation.hpp"
#include "sim/workload/operations/past.hpp"
#include "sim/workload/operations/queries.hpp"
#include "sim/workload/operations/review.hpp"
#include "sim/workload/operations/watch.hpp"

namespace confman::sim {

// The catalogue: every kind of operation. Its place here is its number in recordings, so a new kind
// comes at the end; what a kind consists of says operations/operation.hpp.
using OpBody =
    std::variant<PutOp, DeleteOp, PutNamespaceOp, DeleteNamespaceOp, GetOp, ListOp, WatchOp,
                 AddMemberOp, PromoteMemberOp, DemoteMemberOp, RemoveMemberOp, TransferLeaderOp,
                 GetVersionOp, GetNamespaceOp, ListNamespacesOp, ListVersionsOp, ListAuditOp,
                 RollbackOp, GetPastOp, ListPastOp, CompareVersionsOp, CompareNamespaceOp,
                 ResolveEntryOp, ResolveNamespaceOp, CreateKeyOp, RevokeKeyOp, MintKeyOp, PutRoleOp,
                 DeleteRoleOp, AssignOp, UnassignOp, AddToGroupOp, RemoveFromGroupOp, InheritOp,
                 AskAccessOp, PolicyOp, DraftRequestOp, StepRequestOp, PutReviewedOp, KeepOp,
                 AskRequestsOp, AskKeptOp>;

// One request of a simulated client, in numbers: names and values are made from them (names.hpp).
struct ClientOp {
  std::uint64_t request{};  // never reused in a run
  std::uint64_t logical{};  // the same for all tries of a write
  std::uint64_t client{};
  std::uint64_t name_space{};  // 0 is the one that always exists
  std::uint64_t key{};
  std::int64_t timeout_us{};
  std::uint64_t api_key{};  // what it comes with (names.hpp)
  OpBody body;

  friend bool operator==(const ClientOp&, const ClientOp&) = default;
};

std::string_view name_of(const ClientOp& op);
// Path or member, for people.
std::string about(const ClientOp& op);
// `now`: of the node that is asked.
node::Request request_of(const ClientOp& op, Time now);

// Null if it is of another sort.
const WriteOp* write_in(const ClientOp& op);
const ReadOp* read_in(const ClientOp& op);
inline bool is_write(const ClientOp& op) {
  return write_in(op) != nullptr;
}
bool is_valid(const ClientOp& op);
bool is_admin(const ClientOp& op);
bool changes_voters(const ClientOp& op);

OpRow row_of(const ClientOp& op);
// Nothing if there is no such kind, a number is out of range, or a column isn't plain that the kind
// doesn't use.
std::optional<ClientOp> op_of(const OpRow& row);

// All ways to draw an operation, in the catalogue's order.
struct DrawOfKind {
  Draw draw;
  bool writes = false;
};
std::span<const DrawOfKind> all_draws();

}  // namespace confman::sim
