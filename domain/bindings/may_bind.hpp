#pragma once

#include <cstdint>
#include <optional>

#include "domain/access/rights.hpp"
#include "domain/catalogue.hpp"
#include "domain/model/refusal.hpp"
#include "domain/state/store.hpp"

// Who may change what a namespace is bound to.
//
// A binding is tried on all that is live there and below, and whether it holds says something of
// each value: with a pattern one could ask for it letter by letter. So whoever binds, or unbinds,
// has to be allowed to read in all namespaces that it is tried on (bound_with()). A namespace that
// is bound itself, were it to nothing, isn't among them: with that those who keep others from
// reading it leave them free to bind what is above.
namespace confman::domain {

// Nothing: they may, or `change` is none of bindings. From kWholeRights on it asks for the right to
// read what it is tried on.
std::optional<Refusal> may_bind(const StateStore&, Rights&, const CommandBody& change,
                                std::uint64_t feature_level);

}  // namespace confman::domain
