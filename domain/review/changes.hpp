#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/base/bytes.hpp"
#include "domain/base/hash.hpp"
#include "domain/command/checks.hpp"
#include "domain/entries/commands.hpp"

// What a request changes: commands that a policy may govern (kGoverned), each of which names the
// version it starts from. They travel and lie as encoded bodies (command/command.hpp).
namespace confman::domain {

// Where a change stands.
struct ChangeTarget {
  std::string path;
  std::string key;  // empty: the namespace itself

  friend auto operator<=>(const ChangeTarget&, const ChangeTarget&) = default;
};

// Length and bytes of each, one behind the other.
Bytes join_changes(const std::vector<Bytes>& bodies);
// Nothing if that isn't what join_changes() makes of kMaxChanges bodies at most.
std::optional<std::vector<ByteView>> split_changes(ByteView joined);

// At least one change, all of kinds that may stand in a request and good by themselves, each with
// the version it starts from (If-Match or If-None-Match; a rollback with a version to go back to),
// none of the same thing as another, in no more than kMaxNamespacesOfRequest namespaces.
Checked check_changes(ByteView joined);

// Requires bytes that check_changes() takes.
ChangeTarget target_of_change(ByteView body);
std::vector<std::string> namespaces_of_changes(const std::vector<ByteView>& bodies);

// Those that put an entry.
std::vector<PutEntry> puts_in(const std::vector<ByteView>& bodies);
// From which feature level on all of them may be proposed. 0: that can't be told, since they aren't
// what check_changes() takes.
std::uint64_t since_of_changes(ByteView joined);

// What an approval is of: all changes, with what they start from, and when they are published.
Sha256Digest content_of(const std::vector<ByteView>& bodies, std::int64_t publish_at_ms);

}  // namespace confman::domain
