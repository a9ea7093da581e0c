#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/bindings/bound.hpp"
#include "domain/model/revision.hpp"
#include "domain/query/page.hpp"
#include "domain/state/store.hpp"

// What a change is held to, as a number: whoever proposes it has held it to that, and apply, which
// runs no validator, refuses it when the same function gives another number by then (SchemaMoved).
//
// Versions of schemas never change, so the revision of a binding says which they are. A schema of
// the namespace as a whole depends on what else is in it: there the index of the last change of an
// entry of that namespace is part of the stamp.
namespace confman::domain {

// What holds in a namespace: the list of the nearest namespace, from it up to "/", that has one.
struct InForce {
  std::string path;  // that binds it
  Revision revision;
  std::vector<BoundSchema> bound;
};
// Nothing: nobody binds anything. Reads at most a row for each namespace on the way to "/".
std::optional<InForce> in_force(const StateStore&, std::string_view path, Work* work = nullptr);
// What would hold if the namespace itself bound nothing.
std::optional<InForce> in_force_above(const StateStore&, std::string_view path);

// Of those in force the ones that a change of these keys can violate.
std::vector<BoundSchema> concerned_by(const InForce& what, std::span<const std::string> keys);

// Keys of one namespace that are changed.
struct ChangedKeys {
  std::string path;
  std::vector<std::string> keys;
};
// 0: nothing is bound to what changes.
std::uint64_t stamp_of(const StateStore&, std::string_view path, std::span<const std::string> keys);
// Of changes that are made together.
std::uint64_t stamp_of(const StateStore&, std::span<const ChangedKeys> changes);
// The same without what else is in the namespaces: which versions of which schemas somebody agreed
// to.
std::uint64_t versions_bound(const StateStore&, std::span<const ChangedKeys> changes);
// Of a rollback, which is held to what it is that is published again.
std::uint64_t rollback_stamp(std::uint64_t stamp, std::uint64_t restored_version);

// The namespaces in which another list at `path` would hold: itself and those below it, but not
// those that bind something themselves. Nothing: more than kMaxTriedNamespaces have to be looked
// at.
std::optional<std::vector<std::string>> bound_with(const StateStore&, std::string_view path,
                                                   Work* work = nullptr);
// Of a change of the list at `path`: what holds there now, and what is in those namespaces.
std::optional<std::uint64_t> trial_stamp(const StateStore&, std::string_view path);

}  // namespace confman::domain
