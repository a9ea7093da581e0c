#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>

#include "domain/entries/entry.hpp"
#include "domain/model/revision.hpp"
#include "domain/query/page.hpp"
#include "domain/state/store.hpp"

// The state as it was. Nothing is kept for that but the versions of entries, which stand under
// their numbers without a gap from the oldest that is kept on, and the audit trail, which has the
// stamp of each change: what was at a moment is found by halving, in a number of look-ups that
// grows with the logarithm of either.
namespace confman::domain {

// A moment: a revision, or a time.
struct AsOf {
  Revision revision;  // not looked at where there is a time
  // In milliseconds since 1970. It means the revision of the newest change whose stamp isn't later,
  // or 0:0. Stamps increase from kStrictStamps on; where older ones don't, it is a change whose
  // stamp isn't later, before one whose stamp is.
  std::optional<std::int64_t> wall_ms;

  friend bool operator==(const AsOf&, const AsOf&) = default;
};

// The revision that it means. PositionAhead, PositionUnknown; a time always means one, also one to
// come: that means what is newest now. `work` is added to.
std::expected<Revision, QueryFault> revision_of(const StateStore&, const AsOf&, Work& work);

// The version that an entry had as of a revision, which may be a tombstone, or destroyed; nothing:
// it had none yet. `head` is its newest one. VersionPruned: what was then isn't kept any more, if
// there was anything.
std::expected<std::optional<EntryRow>, QueryFault> version_as_of(const StateStore&,
                                                                 std::string_view path,
                                                                 std::string_view key,
                                                                 const EntryRow& head, Revision at,
                                                                 Work& work);

// The same by name. NamespaceNotFound, EntryNotFound, EntryNotYet, VersionPruned, VersionDestroyed,
// and those of revision_of().
std::expected<EntryRow, QueryFault> find_as_of(const StateStore&, std::string_view path,
                                               std::string_view key, const AsOf& at, Work& work);

}  // namespace confman::domain
