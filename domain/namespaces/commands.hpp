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

// Whether roles assigned above hold in a namespace. Who doesn't say leaves it as it is: a client
// that doesn't know of it must not open what is closed. The numbers are on disk.
enum class Inherit : std::uint8_t { AsItIs = 0, Yes = 1, No = 2 };

// Creates the namespace, or replaces its description, labels and owner. Whether it inherits is for
// those to say who manage access in it.
struct PutNamespace {
  std::string path;
  std::string description;
  std::string owner;
  Labels labels;
  Precondition precondition;
  std::uint64_t inherit{};  // an Inherit

  static constexpr std::uint8_t kNumber = 3;
  static constexpr std::uint64_t kSince = kFirstFeatureLevel;
  static constexpr Governed kGoverned = Governed::Content;
  std::uint64_t since() const { return inherit == 0 ? kSince : kAccess; }
  template <class Self, class Visit>
  static void for_each_field(Self& command, Visit&& visit) {
    visit(Text{16, "path", kMaxPathBytes}, command.path);
    visit(Field{18, "precondition"}, command.precondition);
    visit(Text{21, "description", kMaxDescriptionBytes}, command.description);
    visit(Field{22, "labels"}, command.labels);
    visit(Text{25, "owner", kMaxOwnerBytes}, command.owner);
    visit(Field{36, "inherit"}, command.inherit);
  }
  Subject subject() const { return {path, {}}; }
  Action attempted() const { return Action::NamespaceUpdated; }
  Need need() const { return {Permission::ManageNamespaces, path}; }
  friend bool operator==(const PutNamespace&, const PutNamespace&) = default;
};
Checked check(const PutNamespace&);
Decision decide(StateWriter&, const Act&, const PutNamespace&);

struct DeleteNamespace {
  std::string path;
  Precondition precondition;

  static constexpr std::uint8_t kNumber = 4;
  static constexpr std::uint64_t kSince = kFirstFeatureLevel;
  static constexpr Governed kGoverned = Governed::Content;
  template <class Self, class Visit>
  static void for_each_field(Self& command, Visit&& visit) {
    visit(Text{16, "path", kMaxPathBytes}, command.path);
    visit(Field{18, "precondition"}, command.precondition);
  }
  Subject subject() const { return {path, {}}; }
  Action attempted() const { return Action::NamespaceDeleted; }
  Need need() const { return {Permission::ManageNamespaces, path}; }
  friend bool operator==(const DeleteNamespace&, const DeleteNamespace&) = default;
};
Checked check(const DeleteNamespace&);
Decision decide(StateWriter&, const Act&, const DeleteNamespace&);

}  // namespace confman::domain
