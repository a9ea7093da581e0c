#pragma once

#include <cstddef>
#include <expected>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/base/bytes.hpp"
#include "domain/bindings/bound.hpp"
#include "domain/bindings/references.hpp"
#include "domain/bindings/stamp.hpp"
#include "domain/limits.hpp"
#include "domain/query/page.hpp"
#include "domain/state/store.hpp"

// What changes are held to, and with what: gathered from one state, so that whoever holds them to
// it (verdict.hpp) needs no state, and can be another thread.
namespace confman::domain {

using BoundSchemas = std::shared_ptr<const std::vector<BoundSchema>>;

// What it takes to compile a version.
struct GivenSchema {
  Payload text;  // null: there is no such version
  Referred referred;
};
using GivenSchemas = std::map<SchemaVersion, GivenSchema>;

// What a text refers to.
struct Question {
  std::string base;  // its own URI
  Payload text;
};

// An entry as it is live, or would be.
struct LiveEntry {
  std::string key;
  std::string content_type;
  Bytes value;
  // The value is. Who has it judged opens it first; or leaves it so, and then it is nothing, of
  // which nothing is asked.
  bool sealed = false;
  bool secret = false;  // it was, or will be: nothing of it is told
};
// Of a key that is put or deleted.
struct EntryChange {
  std::string key;
  std::optional<LiveEntry> to;  // nothing: it is deleted
  bool may_seal = false;        // it is sealed yet, if that is what is asked for
  bool was_here = false;        // the value: it is published again
};

struct HeldNamespace {
  std::string path;
  BoundSchemas until_now;
  BoundSchemas from_now;  // another than until_now where a binding is tried
  // What is live: all of it, if a schema of the whole namespace is among those, else the keys that
  // are changed, or that are described.
  std::vector<LiveEntry> entries;
  std::vector<EntryChange> changes;
};
// A schema that is to be written: whether it is one.
struct NewSchema {
  SchemaName name;
  Payload text;
  Referred referred;
  bool governed = true;  // schema::CompileOptions
};
// A live value that somebody reads: whether anything of it is deprecated.
struct ReadValue {
  BoundSchemas bound;
  LiveEntry entry;
  bool masked = false;  // the value isn't shown: only the key is looked at
};
// One of them.
struct Held {
  std::vector<HeldNamespace> namespaces;
  std::optional<NewSchema> schema;
  std::optional<ReadValue> read;
  std::vector<Question> questions;
  // Of the first three: whoever judges asks for what isn't here and it hasn't compiled.
  GivenSchemas given;
};

// Versions that deprecate nothing, as far as somebody has looked: that never changes. Bounded.
class QuietSchemas {
 public:
  void note(const std::vector<SchemaVersion>& versions);
  bool contains(const SchemaVersion& version) const { return versions_.contains(version); }

 private:
  static constexpr std::size_t kMost = 1024;
  std::set<SchemaVersion> versions_;
};

// What is bound to a key and may deprecate something of it. Null: nothing.
BoundSchemas deprecating(const StateStore&, const QuietSchemas&, std::string_view path,
                         const std::string& key, Work& work);

enum class GatherFault : std::uint8_t {
  // Of a namespace that a schema describes as a whole: kMaxHeldEntries, kMaxHeldBytes. Or of what a
  // binding would concern: kMaxTriedNamespaces, kMaxTriedEntries, kMaxTriedBytes.
  TooLarge,
  SchemaMissing,  // a binding is tried that names a version that there isn't
};

// Changes of one namespace, without what is live there: as much as it takes to say which of them
// are secrets (Verdict::secrets), and no more than that.
HeldNamespace gather_marks(const StateStore&, std::string_view path,
                           std::vector<EntryChange> changes, Work& work);

// Changes of one namespace. At most kMaxHeldEntries rows and kMaxHeldBytes are looked at, and as
// many as there are changes.
std::expected<HeldNamespace, GatherFault> gather(const StateStore&, std::string_view path,
                                                 std::vector<EntryChange> changes, Work& work);

// Another list at a namespace: what is live there and below, in steps, since it may be much. The
// state may change in between; so who proposes the list takes the stamp of before the first step.
class Trial {
 public:
  // `bound`: what would hold in the namespace; nothing: what is bound above.
  Trial(std::string path, std::optional<std::vector<BoundSchema>> bound)
      : path_(std::move(path)), bound_(std::move(bound)) {}

  // Looks at about so many rows. True: all is gathered.
  std::expected<bool, GatherFault> step(const StateStore&, std::size_t max_rows, Work& work);
  Held take() { return std::move(held_); }

 private:
  std::expected<void, GatherFault> begin(const StateStore&, Work& work);
  std::expected<void, GatherFault> some_of(const StateStore&, HeldNamespace&, std::size_t max_rows,
                                           Work& work);

  std::string path_;
  std::optional<std::vector<BoundSchema>> bound_;
  bool begun_ = false;
  Held held_;
  std::size_t at_ = 0;                // of its namespaces
  std::optional<std::string> after_;  // in that one
  std::size_t entries_ = 0;           // in all of them
  std::size_t bytes_ = 0;
};

}  // namespace confman::domain
