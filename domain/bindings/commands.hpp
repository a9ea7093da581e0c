#pragma once

#include <cstdint>
#include <string>

#include "domain/access/rights.hpp"
#include "domain/base/bytes.hpp"
#include "domain/base/feature_level.hpp"
#include "domain/codec/record.hpp"
#include "domain/command/checks.hpp"
#include "domain/command/decision.hpp"
#include "domain/limits.hpp"

// Changes of schemas, and of what namespaces are bound to. That a text is a schema is checked
// before it is proposed: apply never runs a validator, since replicas of different builds must not
// be able to disagree.
namespace confman::domain {

class StateWriter;

// A new version of a schema.
struct PutSchema {
  std::string path;
  std::string name;
  Bytes text;
  Precondition precondition;
  // Not 0: the node that took it hasn't had the text judged, since its author had no right to put
  // it. Where they have one by then, the state machine refuses it all the same (SchemaMoved).
  std::uint64_t unjudged{};

  static constexpr std::uint8_t kNumber = 25;
  static constexpr std::uint64_t kSince = kSchemas;
  static constexpr Governed kGoverned =
      Governed::No;  // a version that nobody is bound to changes nothing
  template <class Self, class Visit>
  static void for_each_field(Self& command, Visit&& visit) {
    visit(Text{16, "path", kMaxPathBytes}, command.path);
    visit(Text{17, "name", kMaxKeyBytes}, command.name);
    visit(Field{18, "precondition"}, command.precondition);
    visit(Blob{24, "text", kMaxSchemaTextBytes}, command.text);
    visit(Field{37, "unjudged"}, command.unjudged);
  }
  std::uint64_t since() const { return unjudged != 0 ? kUnjudged : kSince; }
  Subject subject() const { return {path, name}; }
  Action attempted() const { return Action::SchemaPut; }
  Need need() const { return {Permission::ManageSchemas, path}; }
  friend bool operator==(const PutSchema&, const PutSchema&) = default;
};
Checked check(const PutSchema&);
Decision decide(StateWriter&, const Act&, const PutSchema&);

// Its versions stay where they are, and who puts it again goes on from them. Refused while a
// namespace is bound to it.
struct DeleteSchema {
  std::string path;
  std::string name;
  Precondition precondition;

  static constexpr std::uint8_t kNumber = 26;
  static constexpr std::uint64_t kSince = kSchemas;
  static constexpr Governed kGoverned =
      Governed::No;  // a version that nobody is bound to changes nothing
  template <class Self, class Visit>
  static void for_each_field(Self& command, Visit&& visit) {
    visit(Text{16, "path", kMaxPathBytes}, command.path);
    visit(Text{17, "name", kMaxKeyBytes}, command.name);
    visit(Field{18, "precondition"}, command.precondition);
  }
  Subject subject() const { return {path, name}; }
  Action attempted() const { return Action::SchemaDeleted; }
  Need need() const { return {Permission::ManageSchemas, path}; }
  friend bool operator==(const DeleteSchema&, const DeleteSchema&) = default;
};
Checked check(const DeleteSchema&);
Decision decide(StateWriter&, const Act&, const DeleteSchema&);

// What a namespace is bound to becomes this. What it takes stands in may_bind.hpp. The version of a
// binding is the log index of its last change.
struct PutBinding {
  std::string path;
  std::string bound;  // join_bindings(); may be empty
  Precondition precondition;
  std::uint64_t checked{};  // trial_stamp() of what the live entries were held to

  static constexpr std::uint8_t kNumber = 27;
  static constexpr std::uint64_t kSince = kSchemas;
  static constexpr Governed kGoverned = Governed::Terms;
  template <class Self, class Visit>
  static void for_each_field(Self& command, Visit&& visit) {
    visit(Text{16, "path", kMaxPathBytes}, command.path);
    visit(Field{18, "precondition"}, command.precondition);
    visit(Field{37, "checked"}, command.checked);
    visit(Text{38, "bound", kMaxBindingsBytes}, command.bound);
  }
  Subject subject() const { return {path, {}}; }
  Action attempted() const { return Action::SchemasBound; }
  static constexpr bool kAsksItself = true;
  friend bool operator==(const PutBinding&, const PutBinding&) = default;
};
Checked check(const PutBinding&);
Decision decide(StateWriter&, const Act&, const PutBinding&);

// From now on what is bound above holds here.
struct DeleteBinding {
  std::string path;
  Precondition precondition;
  std::uint64_t checked{};  // as in PutBinding

  static constexpr std::uint8_t kNumber = 28;
  static constexpr std::uint64_t kSince = kSchemas;
  static constexpr Governed kGoverned = Governed::Terms;
  template <class Self, class Visit>
  static void for_each_field(Self& command, Visit&& visit) {
    visit(Text{16, "path", kMaxPathBytes}, command.path);
    visit(Field{18, "precondition"}, command.precondition);
    visit(Field{37, "checked"}, command.checked);
  }
  Subject subject() const { return {path, {}}; }
  Action attempted() const { return Action::SchemasUnbound; }
  Need need() const { return {Permission::ManageSchemas, path}; }
  friend bool operator==(const DeleteBinding&, const DeleteBinding&) = default;
};
Checked check(const DeleteBinding&);
Decision decide(StateWriter&, const Act&, const DeleteBinding&);

// A namespace is being deleted: what it binds goes with it.
void remove_binding(StateWriter&, std::string_view path);

}  // namespace confman::domain
