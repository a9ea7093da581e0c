#pragma once

#include <cstddef>

#include "domain/limits.hpp"

// Every bound of schemas in one place.
namespace confman::schema {

inline constexpr std::size_t kMaxSchemaBytes = 256 * 1024;
// Each subschema that is reached, also in documents that are referred to.
inline constexpr std::size_t kMaxSubschemas = 5'000;
// One reference behind another, all for the same value.
inline constexpr std::size_t kMaxRefChain = 64;
inline constexpr std::size_t kMaxDocuments = 64;
// Of one schema of the cluster, to others of it (bindings/supply.hpp).
inline constexpr std::size_t kMaxReferredSchemas = kMaxDocuments - 1;
inline constexpr std::size_t kMaxReferredBytes = 1024 * 1024;
// Versions of others that one schema names, also where nothing refers to them and there are none.
inline constexpr std::size_t kMaxReferences = 256;
inline constexpr std::size_t kMaxPatternBytes = 1024;
// That differ: each compiled one has memory of its own (adapters/re2/re2_patterns.hpp).
inline constexpr std::size_t kMaxPatterns = 256;
inline constexpr std::size_t kMaxRotationDays = 36'500;
inline constexpr std::size_t kMaxMessageBytes = 1024;  // of x-confman-deprecated and descriptions

// What a validation may cost. A step is a subschema tried on a value, or about as much other work:
// measured, 2 million take 50 ms, and a quarter of a second where patterns are chosen to be slow.
inline constexpr std::size_t kMaxSteps = 2'000'000;
// Of all validations of one write, or of one trial of a binding.
inline constexpr std::size_t kMaxStepsOfJob = 10 * kMaxSteps;
// A match is a step for so many bytes of text times instructions of the pattern.
inline constexpr std::size_t kMatchingPerStep = 512;
inline constexpr std::size_t kMaxViolations = 100;
// Subschemas within each other, down a value and along references: bounds the stack.
inline constexpr std::size_t kMaxEvaluationDepth = 1'000;
// Bytes of what was expected or found, as a violation quotes it.
inline constexpr std::size_t kMaxQuotedBytes = 128;

// Of one compilation.
struct Bounds {
  std::size_t bytes = kMaxSchemaBytes;
  std::size_t depth = domain::kMaxJsonDepth;
  std::size_t subschemas = kMaxSubschemas;
  std::size_t ref_chain = kMaxRefChain;
  std::size_t documents = kMaxDocuments;
  std::size_t pattern_bytes = kMaxPatternBytes;
  std::size_t patterns = kMaxPatterns;
};

// Of one validation.
struct Budget {
  std::size_t steps = kMaxSteps;
  std::size_t violations = kMaxViolations;  // at least 1
};

}  // namespace confman::schema
