#include <algorithm>
#include <array>
#include <utility>

#include "domain/json/pointer.hpp"
#include "domain/json/same.hpp"
#include "domain/schema/compiler.hpp"
#include "domain/schema/describe.hpp"
#include "domain/schema/evaluator.hpp"

// What a draft takes and nobody can have meant. Only in the schema's own document: others have
// their owners.
namespace confman::schema {
namespace {

using json::Value;

bool contains(const Value::Array& values, const Value& one) {
  std::size_t nodes = 0;
  return std::ranges::any_of(values, [&](const Value& v) { return json::same(v, one, nodes); });
}

}  // namespace

bool Compiler::check_sense() {
  if (compiled_->nodes.front().rejects) {
    return registry_.fail(FaultKind::SchemaRejectsEverything, {}, {},
                          "a schema that takes something", "false");
  }
  std::size_t steps = kMaxSteps;
  for (NodeId id = 0; id < schemas_.size(); ++id) {
    const Place& place = registry_.place_of(*schemas_[id]);
    if (place.document != 0 || schemas_[id]->object() == nullptr) continue;
    const Source from{*schemas_[id], place, registry_.resource(place.resource).dialect};
    const Node& node = compiled_->nodes[id];
    if (!check_bounds(from, node) || !check_values(from, node)) return false;
    if (!check_default(from, id, steps)) return false;
  }
  return true;
}

bool Compiler::check_bounds(const Source& from, const Node& node) {
  const auto contradict = [&](std::string_view keyword, const std::string& least,
                              const std::string& most) {
    return registry_.fail(FaultKind::Unsatisfiable, from.place, keyword, "a bound from " + least,
                          most);
  };
  const auto check = [&](std::string_view keyword, const CountRule& rule) {
    return rule.least <= rule.most ||
           contradict(keyword, std::to_string(rule.least), std::to_string(rule.most));
  };
  if (node.string && !check("maxLength", node.string->length)) return false;
  if (node.array && !check("maxItems", node.array->count)) return false;
  if (node.array && node.array->contains != kNoNode &&
      !check("maxContains", node.array->contained)) {
    return false;
  }
  if (node.object) {
    CountRule count = node.object->count;
    if (!check("maxProperties", count)) return false;
    count.least = node.object->required;
    if (!check("maxProperties", count)) return false;
  }
  if (!node.number) return true;
  const NumberRules& rules = *node.number;
  const std::array leasts{std::pair(&rules.minimum, false),
                          std::pair(&rules.exclusive_minimum, true)};
  const std::array mosts{std::pair(&rules.maximum, false),
                         std::pair(&rules.exclusive_maximum, true)};
  for (const auto& [least, without_least] : leasts) {
    for (const auto& [most, without_most] : mosts) {
      if (!*least || !*most) continue;
      const auto order = (*least)->value <=> (*most)->value;
      if (order < 0 || (order == 0 && !without_least && !without_most)) continue;
      return contradict(without_most ? "exclusiveMaximum" : "maximum", (*least)->text,
                        (*most)->text);
    }
  }
  return true;
}

// Allowed values are to be among those of enum, const and type.
bool Compiler::check_values(const Source& from, const Node& node) {
  if (!node.values) return true;
  const ValueRules& rules = *node.values;
  if (rules.one_of && rules.one_of->empty()) {
    return registry_.fail(FaultKind::EmptyList, from.place, "enum", "at least one value", "[]");
  }
  if (!rules.allowed) return true;
  for (std::size_t i = 0; i < rules.allowed->size(); ++i) {
    const Value& value = (*rules.allowed)[i].value;
    std::size_t nodes = 0;
    std::string_view by;
    if (rules.one_of && !contains(*rules.one_of, value)) by = "enum";
    if (rules.constant && !json::same(*rules.constant, value, nodes)) by = "const";
    if (by.empty()) continue;
    return registry_.fail(FaultKind::Unsatisfiable, from.place, "x-confman-allowed-values",
                          "values that " + std::string(by) + " takes", describe(value));
  }
  return true;
}

bool Compiler::check_default(const Source& from, NodeId node, std::size_t& steps) {
  const Value* value = from.schema.find("default");
  if (value == nullptr) return true;
  std::vector<Violation> violations;
  Evaluator evaluator(*compiled_, {.steps = steps, .violations = 1});
  const bool valid = evaluator.evaluate(node, *value, &violations);
  steps = evaluator.steps_left();
  if (valid && !evaluator.trouble()) return true;
  return registry_.fail(
      FaultKind::DefaultViolatesSchema, from.place, "default",
      violations.empty() ? "a value that can be checked in few steps" : violations.front().expected,
      describe(*value));
}

}  // namespace confman::schema
