#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "domain/access/rights.hpp"
#include "domain/base/bytes.hpp"
#include "domain/base/feature_level.hpp"
#include "domain/codec/record.hpp"
#include "domain/command/checks.hpp"
#include "domain/command/decision.hpp"
#include "domain/limits.hpp"
#include "domain/secrets/sealer.hpp"

namespace confman::domain {

class StateWriter;

// One data key that was wrapped anew, and by which master key it was wrapped until then.
struct Rewrapped {
  std::string path;
  std::string from;
  WrappedKey key;

  friend bool operator==(const Rewrapped&, const Rewrapped&) = default;
};
Bytes join_rewrapped(const std::vector<Rewrapped>& keys);
// Nothing if that isn't what join_rewrapped() makes of kMaxRewrapped at most.
std::optional<std::vector<Rewrapped>> split_rewrapped(ByteView joined);

// Data keys are wrapped by another master key from now on. Those that aren't any more what was
// wrapped stay as they are. The reply's version says how many there are that another master key
// than `active` still wraps.
struct RewrapKeys {
  // Both are set by the node that takes the write.
  std::string active;  // id of the master key
  Bytes keys;          // join_rewrapped()

  static constexpr std::uint8_t kNumber = 38;
  static constexpr std::uint64_t kSince = kSecrets;
  static constexpr Governed kGoverned = Governed::No;
  template <class Self, class Visit>
  static void for_each_field(Self& command, Visit&& visit) {
    visit(Text{17, "active", kMaxMasterKeyIdBytes}, command.active);
    visit(Blob{41, "keys", kMaxRewrappedBytes}, command.keys);
  }
  Subject subject() const { return {"/", active}; }
  Action attempted() const { return Action::SecretsRewrapped; }
  Need need() const { return {Permission::ManageCluster, "/"}; }
  friend bool operator==(const RewrapKeys&, const RewrapKeys&) = default;
};
Checked check(const RewrapKeys&);
Decision decide(StateWriter&, const Act&, const RewrapKeys&);

// Somebody is about to be shown a secret of a namespace whose policy wants to know
// (PolicyTerms::note_readings): changes nothing, and is an event of the audit trail. A node asks
// for it in the name of who reads, and answers them once it is applied.
struct NoteReading {
  std::string path;
  std::string key;
  std::uint64_t version{};  // that is shown

  static constexpr std::uint8_t kNumber = 73;
  static constexpr std::uint64_t kSince = kReadingsNoted;
  static constexpr Governed kGoverned = Governed::No;
  template <class Self, class Visit>
  static void for_each_field(Self& command, Visit&& visit) {
    visit(Text{16, "path", kMaxPathBytes}, command.path);
    visit(Text{17, "key", kMaxKeyBytes}, command.key);
    visit(Field{65, "version"}, command.version);
  }
  Subject subject() const { return {path, key}; }
  Action attempted() const { return Action::SecretRead; }
  Need need() const { return {Permission::ReadSecrets, path}; }
  friend bool operator==(const NoteReading&, const NoteReading&) = default;
};
Checked check(const NoteReading&);
Decision decide(StateWriter&, const Act&, const NoteReading&);

}  // namespace confman::domain
