#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "domain/json/reader.hpp"

namespace confman::schema {

// Why a schema isn't taken.
enum class FaultKind : std::uint8_t {
  // The document as a whole.
  InvalidJson,  // `json` says why
  SchemaTooLarge,
  TooDeep,
  SchemaRootType,
  SchemaRejectsEverything,
  UnknownDialect,
  UnknownVocabulary,
  // A keyword's value.
  WrongType,
  OutOfRange,
  EmptyList,
  DuplicateItem,
  UnknownType,
  EmptyTypeList,
  DuplicateType,
  UnknownExtension,
  MissingField,
  UnknownField,
  // Keywords against each other.
  Unsatisfiable,
  DefaultViolatesSchema,
  // Patterns.
  BadPattern,
  UnsupportedPattern,
  PatternTooLong,
  PatternTooComplex,
  TooManyPatterns,
  // Names and references.
  BadId,
  DuplicateId,
  BadAnchor,
  DuplicateAnchor,
  BadRef,
  RemoteRefNotAllowed,
  RefOutsideNamespace,
  UnknownRef,
  RefTooDeep,
  RefCycleWithoutProgress,
  // Bounds.
  TooManySubschemas,
  TooManyDocuments,
};
// Stable snake_case code, for instance "unknown_type".
std::string_view code_of(FaultKind kind);

struct Fault {
  FaultKind kind{};
  std::string document;    // the URI of another document that the fault is in; "": the schema's own
  std::string pointer;     // RFC 6901, into that document
  std::string expected;    // "a string or an array of strings"
  std::string found;       // "5"
  std::string suggestion;  // "string", where a name looks like a slip of the pen
  std::optional<json::Fault> json;
};

}  // namespace confman::schema
