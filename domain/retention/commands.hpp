#pragma once

#include <cstdint>
#include <string>

#include "domain/access/rights.hpp"
#include "domain/base/feature_level.hpp"
#include "domain/chores/chore.hpp"
#include "domain/codec/record.hpp"
#include "domain/command/checks.hpp"
#include "domain/command/decision.hpp"
#include "domain/limits.hpp"

namespace confman::domain {

class StateWriter;

// The version of the terms is the log index of their last change.
struct PutRetention {
  std::string path;
  Precondition precondition;
  std::uint64_t keep_versions{};  // both 0: all versions stay, whatever is set above
  std::int64_t keep_ms{};

  static constexpr std::uint8_t kNumber = 67;
  static constexpr std::uint64_t kSince = kPast;
  static constexpr Governed kGoverned = Governed::Terms;
  template <class Self, class Visit>
  static void for_each_field(Self& command, Visit&& visit) {
    visit(Text{16, "path", kMaxPathBytes}, command.path);
    visit(Field{18, "precondition"}, command.precondition);
    visit(Field{63, "keep_versions"}, command.keep_versions);
    visit(Field{64, "keep_ms"}, command.keep_ms);
  }
  Subject subject() const { return {path, {}}; }
  Action attempted() const { return Action::RetentionPut; }
  Need need() const { return {Permission::ManagePolicy, path}; }
  friend bool operator==(const PutRetention&, const PutRetention&) = default;
};
Checked check(const PutRetention&);
Decision decide(StateWriter&, const Act&, const PutRetention&);

// From then on what is above holds.
struct DeleteRetention {
  std::string path;
  Precondition precondition;

  static constexpr std::uint8_t kNumber = 68;
  static constexpr std::uint64_t kSince = kPast;
  static constexpr Governed kGoverned = Governed::Terms;
  template <class Self, class Visit>
  static void for_each_field(Self& command, Visit&& visit) {
    visit(Text{16, "path", kMaxPathBytes}, command.path);
    visit(Field{18, "precondition"}, command.precondition);
  }
  Subject subject() const { return {path, {}}; }
  Action attempted() const { return Action::RetentionDeleted; }
  Need need() const { return {Permission::ManagePolicy, path}; }
  friend bool operator==(const DeleteRetention&, const DeleteRetention&) = default;
};
Checked check(const DeleteRetention&);
Decision decide(StateWriter&, const Act&, const DeleteRetention&);

// A namespace is being deleted: its terms go with it.
void remove_retention(StateWriter&, std::string_view path);
// A step of pruning.
Decision prune_versions(StateWriter&, const Act&, const Chore&);

}  // namespace confman::domain
