#include "domain/bindings/may_bind.hpp"

#include <algorithm>
#include <string_view>
#include <variant>

#include "domain/base/assert.hpp"
#include "domain/base/feature_level.hpp"
#include "domain/bindings/commands.hpp"
#include "domain/bindings/stamp.hpp"
#include "domain/secrets/data_key.hpp"

namespace confman::domain {
namespace {

// Secrets are tried as well, and what is tried can be found out.
bool reads(const StateStore& store, Rights& rights, const std::string& path) {
  if (!rights.may(Permission::Read, path)) return false;
  return !find_data_key(store, path) || rights.may(Permission::ReadSecrets, path);
}

// More than can be tried is refused as that.
bool reads_all(const StateStore& store, Rights& rights, std::string_view path) {
  if (rights.unrestricted()) return true;
  const auto namespaces = bound_with(store, path);
  return !namespaces || std::ranges::all_of(*namespaces, [&](const std::string& each) {
    return reads(store, rights, each);
  });
}

}  // namespace

std::optional<Refusal> may_bind(const StateStore& store, Rights& rights, const CommandBody& change,
                                std::uint64_t feature_level) {
  const auto* put = std::get_if<PutBinding>(&change);
  const auto* erase = std::get_if<DeleteBinding>(&change);
  if (put == nullptr && erase == nullptr) return std::nullopt;
  const std::string_view path = put != nullptr ? put->path : erase->path;
  if (!rights.may(Permission::ManageSchemas, path)) return Refusal::Forbidden;
  if (put != nullptr) {
    const auto bound = parse_bindings(put->bound);
    CONFMAN_ASSERT(bound, "A namespace is bound to what can't be read.");
    // Who is told what a schema says has to be allowed to read it.
    for (const BoundSchema& each : *bound) {
      if (!rights.may(Permission::Read, each.schema.path)) return Refusal::Forbidden;
    }
  }
  const bool asks = feature_level >= kWholeRights;
  return asks && !reads_all(store, rights, path) ? std::optional(Refusal::BindsUnreadable)
                                                 : std::nullopt;
}

}  // namespace confman::domain
