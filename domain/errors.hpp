#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

// What can be wrong with a command. One enumerator is one stable code of the API (code_of), one
// sentence and one HTTP status (adapters/api).
namespace confman::domain {

enum class Refusal : std::uint8_t {
  NamespaceNotFound,
  NamespaceNotEmpty,
  NamespaceExists,  // create with If-None-Match: * where one is
  ParentNotFound,   // a namespace is created under a parent that exists
  RootImmutable,    // "/" can't be deleted
  EntryNotFound,
  VersionMismatch,       // If-Match names another version than the current one
  EntryExists,           // If-None-Match: * where a live entry is
  IdempotencyKeyReused,  // same key, different request
  BadCommand,            // a committed command breaks a limit (a bug or a newer build wrote it)
};

// Stable snake_case code, for instance "version_mismatch".
std::string_view code_of(Refusal refusal);

enum class NameFaultKind : std::uint8_t {
  Empty,
  NotAbsolute,
  TooLong,
  TooDeep,
  EmptySegment,
  DotSegment,
  TrailingSlash,
  SlashInKey,
  InvalidUtf8,
  InvalidCharacter,  // control, format, separator, combining mark, non-character: see path.hpp
};

struct NameFault {
  NameFaultKind kind{};
  std::size_t offset{};  // byte offset of the offending character

  friend bool operator==(const NameFault&, const NameFault&) = default;
};

// Stable snake_case code, for instance "invalid_key_character".
std::string_view code_of(NameFaultKind kind);

}  // namespace confman::domain
