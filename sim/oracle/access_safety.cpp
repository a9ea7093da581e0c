#include "sim/oracle/access_safety.hpp"

#include <set>
#include <string>

#include "sim/failure.hpp"

namespace confman::sim {
namespace {

// Everybody who can act.
std::set<std::string> everybody(const Access& access, std::uint64_t index) {
  std::set<std::string> all;
  const auto add = [&all](const std::string& name) {
    if (!name.starts_with("group:")) all.insert(name);
  };
  access.keys.for_each(index, [&](const auto&, const auto& row) { add(row.owner); });
  access.assignments.for_each(index, [&](const auto& name, const auto&) { add(name.second); });
  access.members.for_each(index, [&](const auto& name, const auto&) { add(name.second); });
  return all;
}

void check_gains(const ReferenceState& state, std::uint64_t index) {
  const Access& access = state.access();
  const Asker& asker = state.last_asker();
  for (const auto& [path, versions] : state.namespaces()) {
    const std::uint64_t own = access.grantable(asker, path, index - 1);
    for (const std::string& principal : everybody(access, index)) {
      const std::uint64_t before = access.bits_of(principal, path, index - 1);
      const std::uint64_t gained = access.bits_of(principal, path, index) & ~before;
      if ((gained & ~own) == 0) continue;
      broken("grant", "Entry " + std::to_string(index) + " by " + asker.principal + " gave " +
                          principal + " in " + path + " more than its author may there.");
    }
  }
}

}  // namespace

void check_access_safety(const ReferenceState& state) {
  const std::uint64_t index = state.last_index();
  const Access& access = state.access();
  const auto& trail = state.trail();
  if (trail.empty() || trail.back().revision.index != index) return;
  const domain::AuditRow& event = trail.back();
  if (event.refusal || !domain::changes(domain::Changed::Access, event.action)) return;
  if (access.closed_at <= index && access.administrators(index).empty()) {
    broken("last-admin", "Entry " + std::to_string(index) + " left no administrator of \"/\".");
  }
  const Asker& asker = state.last_asker();
  if (!asker.everything && !access.administers(asker, index - 1, state.feature_level())) {
    check_gains(state, index);
  }
}

}  // namespace confman::sim
