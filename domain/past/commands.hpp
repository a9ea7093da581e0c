#pragma once

#include <cstdint>
#include <string>

#include "domain/access/rights.hpp"
#include "domain/base/feature_level.hpp"
#include "domain/codec/record.hpp"
#include "domain/command/checks.hpp"
#include "domain/command/decision.hpp"
#include "domain/limits.hpp"
#include "domain/past/as_of.hpp"

namespace confman::domain {

class StateWriter;

// Makes the live entries of a namespace what they were at a moment: puts what was another, creates
// what is gone, deletes what wasn't there. As new versions, all of it or nothing, at one revision,
// with an event for each entry (ConfigRolledBack, ConfigDeleted) and one of its own behind them.
// Of this namespace alone: those below it, its description, rights and policies stay as they are.
struct RollbackNamespace {
  std::string path;
  std::string prefix;  // of the keys; empty: all
  // One of them, as in RollbackEntry; in a request a revision.
  Revision to_revision;
  std::int64_t to_time_ms{};
  // As in PutEntry: publication_stamp() of what it comes to.
  std::uint64_t checked{};

  static constexpr std::uint8_t kNumber = 66;
  static constexpr std::uint64_t kSince = kPast;
  static constexpr Governed kGoverned = Governed::Content;
  template <class Self, class Visit>
  static void for_each_field(Self& command, Visit&& visit) {
    visit(Text{16, "path", kMaxPathBytes}, command.path);
    visit(Field{29, "to_revision"}, command.to_revision);
    visit(Field{31, "to_time_ms"}, command.to_time_ms);
    visit(Field{37, "checked"}, command.checked);
    visit(Text{60, "prefix", kMaxKeyBytes}, command.prefix);
  }
  AsOf moment() const {
    AsOf moment{.revision = to_revision, .wall_ms = std::nullopt};
    if (to_time_ms != 0) moment.wall_ms = to_time_ms;
    return moment;
  }
  Subject subject() const { return {path, {}}; }
  Action attempted() const { return Action::NamespaceRolledBack; }
  Need need() const { return {Permission::Rollback, path}; }
  friend bool operator==(const RollbackNamespace&, const RollbackNamespace&) = default;
};
Checked check(const RollbackNamespace&);
Decision decide(StateWriter&, const Act&, const RollbackNamespace&);

// Takes a version's value, labels and description out of the state, and what the request that
// published it holds of them. What stays says who did it, when and why, and the digest of the
// value. Not of the version that is live: that is to be replaced or deleted first.
struct DestroyVersion {
  std::string path;
  std::string key;
  std::uint64_t version{};
  std::string reason;

  static constexpr std::uint8_t kNumber = 69;
  static constexpr std::uint64_t kSince = kPast;
  // A freeze doesn't keep what the law wants gone.
  static constexpr Governed kGoverned = Governed::Terms;
  template <class Self, class Visit>
  static void for_each_field(Self& command, Visit&& visit) {
    visit(Text{16, "path", kMaxPathBytes}, command.path);
    visit(Text{17, "key", kMaxKeyBytes}, command.key);
    visit(Text{21, "reason", kMaxDescriptionBytes}, command.reason);
    visit(Field{65, "version"}, command.version);
  }
  Subject subject() const { return {path, key}; }
  Action attempted() const { return Action::VersionDestroyed; }
  // Who may delete the namespace with all that is in it.
  Need need() const { return {Permission::ManageNamespaces, path}; }
  friend bool operator==(const DestroyVersion&, const DestroyVersion&) = default;
};
Checked check(const DestroyVersion&);
Decision decide(StateWriter&, const Act&, const DestroyVersion&);

}  // namespace confman::domain
