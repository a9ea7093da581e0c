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
#include "domain/model/path.hpp"

namespace confman::domain {

class StateWriter;

// Whoever has a quota doesn't set it: it takes the right to manage namespaces in the one above.
inline Need need_of_quota(std::string_view path) {
  return {Permission::ManageNamespaces, path == "/" ? path : parent_of(path)};
}

// The version of a quota is the log index of its last change.
struct PutQuota {
  std::string path;
  Precondition precondition;
  std::uint64_t max_entries{};  // 0: any number; not both
  std::uint64_t max_bytes{};

  static constexpr std::uint8_t kNumber = 64;
  static constexpr std::uint64_t kSince = kPast;
  static constexpr Governed kGoverned = Governed::Terms;
  template <class Self, class Visit>
  static void for_each_field(Self& command, Visit&& visit) {
    visit(Text{16, "path", kMaxPathBytes}, command.path);
    visit(Field{18, "precondition"}, command.precondition);
    visit(Field{61, "max_entries"}, command.max_entries);
    visit(Field{62, "max_bytes"}, command.max_bytes);
  }
  Subject subject() const { return {path, {}}; }
  Action attempted() const { return Action::QuotaPut; }
  Need need() const { return need_of_quota(path); }
  friend bool operator==(const PutQuota&, const PutQuota&) = default;
};
Checked check(const PutQuota&);
Decision decide(StateWriter&, const Act&, const PutQuota&);

struct DeleteQuota {
  std::string path;
  Precondition precondition;

  static constexpr std::uint8_t kNumber = 65;
  static constexpr std::uint64_t kSince = kPast;
  static constexpr Governed kGoverned = Governed::Terms;
  template <class Self, class Visit>
  static void for_each_field(Self& command, Visit&& visit) {
    visit(Text{16, "path", kMaxPathBytes}, command.path);
    visit(Field{18, "precondition"}, command.precondition);
  }
  Subject subject() const { return {path, {}}; }
  Action attempted() const { return Action::QuotaDeleted; }
  Need need() const { return need_of_quota(path); }
  friend bool operator==(const DeleteQuota&, const DeleteQuota&) = default;
};
Checked check(const DeleteQuota&);
Decision decide(StateWriter&, const Act&, const DeleteQuota&);

// A namespace is being deleted: its quota goes with it.
void remove_quota(StateWriter&, std::string_view path);
// A step of counting what is used.
Decision count_quota(StateWriter&, const Chore&);

}  // namespace confman::domain
