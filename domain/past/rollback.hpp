#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/entries/entry.hpp"
#include "domain/model/refusal.hpp"
#include "domain/past/as_of.hpp"
#include "domain/query/page.hpp"
#include "domain/state/store.hpp"

namespace confman::domain {

// An entry whose content isn't what it was.
struct Restoration {
  std::string key;
  EntryRow head;               // its newest version, a tombstone perhaps
  std::optional<EntryRow> to;  // what is published again; nothing: it is deleted
};
// What the rollback of a namespace would change, in the order of the keys.
struct RollbackPlan {
  Revision to;
  std::vector<Restoration> changes;
};
// Why there is none, and which key stands in the way.
struct PlanFault {
  Refusal why{};
  std::string key;
};
// NamespaceNotFound, PositionUnknown, RollbackTooLarge, VersionPruned, VersionDestroyed. Looks at
// no more than kMaxRollbackRows and kMaxRollbackReadBytes.
std::expected<RollbackPlan, PlanFault> plan_rollback(const StateStore&, std::string_view path,
                                                     std::string_view prefix, const AsOf& to,
                                                     Work& work);

// The same as a question.
struct PlanRollback {
  std::string path;
  std::string prefix;
  AsOf to;
};
struct FoundPlan {
  std::optional<Refusal> refusal;  // it would be refused
  std::string about;               // the key that stands in the way
  RollbackPlan plan;
};

}  // namespace confman::domain
