#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/bindings/held.hpp"
#include "domain/json/value.hpp"
#include "domain/schema/schema.hpp"

// Holds changes to schemas. What was wrong before and stays so stands in nobody's way; but what is
// put has to be right.
namespace confman::domain {

// What is wrong with one place.
struct Finding {
  std::string path;     // of the namespace
  std::string pointer;  // JSON pointer from it on: its first step is a key
  std::string keyword;  // "maximum"; kDeprecated; kContent: the value can't be read as JSON
  std::string expected;
  std::string found;  // a secret, and what is marked as one, is never quoted
  BoundSchema schema;
  std::string schema_pointer;

  static constexpr std::string_view kDeprecated = "x-confman-deprecated";
  static constexpr std::string_view kContent = "content";
  static constexpr std::string_view kEncrypted = "x-confman-encrypted";
  friend bool operator==(const Finding&, const Finding&) = default;
};

enum class VerdictKind : std::uint8_t {
  Valid,
  Violates,
  TooComplex,     // the steps of a validation are used up: nobody knows
  Unusable,       // a bound schema is none for this build, or a new one is none at all
  TooLarge,       // GatherFault::TooLarge
  SchemaMissing,  // GatherFault::SchemaMissing
  NeedsSchemas,   // that aren't given, and have to be compiled: `needs`
  Referring,      // to questions: `answers`
};
struct Verdict {
  VerdictKind kind{};
  std::vector<Finding> findings;       // at most kMaxFindings, in the order of the namespaces
  std::size_t total{};                 // how many there are; where it is large, at least
  std::size_t unseen{};                // of the findings, taken away: who asks may not read them
  std::string about;                   // TooComplex, Unusable: which schema
  std::optional<schema::Fault> fault;  // Unusable: of a new schema
  // Valid, Violates: namespace and key of what is put and has to be sealed first.
  std::vector<std::pair<std::string, std::string>> secrets;
  // Of a value that is read: what its schema says of the first place that is deprecated, with that
  // place in front where it isn't the value as a whole.
  std::optional<std::string> deprecated;
  std::vector<SchemaVersion> needs;
  std::vector<References> answers;   // in the order of the questions
  std::vector<SchemaVersion> quiet;  // of a read: bound versions that deprecate nothing
};
inline constexpr std::size_t kMaxFindings = 100;

// Port: reads a YAML text as the JSON value that it stands for; nothing: it stands for none.
class YamlReader {
 public:
  virtual ~YamlReader() = default;
  virtual std::optional<json::Value> read(std::string_view text) const = 0;
};

// A value of an entry as its schema sees it: JSON and YAML read, other text as a string, bytes as
// base64. Nothing: it can't be read as JSON.
std::optional<json::Value> value_of(const LiveEntry& entry, const YamlReader& yaml);

// Pure but for what it remembers: schemas that it has compiled. Not thread-safe.
class Judge {
 public:
  // Neither is null; the reader must outlive it.
  Judge(std::shared_ptr<const schema::PatternCompiler> patterns, const YamlReader& yaml)
      : patterns_(std::move(patterns)), yaml_(yaml) {}

  // All namespaces together, the new schema, the value that is read, or the questions.
  Verdict judge(const Held& held);

  // Whose options a schema is compiled with when it is put, and when changes are held to it.
  static schema::CompileOptions options_for(const SchemaName& name, bool governed);

  // A schema as it was compiled. Valid with a schema; Unusable: it is none for this build;
  // NeedsSchemas: it isn't compiled, nor given.
  struct Compiled {
    VerdictKind kind{};
    const schema::CompiledSchema* schema = nullptr;  // until the next one is asked for
    bool deprecates = false;                         // it may
  };
  Compiled compiled(const BoundSchema& bound, const GivenSchemas& given);

 private:
  struct Kept {
    std::optional<schema::CompiledSchema> schema;
    bool deprecates = false;
    std::uint64_t used{};
  };

  Verdict judge_namespaces(const Held& held);
  Verdict judge_schema(const NewSchema& schema) const;
  Verdict judge_read(const ReadValue& read, const GivenSchemas& given);
  std::vector<SchemaVersion> missing(const Held& held, bool even_compiled);
  void make_room();

  static constexpr std::size_t kMostCompiled = 64;

  std::shared_ptr<const schema::PatternCompiler> patterns_;
  const YamlReader& yaml_;
  std::map<SchemaVersion, Kept> compiled_;  // the last ones that were used
  std::uint64_t uses_{};
};

}  // namespace confman::domain
