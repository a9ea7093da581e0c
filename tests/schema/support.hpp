#pragma once

#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <vector>

#include "adapters/re2/re2_patterns.hpp"
#include "domain/schema/schema.hpp"

namespace confman::schema {

inline std::shared_ptr<const PatternCompiler> re2_patterns() {
  return std::make_shared<re2::Re2Patterns>();
}

inline std::expected<CompiledSchema, Fault> compiled(std::string_view text,
                                                     const CompileOptions& options = {},
                                                     const Documents& documents = NoDocuments()) {
  return compile(text, options, re2_patterns(), documents);
}

// The fault of a schema that must be refused: "wrong_type /properties/a".
inline std::string fault_of(std::string_view text, const CompileOptions& options = {}) {
  const auto schema = compiled(text, options);
  if (schema) return "taken";
  return std::string(code_of(schema.error().kind)) + " " + schema.error().document +
         schema.error().pointer;
}

inline json::Value parsed(std::string_view text) {
  auto value = json::parse(text);
  EXPECT_TRUE(value) << text;
  return value ? std::move(*value) : json::Value();
}

// What is wrong with a value, one line for each violation: "/port #/properties/port/maximum: at
// most 9, found 10"; empty if nothing is.
inline std::vector<std::string> wrong_with(std::string_view schema, std::string_view value,
                                           const Budget& budget = {}) {
  const auto with = compiled(schema);
  EXPECT_TRUE(with) << schema << ": " << (with ? "" : code_of(with.error().kind)) << " "
                    << (with ? "" : with.error().pointer);
  if (!with) return {"no schema"};
  const auto violations = validate(*with, parsed(value), budget);
  if (!violations) return {"too complex"};
  std::vector<std::string> lines;
  for (const Violation& one : *violations) {
    lines.push_back(one.instance + " " + one.schema + ": " + one.expected + ", found " + one.found);
  }
  return lines;
}

inline bool takes(std::string_view schema, std::string_view value) {
  return wrong_with(schema, value).empty();
}

}  // namespace confman::schema
