#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "domain/base/bytes.hpp"
#include "domain/json/value.hpp"
#include "domain/schema/bounds.hpp"
#include "domain/schema/dialect.hpp"
#include "domain/schema/documents.hpp"
#include "domain/schema/fault.hpp"
#include "domain/schema/pattern.hpp"

// JSON Schema, drafts 2020-12 and 7: a document is compiled once, and many values are held to it.
// Pure, deterministic and bounded: in the size of what is compiled, and in the steps of a
// validation. docs/schemas.md has what is supported.
namespace confman::schema {

struct Compiled;

// Immutable; cheap to copy, and may be used by several threads at once.
class CompiledSchema {
 public:
  explicit CompiledSchema(std::shared_ptr<const Compiled> compiled);
  const Compiled& compiled() const { return *compiled_; }
  // Whether any subschema has x-confman-encrypted, -rotation-days or -deprecated.
  bool has_marks() const;
  std::size_t subschemas() const;

 private:
  std::shared_ptr<const Compiled> compiled_;
};

struct CompileOptions {
  // Of a document without $schema.
  Draft draft = Draft::Draft2020;
  // Whether "format" is held to; else it is an annotation, as 2020-12 has it.
  bool assert_formats = true;
  // Also refuses what a draft takes and nobody can have meant: a schema that rejects everything,
  // bounds that contradict each other, a default that isn't valid, x-confman-… that isn't known.
  bool governed = true;
  // Against which relative references are resolved, unless $id says otherwise. Absolute.
  std::string base_uri = "confman:///schema";
  Bounds bounds;
};

// Keeps nothing of the document or of `documents`, but the pattern compiler, which isn't null.
std::expected<CompiledSchema, Fault> compile(ByteView text, const CompileOptions& options,
                                             std::shared_ptr<const PatternCompiler> patterns,
                                             const Documents& documents = NoDocuments());
std::expected<CompiledSchema, Fault> compile(const json::Value& document,
                                             const CompileOptions& options,
                                             std::shared_ptr<const PatternCompiler> patterns,
                                             const Documents& documents = NoDocuments());

struct Violation {
  std::string instance;      // JSON pointer to what is wrong
  std::string schema;        // and to the keyword that says so: "#/properties/port/maximum"
  std::string_view keyword;  // "maximum"
  std::string expected;      // "at most 65535"
  std::string found;         // "70000"; a value that is marked as encrypted is never quoted
};

enum class TooComplex : std::uint8_t {
  Steps,  // the budget is used up: nobody knows whether the value is valid
  Depth,  // subschemas lie too deep within each other
};

// Empty: the value is valid. At most as many as the budget has, in the order of the value. The
// value is one that the reader takes (its depth and its numbers are bounded). `taken`, if it isn't
// null, is set to the steps that it took.
std::expected<std::vector<Violation>, TooComplex> validate(const CompiledSchema& schema,
                                                           const json::Value& value,
                                                           const Budget& budget = {},
                                                           std::size_t* taken = nullptr);

// What the schema says of values at the places where `value` has them.
struct Mark {
  std::string instance;  // JSON pointer
  bool encrypted = false;
  std::uint32_t rotation_days = 0;  // 0: not asked for
  bool deprecated = false;
  std::string message;  // why it is deprecated
};

// Sorted by pointer, one for each place. Each subschema counts that could apply, whether or
// not the value is valid: a secret in a branch that fails is a secret still.
std::expected<std::vector<Mark>, TooComplex> marks_of(const CompiledSchema& schema,
                                                      const json::Value& value,
                                                      const Budget& budget = {});

}  // namespace confman::schema
