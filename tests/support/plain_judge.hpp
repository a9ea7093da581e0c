#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <string_view>

#include "domain/bindings/verdict.hpp"
#include "domain/schema/pattern.hpp"

// What a judge of schemas needs where no patterns and no YAML are.
namespace confman::testing {

class NoPatterns final : public schema::PatternCompiler {
 public:
  std::expected<std::shared_ptr<const schema::Pattern>, schema::PatternFault> compile(
      std::string_view) const override {
    return std::unexpected(schema::PatternFault{schema::PatternFaultKind::Unsupported, "any"});
  }
  bool is_expression(std::string_view) const override { return true; }
};

class NoYaml final : public domain::YamlReader {
 public:
  std::optional<json::Value> read(std::string_view) const override { return std::nullopt; }
};

}  // namespace confman::testing
