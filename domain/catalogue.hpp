#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <variant>

#include "domain/access/api_key.hpp"
#include "domain/access/assignment.hpp"
#include "domain/access/commands.hpp"
#include "domain/access/group.hpp"
#include "domain/access/role.hpp"
#include "domain/audit/event.hpp"
#include "domain/base/feature_level.hpp"
#include "domain/bindings/binding.hpp"
#include "domain/bindings/commands.hpp"
#include "domain/bindings/schema_document.hpp"
#include "domain/chores/chore.hpp"
#include "domain/chores/commands.hpp"
#include "domain/cluster/cluster.hpp"
#include "domain/cluster/refused_change.hpp"
#include "domain/entries/commands.hpp"
#include "domain/entries/entry.hpp"
#include "domain/entries/label_index.hpp"
#include "domain/namespaces/commands.hpp"
#include "domain/namespaces/namespace.hpp"
#include "domain/outcomes/outcome.hpp"
#include "domain/past/commands.hpp"
#include "domain/quotas/commands.hpp"
#include "domain/quotas/quota.hpp"
#include "domain/restore/commands.hpp"
#include "domain/restore/restore_point.hpp"
#include "domain/retention/commands.hpp"
#include "domain/retention/held_index.hpp"
#include "domain/retention/retention.hpp"
#include "domain/review/commands.hpp"
#include "domain/review/policy.hpp"
#include "domain/review/request.hpp"
#include "domain/secrets/commands.hpp"
#include "domain/secrets/data_key.hpp"
#include "domain/state/meta.hpp"

// Everything that is kept, and everything that can be asked for: one line each. Who adds a record
// or a command adds its line here; what it is stands in its own folder.
namespace confman::domain {

template <class... Types>
struct TypeList {
  static constexpr std::size_t kSize = sizeof...(Types);
};

// The tables of the state. Each has its number in state/table.hpp (kTable), its name in state.db
// (kName), a Key (state/key.hpp), a Row (codec/record.hpp) and what apply could have written
// (fits). The rows of a derived table (kDerived) follow from those of the others: they are neither
// in the digest nor in the snapshot stream, so builds with and without them agree, and who makes a
// state from a stream makes them anew.
using Tables = TypeList<  //
    MetaTable,            //
    NamespaceTable,       //
    EntryTable,           //
    VersionTable,         //
    AuditTable,           //
    OutcomeTable,         //
    OutcomeExpiryTable,   //
    ClusterTable,         //
    LabelTable,           //
    LabelNameTable,       //
    ApiKeyTable,          //
    RoleTable,            //
    AssignmentTable,      //
    GroupMemberTable,     //
    MemberGroupTable,     //
    PolicyTable,          //
    RequestTable,         //
    RequestChangeTable,   //
    ApprovalTable,        //
    RequestNoteTable,     //
    OpenRequestTable,     //
    DueRequestTable,      //
    SchemaTable,          //
    SchemaVersionTable,   //
    BindingTable,         //
    DataKeyTable,         //
    WrappedKeyTable,      //
    MasterKeyTable,       //
    QuotaTable,           //
    RetentionTable,       //
    RestorePointTable,    //
    HeldIndexTable,       //
    ChoreTable>;

// The commands. Each has its number in the encoding (kNumber), the feature level of the cluster
// from which on it may be proposed (kSince), its fields, what it is about and attempts for the
// audit trail, a check() by itself and a decide() against the state, and whether a policy may ask
// for a review of it (kGoverned).
using CommandBody = std::variant<  //
    PutEntry,                      //
    DeleteEntry,                   //
    PutNamespace,                  //
    DeleteNamespace,               //
    NoteRefusedChange,             //
    RollbackEntry,                 //
    CreateApiKey,                  //
    RevokeApiKey,                  //
    MintBootstrapKey,              //
    PutRole,                       //
    DeleteRole,                    //
    PutAssignment,                 //
    DeleteAssignment,              //
    AddGroupMember,                //
    RemoveGroupMember,             //
    PutPolicy,                     //
    DeletePolicy,                  //
    CreateRequest,                 //
    EditRequest,                   //
    StepRequest,                   //
    PublishDue,                    //
    PutSchema,                     //
    DeleteSchema,                  //
    PutBinding,                    //
    DeleteBinding,                 //
    RewrapKeys,                    //
    PutQuota,                      //
    DeleteQuota,                   //
    RollbackNamespace,             //
    PutRetention,                  //
    DeleteRetention,               //
    DestroyVersion,                //
    CreateRestorePoint,            //
    DeleteRestorePoint,            //
    DoChore,                       //
    NoteReading>;

inline constexpr std::size_t kTableCount = Tables::kSize;

template <class T>
struct Tag {
  using type = T;
};

// visit(Tag<…Table>{}) for the table of that number.
template <class Visit>
constexpr auto with_table(Table table, Visit&& visit) {
  return []<class First, class... Rest>(Table wanted, auto& call, TypeList<First, Rest...>) {
    using Result = decltype(call(Tag<First>{}));
    if constexpr (std::is_void_v<Result>) {
      (void)((wanted == First::kTable && (call(Tag<First>{}), true)) || ... ||
             (wanted == Rest::kTable && (call(Tag<Rest>{}), true)));
    } else {
      Result result{};
      (void)((wanted == First::kTable && (result = call(Tag<First>{}), true)) || ... ||
             (wanted == Rest::kTable && (result = call(Tag<Rest>{}), true)));
      return result;
    }
  }(table, visit, Tables{});
}

// visit(Tag<…Table>{}) for each table, in the order of their numbers.
template <class Visit>
constexpr void for_each_table(Visit&& visit) {
  [&visit]<class... Each>(TypeList<Each...>) { (visit(Tag<Each>{}), ...); }(Tables{});
}

constexpr bool is_derived(Table table) {
  return with_table(table, [](auto tag) { return decltype(tag)::type::kDerived; });
}

namespace catalogue_check {

template <class... Each>
constexpr bool numbered_in_order(TypeList<Each...>) {
  std::size_t next = 0;
  return ((static_cast<std::size_t>(Each::kTable) == next++) && ...);
}
template <class... Each>
constexpr bool numbers_differ(const std::variant<Each...>*) {
  constexpr std::array<std::uint8_t, sizeof...(Each)> numbers{Each::kNumber...};
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (numbers[i] == numbers[j]) return false;
    }
  }
  return true;
}
template <class... Each>
constexpr bool levels_are_known(const std::variant<Each...>*) {
  return ((Each::kSince <= kNewestFeatureLevel) && ...);
}
static_assert(levels_are_known(static_cast<const CommandBody*>(nullptr)),
              "A cluster of this build comes to the level of each command.");
static_assert(numbered_in_order(Tables{}), "The tables stand in the order of their numbers.");
static_assert(numbers_differ(static_cast<const CommandBody*>(nullptr)));

}  // namespace catalogue_check
}  // namespace confman::domain
