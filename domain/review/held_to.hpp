#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "domain/catalogue.hpp"
#include "domain/state/store.hpp"

// What the changes of a request are held to when they are published together
// (bindings/stamp.hpp).
namespace confman::domain {

// The same changes, with each rollback of a namespace as the changes of entries that it comes to in
// this state: rollbacks to versions, and deletions. One that is refused comes to none.
std::vector<CommandBody> expanded(const StateStore&, const std::vector<CommandBody>& changes);

// 0: to nothing. Nothing: a binding among them would concern more than can be tried.
std::optional<std::uint64_t> publication_stamp(const StateStore&,
                                               const std::vector<CommandBody>& changes);
// Which versions of which schemas: what an approval is bound to.
std::uint64_t schemas_bound(const StateStore&, const std::vector<CommandBody>& changes);

}  // namespace confman::domain
