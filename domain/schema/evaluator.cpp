#include "domain/schema/evaluator.hpp"

#include <algorithm>
#include <utility>

#include "domain/json/pointer.hpp"
#include "domain/json/same.hpp"
#include "domain/schema/describe.hpp"

namespace confman::schema {
namespace {

using Kind = json::Value::Kind;

std::size_t size_of(const json::Value& value) {
  if (value.array() != nullptr) return value.array()->size();
  return value.object() != nullptr ? value.object()->size() : 0;
}

constexpr std::string_view kTypeNames[] = {"null",  "boolean", "number", "string",
                                           "array", "object",  "integer"};

std::string types_in_words(TypeSet types) {
  std::string words;
  for (unsigned i = 0; i < std::size(kTypeNames); ++i) {
    if ((types >> i & 1U) == 0) continue;
    words += (words.empty() ? "" : " or ") + std::string(kTypeNames[i]);
  }
  return words;
}

}  // namespace

std::string ValuePath::pointer() const {
  if (up == nullptr) return {};
  std::string out = up->pointer();
  const bool is_element = index != static_cast<std::size_t>(-1);
  json::append_to_pointer(out, is_element ? std::to_string(index) : std::string(name));
  return out;
}

bool Evaluator::evaluate(NodeId node, const Value& value, std::vector<Violation>* report) {
  report_ = report;
  return visit(node, value, ValuePath(), nullptr);
}

bool Evaluator::give_up(TooComplex why) {
  if (!trouble_) trouble_ = why;
  steps_ = 0;
  return false;
}

bool Evaluator::spend(std::size_t steps) {
  if (steps_ < steps) return give_up(TooComplex::Steps);
  steps_ -= steps;
  return !stopped_;
}

bool Evaluator::report(const Node& node, std::string_view keyword, const ValuePath& path,
                       std::string expected, std::string found) {
  if (report_ == nullptr || stopped_ || trouble_) return false;
  std::string schema = node.location;
  if (!keyword.empty()) json::append_to_pointer(schema, keyword);
  report_->push_back(
      {path.pointer(), std::move(schema), keyword, std::move(expected), std::move(found)});
  stopped_ = report_->size() >= violations_;
  return false;
}

bool Evaluator::matches(const Pattern& pattern, std::string_view text) {
  // At worst an engine looks at the whole pattern for each byte.
  return spend(1 + text.size() * pattern.size() / kMatchingPerStep) && pattern.is_found_in(text);
}

bool Evaluator::visit(NodeId id, const Value& value, const ValuePath& path, Seen* seen) {
  if (!spend(1)) return false;
  const Node& node = schema_.nodes[id];
  if (node.accepts) return true;
  if (node.rejects) return report(node, {}, path, "nothing here", describe(value));
  bool valid = true;
  if (node.types != kAnyType && !has_type(node, value)) {
    valid = report(node, "type", path, types_in_words(node.types), describe(value));
    if (!goes_on()) return false;
  }
  if (node.values && !check_values(node, value, path)) {
    valid = false;
    if (!goes_on()) return false;
  }
  switch (value.kind()) {
    case Kind::Null:
    case Kind::Boolean:
      break;
    case Kind::Number:
      if (node.number) valid &= check_number(node, value, path);
      break;
    case Kind::String:
      if (node.string) valid &= check_string(node, value, path);
      break;
    case Kind::Array:
    case Kind::Object:
      if (node.array || node.object || node.in_place) {
        return visit_inside(node, value, path, seen) && valid;
      }
      return valid;
  }
  if (!node.in_place || (!valid && !goes_on())) return valid;
  return visit_inside(node, value, path, seen) && valid;
}

// What recurses.
bool Evaluator::visit_inside(const Node& node, const Value& value, const ValuePath& path,
                             Seen* seen) {
  if (depth_ == kMaxEvaluationDepth) return give_up(TooComplex::Depth);
  ++depth_;
  const bool enters =
      !schema_.dynamic_anchors.empty() && (scope_.empty() || scope_.back() != node.resource);
  if (enters) scope_.push_back(node.resource);

  const NodeId unevaluated = !node.in_place                 ? kNoNode
                             : value.kind() == Kind::Array  ? node.in_place->unevaluated_items
                             : value.kind() == Kind::Object ? node.in_place->unevaluated_properties
                                                            : kNoNode;
  std::optional<Seen> own;
  if (unevaluated != kNoNode && spend(size_of(value) / 64)) own.emplace(size_of(value));
  Seen* const to_mark = own ? &*own : seen;
  bool valid = true;
  if (node.array && value.kind() == Kind::Array) valid = check_array(node, value, path, to_mark);
  if (node.object && value.kind() == Kind::Object) valid = check_object(node, value, path, to_mark);
  if (node.in_place && (valid || goes_on())) {
    valid &= check_in_place(node, value, path, to_mark);
    if (own && (valid || goes_on())) valid &= check_unevaluated(node, value, path, *own);
    if (own && seen != nullptr) seen->merge(*own);
  }

  if (enters) scope_.pop_back();
  --depth_;
  return valid;
}

bool Evaluator::quietly(NodeId id, const Value& value, const ValuePath& path, Seen* seen) {
  std::vector<Violation>* const report = std::exchange(report_, nullptr);
  bool valid = false;
  if (seen == nullptr) {
    valid = visit(id, value, path, nullptr);
  } else if (spend(size_of(value) / 64)) {
    Seen in_branch(size_of(value));
    valid = visit(id, value, path, &in_branch);
    if (valid) seen->merge(in_branch);
  }
  report_ = report;
  return valid;
}

bool Evaluator::check_in_place(const Node& node, const Value& value, const ValuePath& path,
                               Seen* seen) {
  const InPlaceRules& rules = *node.in_place;
  bool valid = true;
  if (rules.ref != kNoNode) valid &= visit(rules.ref, value, path, seen);
  if (rules.dynamic_ref && (valid || goes_on())) {
    valid &= visit(target_of(*rules.dynamic_ref), value, path, seen);
  }
  for (const NodeId part : rules.all_of) {
    if (!valid && !goes_on()) return false;
    valid &= visit(part, value, path, seen);
  }
  if (!valid && !goes_on()) return false;
  valid &= check_branches(node, value, path, seen);
  if (rules.if_node == kNoNode || (!valid && !goes_on())) return valid;
  return check_condition(node, value, path, seen) && valid;
}

NodeId Evaluator::target_of(const DynamicRef& reference) const {
  if (!reference.anchor) return reference.initial;
  const auto& targets = schema_.dynamic_anchors[*reference.anchor].targets;
  for (const ResourceId resource : scope_) {
    const auto target = std::ranges::find(targets, resource, [](const auto& t) { return t.first; });
    if (target != targets.end()) return target->second;
  }
  return reference.initial;
}

bool Evaluator::check_branches(const Node& node, const Value& value, const ValuePath& path,
                               Seen* seen) {
  const InPlaceRules& rules = *node.in_place;
  bool valid = true;
  if (!rules.any_of.empty()) {
    bool found = false;
    for (const NodeId branch : rules.any_of) {
      found |= quietly(branch, value, path, seen);
      if (found && seen == nullptr) break;
    }
    if (!found) {
      valid = report(node, "anyOf", path,
                     "at least one of " + counted(rules.any_of.size(), "schema"), describe(value));
      if (!goes_on()) return false;
    }
  }
  if (!rules.one_of.empty()) {
    std::size_t found = 0;
    for (const NodeId branch : rules.one_of) {
      if (quietly(branch, value, path, seen)) ++found;
      if (found > 1) break;
    }
    if (found != 1) {
      valid =
          report(node, "oneOf", path, "exactly one of " + counted(rules.one_of.size(), "schema"),
                 describe(value) + (found == 0 ? ", which is none" : ", which is several"));
      if (!goes_on()) return false;
    }
  }
  if (rules.none_of != kNoNode && quietly(rules.none_of, value, path, nullptr)) {
    valid = report(node, "not", path, "anything but that schema", describe(value));
  }
  return valid;
}

bool Evaluator::check_condition(const Node& node, const Value& value, const ValuePath& path,
                                Seen* seen) {
  const InPlaceRules& rules = *node.in_place;
  const bool holds = quietly(rules.if_node, value, path, seen);
  const NodeId next = holds ? rules.then_node : rules.else_node;
  return next == kNoNode || visit(next, value, path, seen);
}

bool Evaluator::check_unevaluated(const Node& node, const Value& value, const ValuePath& path,
                                  Seen& seen) {
  bool valid = true;
  if (const Value::Array* items = value.array()) {
    for (std::size_t i = 0; i < items->size(); ++i) {
      if (seen.has(i)) continue;
      if (!valid && !goes_on()) return false;
      valid &= visit(node.in_place->unevaluated_items, (*items)[i], ValuePath(path, i), nullptr);
    }
  } else if (const Value::Object* members = value.object()) {
    for (std::size_t i = 0; i < members->size(); ++i) {
      if (seen.has(i)) continue;
      if (!valid && !goes_on()) return false;
      const auto& [name, member] = (*members)[i];
      valid &= visit(node.in_place->unevaluated_properties, member,
                     ValuePath(path, std::string_view(name)), nullptr);
    }
  }
  seen.mark_all();
  return valid;
}

}  // namespace confman::schema
