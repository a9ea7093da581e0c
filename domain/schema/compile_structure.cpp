#include <algorithm>
#include <utility>

#include "domain/json/pointer.hpp"
#include "domain/schema/compiler.hpp"
#include "domain/schema/describe.hpp"
#include "domain/schema/uri.hpp"

// Keywords that hold subschemas. That they are schemas the registry has seen to.
namespace confman::schema {
namespace {

using json::Value;

// Whether anything stands there that isn't the default.
bool any(const CountRule& rule) {
  return rule.least > 0 || rule.most != kUnbounded;
}

}  // namespace

void Compiler::read_node(const Source& from, std::string_view keyword, NodeId& node) {
  if (const Value* value = from.schema.find(keyword)) node = node_of(*value);
}

void Compiler::read_nodes(const Source& from, std::string_view keyword,
                          std::vector<NodeId>& nodes) {
  const Value* list = from.schema.find(keyword);
  if (list == nullptr) return;
  for (const Value& schema : *list->array()) nodes.push_back(node_of(schema));
}

bool Compiler::read_references(const Source& from, InPlaceRules& rules) {
  const auto follow = [&](std::string_view keyword, const Value& reference) -> const Value* {
    if (reference.string() == nullptr) {
      wrong_type(from, keyword, "a URI reference", reference);
      return nullptr;
    }
    return registry_.target(from.place, keyword, *reference.string());
  };
  if (const Value* reference = from.schema.find("$ref")) {
    const Value* target = follow("$ref", *reference);
    if (target == nullptr) return false;
    rules.ref = node_of(*target);
  }
  const Value* dynamic = from.schema.find("$dynamicRef");
  if (dynamic == nullptr || from.dialect.draft == Draft::Draft7) return true;
  const Value* target = follow("$dynamicRef", *dynamic);
  if (target == nullptr) return false;
  rules.dynamic_ref = DynamicRef{.initial = node_of(*target), .anchor = {}};
  // Only a reference by name, to a name that is dynamic where it first leads, is more than $ref.
  const std::string name(split_uri(*dynamic->string()).fragment.value_or(""));
  const auto& anchors = registry_.resource(registry_.place_of(*target).resource).dynamic_anchors;
  const auto anchor = anchors.find(name);
  if (anchor == anchors.end() || anchor->second != target) return true;
  auto& known = compiled_->dynamic_anchors;
  const auto at = std::ranges::find(known, name, &Compiled::DynamicAnchor::name);
  rules.dynamic_ref->anchor = static_cast<std::size_t>(at - known.begin());
  if (at == known.end()) known.push_back({name, {}});
  return true;
}

bool Compiler::read_in_place(const Source& from, Node& node) {
  InPlaceRules rules;
  if (!read_references(from, rules)) return false;
  if (from.dialect.applicator) {
    read_nodes(from, "allOf", rules.all_of);
    read_nodes(from, "anyOf", rules.any_of);
    read_nodes(from, "oneOf", rules.one_of);
    read_node(from, "not", rules.none_of);
    read_node(from, "if", rules.if_node);
    if (rules.if_node != kNoNode) {
      read_node(from, "then", rules.then_node);
      read_node(from, "else", rules.else_node);
    }
  }
  if (from.dialect.draft == Draft::Draft2020 && from.dialect.unevaluated) {
    read_node(from, "unevaluatedItems", rules.unevaluated_items);
    read_node(from, "unevaluatedProperties", rules.unevaluated_properties);
  }
  const bool any_node =
      rules.ref != kNoNode || rules.dynamic_ref || !rules.all_of.empty() || !rules.any_of.empty() ||
      !rules.one_of.empty() || rules.none_of != kNoNode || rules.if_node != kNoNode ||
      rules.unevaluated_items != kNoNode || rules.unevaluated_properties != kNoNode;
  if (any_node) node.in_place = std::make_unique<InPlaceRules>(std::move(rules));
  return true;
}

bool Compiler::read_array(const Source& from, Node& node) {
  const bool draft7 = from.dialect.draft == Draft::Draft7;
  ArrayRules rules;
  if (from.dialect.validation) {
    if (!read_count(from, "minItems", rules.count.least)) return false;
    if (!read_count(from, "maxItems", rules.count.most)) return false;
    if (const Value* unique = from.schema.find("uniqueItems")) {
      if (unique->boolean() == nullptr) {
        return wrong_type(from, "uniqueItems", "true or false", *unique);
      }
      rules.unique = *unique->boolean();
    }
  }
  if (from.dialect.applicator) {
    const Value* items = from.schema.find("items");
    if (!draft7) {
      read_nodes(from, "prefixItems", rules.prefix);
      read_node(from, "items", rules.rest);
    } else if (items != nullptr && items->array() != nullptr) {
      read_nodes(from, "items", rules.prefix);
      read_node(from, "additionalItems", rules.rest);
    } else {
      read_node(from, "items", rules.rest);
    }
    read_node(from, "contains", rules.contains);
  }
  if (!draft7 && from.dialect.validation) {
    if (!read_count(from, "minContains", rules.contained.least)) return false;
    if (!read_count(from, "maxContains", rules.contained.most)) return false;
  }
  if (any(rules.count) || rules.unique || !rules.prefix.empty() || rules.rest != kNoNode ||
      rules.contains != kNoNode) {
    node.array = std::make_unique<ArrayRules>(std::move(rules));
  }
  return true;
}

bool Compiler::read_object(const Source& from, Node& node) {
  ObjectRules rules;
  if (from.dialect.validation) {
    if (!read_count(from, "minProperties", rules.count.least)) return false;
    if (!read_count(from, "maxProperties", rules.count.most)) return false;
  }
  if (!read_members(from, rules) || !read_dependencies(from, rules)) return false;
  if (any(rules.count) || rules.names.size() > 0 || !rules.patterns.empty() ||
      rules.additional != kNoNode || rules.names_are != kNoNode || !rules.dependencies.empty()) {
    node.object = std::make_unique<ObjectRules>(std::move(rules));
  }
  return true;
}

bool Compiler::read_members(const Source& from, ObjectRules& rules) {
  const auto property = [&rules](std::string_view name) -> ObjectRules::Property& {
    const std::size_t index = rules.names.add(name);
    if (index == rules.properties.size()) rules.properties.emplace_back();
    return rules.properties[index];
  };
  if (from.dialect.applicator) {
    if (const Value* properties = from.schema.find("properties")) {
      for (const auto& [name, schema] : *properties->object()) {
        property(name).node = node_of(schema);
      }
    }
    if (const Value* patterns = from.schema.find("patternProperties")) {
      const Place place = below(from.place, "patternProperties");
      for (const auto& [text, schema] : *patterns->object()) {
        PatternRule rule;
        if (!read_pattern({from.schema, place, from.dialect}, text, text, rule)) return false;
        rule.node = node_of(schema);
        rules.patterns.push_back(std::move(rule));
      }
    }
    read_node(from, "additionalProperties", rules.additional);
    read_node(from, "propertyNames", rules.names_are);
  }
  const Value* required = from.schema.find("required");
  if (required == nullptr || !from.dialect.validation) return true;
  std::vector<std::string> names;
  if (!read_names(from, "required", *required, names)) return false;
  for (const std::string& name : names) property(name).required = true;
  rules.required = names.size();
  return true;
}

bool Compiler::read_dependencies(const Source& from, ObjectRules& rules) {
  const auto read_required = [&](const char* keyword, const std::string& name, const Value& list) {
    const Place place = below(from.place, keyword);
    ObjectRules::Dependency& added = rules.dependencies.emplace_back();
    added.keyword = keyword;
    added.name = name;
    return read_names({from.schema, place, from.dialect}, name, list, added.required);
  };
  const auto add_node = [&](const std::string& name, const Value& schema) {
    ObjectRules::Dependency& added = rules.dependencies.emplace_back();
    added.name = name;
    added.node = node_of(schema);
  };
  const bool is_2020 = from.dialect.draft == Draft::Draft2020;
  const Value* required = from.schema.find("dependentRequired");
  if (required != nullptr && is_2020 && from.dialect.validation) {
    if (required->object() == nullptr) {
      return wrong_type(from, "dependentRequired", "an object of arrays of names", *required);
    }
    for (const auto& [name, list] : *required->object()) {
      if (!read_required("dependentRequired", name, list)) return false;
    }
  }
  if (!from.dialect.applicator) return true;
  if (const Value* schemas = from.schema.find("dependentSchemas"); schemas != nullptr && is_2020) {
    for (const auto& [name, schema] : *schemas->object()) add_node(name, schema);
  }
  if (const Value* both = from.schema.find("dependencies")) {
    for (const auto& [name, dependency] : *both->object()) {
      if (dependency.array() == nullptr) {
        add_node(name, dependency);
      } else if (!read_required("dependencies", name, dependency)) {
        return false;
      }
    }
  }
  return true;
}

}  // namespace confman::schema
