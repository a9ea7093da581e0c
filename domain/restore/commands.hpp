#pragma once

#include <cstdint>
#include <string>

#include "domain/access/rights.hpp"
#include "domain/base/feature_level.hpp"
#include "domain/codec/record.hpp"
#include "domain/command/checks.hpp"
#include "domain/command/decision.hpp"
#include "domain/limits.hpp"

namespace confman::domain {

class StateWriter;

// Gives the state as of this log entry a name. One that is there stays as it is.
struct CreateRestorePoint {
  std::string name;
  std::string comment;

  static constexpr std::uint8_t kNumber = 70;
  static constexpr std::uint64_t kSince = kPast;
  static constexpr Governed kGoverned = Governed::No;  // changes nothing that is live
  template <class Self, class Visit>
  static void for_each_field(Self& command, Visit&& visit) {
    visit(Text{17, "name", kMaxRestorePointNameBytes}, command.name);
    visit(Text{21, "comment", kMaxDescriptionBytes}, command.comment);
  }
  Subject subject() const { return {"/", name}; }
  Action attempted() const { return Action::RestorePointCreated; }
  Need need() const { return {Permission::ManageCluster, "/"}; }
  friend bool operator==(const CreateRestorePoint&, const CreateRestorePoint&) = default;
};
Checked check(const CreateRestorePoint&);
Decision decide(StateWriter&, const Act&, const CreateRestorePoint&);

struct DeleteRestorePoint {
  std::string name;

  static constexpr std::uint8_t kNumber = 71;
  static constexpr std::uint64_t kSince = kPast;
  static constexpr Governed kGoverned = Governed::No;
  template <class Self, class Visit>
  static void for_each_field(Self& command, Visit&& visit) {
    visit(Text{17, "name", kMaxRestorePointNameBytes}, command.name);
  }
  Subject subject() const { return {"/", name}; }
  Action attempted() const { return Action::RestorePointDeleted; }
  Need need() const { return {Permission::ManageCluster, "/"}; }
  friend bool operator==(const DeleteRestorePoint&, const DeleteRestorePoint&) = default;
};
Checked check(const DeleteRestorePoint&);
Decision decide(StateWriter&, const Act&, const DeleteRestorePoint&);

}  // namespace confman::domain
