#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "domain/access/rights.hpp"
#include "domain/base/bytes.hpp"
#include "domain/base/feature_level.hpp"
#include "domain/codec/record.hpp"
#include "domain/command/checks.hpp"
#include "domain/command/decision.hpp"
#include "domain/entries/entry.hpp"
#include "domain/limits.hpp"

namespace confman::domain {

class StateWriter;

// Whether a value is a secret. The numbers are on disk.
enum class Secrecy : std::uint8_t {
  AsItIs = 0,  // in the log: it is none, and nobody has said so
  Sealed = 1,  // it is one, and its value is sealed (secrets/sealed.hpp)
  Wanted = 2,  // by the client; the node that takes the write seals it, and it is never in the log
  Unwanted = 3,  // its author says that it is none any more
};

struct PutEntry {
  std::string path;  // of the namespace
  std::string key;
  std::string content_type;
  Bytes value;  // byte for byte what the author sent
  Labels labels;
  std::string description;
  Precondition precondition;
  // What the change was held to (bindings/stamp.hpp); 0: to nothing.
  std::uint64_t checked{};
  std::uint64_t secrecy{};  // a Secrecy
  // The key that a value is sealed by, where the namespace had none yet (secrets/data_key.hpp).
  Bytes data_key;

  static constexpr std::uint8_t kNumber = 1;
  static constexpr std::uint64_t kSince = kFirstFeatureLevel;
  static constexpr Governed kGoverned = Governed::Content;
  std::uint64_t since() const {
    if (secrecy != 0) return kSecrets;
    return checked == 0 ? kSince : kSchemas;
  }
  Secrecy is() const { return static_cast<Secrecy>(secrecy); }
  template <class Self, class Visit>
  static void for_each_field(Self& command, Visit&& visit) {
    visit(Text{16, "path", kMaxPathBytes}, command.path);
    visit(Text{17, "key", kMaxKeyBytes}, command.key);
    visit(Field{18, "precondition"}, command.precondition);
    visit(Text{21, "description", kMaxDescriptionBytes}, command.description);
    visit(Field{22, "labels"}, command.labels);
    visit(Text{23, "content_type", kMaxContentTypeBytes}, command.content_type);
    visit(Blob{24, "value", kMaxStoredValueBytes}, command.value);
    visit(Field{37, "checked"}, command.checked);
    visit(Field{39, "secrecy"}, command.secrecy);
    visit(Blob{40, "data_key", kMaxDataKeyBytes}, command.data_key);
  }
  Subject subject() const { return {path, key}; }
  Action attempted() const { return Action::ConfigUpdated; }
  Need need() const { return {Permission::Publish, path}; }
  friend bool operator==(const PutEntry&, const PutEntry&) = default;
};
Checked check(const PutEntry&);
Decision decide(StateWriter&, const Act&, const PutEntry&);

struct DeleteEntry {
  std::string path;
  std::string key;
  Precondition precondition;
  std::uint64_t checked{};  // as in PutEntry

  static constexpr std::uint8_t kNumber = 2;
  static constexpr std::uint64_t kSince = kFirstFeatureLevel;
  static constexpr Governed kGoverned = Governed::Content;
  std::uint64_t since() const { return checked == 0 ? kSince : kSchemas; }
  template <class Self, class Visit>
  static void for_each_field(Self& command, Visit&& visit) {
    visit(Text{16, "path", kMaxPathBytes}, command.path);
    visit(Text{17, "key", kMaxKeyBytes}, command.key);
    visit(Field{18, "precondition"}, command.precondition);
    visit(Field{37, "checked"}, command.checked);
  }
  Subject subject() const { return {path, key}; }
  Action attempted() const { return Action::ConfigDeleted; }
  Need need() const { return {Permission::Publish, path}; }
  friend bool operator==(const DeleteEntry&, const DeleteEntry&) = default;
};
Checked check(const DeleteEntry&);
Decision decide(StateWriter&, const Act&, const DeleteEntry&);

// Publishes what the entry had in an earlier version, value, content type, labels and description,
// as a new version: never the undoing of an operation. So a version that is a deletion can't be
// gone back to.
struct RollbackEntry {
  std::string path;
  std::string key;
  Precondition precondition;
  // Exactly one of them: a version; or that as of a revision or a time (domain/past/as_of.hpp), in
  // milliseconds since 1970.
  std::uint64_t to_version{};
  Revision to_revision;
  std::int64_t to_time_ms{};
  std::uint64_t checked{};  // as in PutEntry

  static constexpr std::uint8_t kNumber = 6;
  static constexpr std::uint64_t kSince = kRollback;
  static constexpr Governed kGoverned = Governed::Content;
  std::uint64_t since() const { return checked == 0 ? kSince : kSchemas; }
  template <class Self, class Visit>
  static void for_each_field(Self& command, Visit&& visit) {
    visit(Text{16, "path", kMaxPathBytes}, command.path);
    visit(Text{17, "key", kMaxKeyBytes}, command.key);
    visit(Field{18, "precondition"}, command.precondition);
    visit(Field{28, "to_version"}, command.to_version);
    visit(Field{29, "to_revision"}, command.to_revision);
    visit(Field{31, "to_time_ms"}, command.to_time_ms);
    visit(Field{37, "checked"}, command.checked);
  }
  Subject subject() const { return {path, key}; }
  Action attempted() const { return Action::ConfigRolledBack; }
  Need need() const { return {Permission::Rollback, path}; }
  friend bool operator==(const RollbackEntry&, const RollbackEntry&) = default;
};
// What it would publish; nothing: there is no such version, or it is a deletion.
std::optional<EntryRow> restored_by(const StateStore&, const RollbackEntry&);
Checked check(const RollbackEntry&);
Decision decide(StateWriter&, const Act&, const RollbackEntry&);

}  // namespace confman::domain
