#pragma once

#include <cstdint>
#include <string>

#include "domain/base/feature_level.hpp"
#include "domain/codec/record.hpp"
#include "domain/command/checks.hpp"
#include "domain/command/decision.hpp"
#include "domain/limits.hpp"

namespace confman::domain {

class StateWriter;

// Creates the namespace, or replaces its description, labels and owner.
struct PutNamespace {
  std::string path;
  std::string description;
  std::string owner;
  Labels labels;
  Precondition precondition;

  static constexpr std::uint8_t kNumber = 3;
  static constexpr std::uint64_t kSince = kFirstFeatureLevel;
  template <class Self, class Visit>
  static void for_each_field(Self& command, Visit&& visit) {
    visit(Text{16, "path", kMaxPathBytes}, command.path);
    visit(Field{18, "precondition"}, command.precondition);
    visit(Text{21, "description", kMaxDescriptionBytes}, command.description);
    visit(Field{22, "labels"}, command.labels);
    visit(Text{25, "owner", kMaxOwnerBytes}, command.owner);
  }
  Subject subject() const { return {path, {}}; }
  Action attempted() const { return Action::NamespaceUpdated; }
  friend bool operator==(const PutNamespace&, const PutNamespace&) = default;
};
Checked check(const PutNamespace&);
Decision decide(StateWriter&, const Act&, const PutNamespace&);

struct DeleteNamespace {
  std::string path;
  Precondition precondition;

  static constexpr std::uint8_t kNumber = 4;
  static constexpr std::uint64_t kSince = kFirstFeatureLevel;
  template <class Self, class Visit>
  static void for_each_field(Self& command, Visit&& visit) {
    visit(Text{16, "path", kMaxPathBytes}, command.path);
    visit(Field{18, "precondition"}, command.precondition);
  }
  Subject subject() const { return {path, {}}; }
  Action attempted() const { return Action::NamespaceDeleted; }
  friend bool operator==(const DeleteNamespace&, const DeleteNamespace&) = default;
};
Checked check(const DeleteNamespace&);
Decision decide(StateWriter&, const Act&, const DeleteNamespace&);

}  // namespace confman::domain
