#include "sim/oracle/namespace_versions.hpp"

#include <map>
#include <string>

#include "domain/audit/action.hpp"
#include "domain/audit/event.hpp"
#include "sim/failure.hpp"

namespace confman::sim {

void check_namespace_versions(const domain::StateStore& state, std::uint64_t behind) {
  std::map<std::string, std::uint64_t> newest;
  state.scan(domain::Table::Audit, {}, {}, [&](ByteView, ByteView value) {
    const auto row = domain::decode_audit_row(value);
    if (!row || row->revision.index <= behind || row->refusal) return true;
    if (row->action != domain::Action::NamespaceCreated &&
        row->action != domain::Action::NamespaceUpdated) {
      return true;
    }
    std::uint64_t& last = newest[row->path];
    if (row->new_version <= last) {
      broken("namespace-versions", "Event " + domain::audit_id(*row) + " gives '" + row->path +
                                       "' version " + std::to_string(row->new_version) +
                                       " behind version " + std::to_string(last) + ".");
    }
    last = row->new_version;
    return true;
  });
}

}  // namespace confman::sim
