#include <algorithm>
#include <utility>

#include "domain/schema/evaluator.hpp"
#include "domain/schema/node.hpp"
#include "domain/schema/schema.hpp"

namespace confman::schema {
namespace {

using json::Value;

// Goes down a value with all subschemas that could apply to its parts.
class MarkFinder {
 public:
  MarkFinder(const Compiled& schema, std::size_t steps) : schema_(schema), steps_(steps) {}

  std::expected<std::vector<Mark>, TooComplex> run(const Value& value) {
    visit(0, value, ValuePath());
    if (trouble_) return std::unexpected(*trouble_);
    return merged();
  }

 private:
  void visit(NodeId id, const Value& value, const ValuePath& path) {
    if (id == kNoNode || !spend(1)) return;
    const Node& node = schema_.nodes[id];
    if (node.marks) add(*node.marks, path);
    if (!node.in_place && !node.array && !node.object) return;
    if (depth_ == kMaxEvaluationDepth) {
      trouble_ = TooComplex::Depth;
      steps_ = 0;
      return;
    }
    ++depth_;
    if (node.in_place) visit_in_place(*node.in_place, value, path);
    if (node.array && value.array() != nullptr) visit_items(*node.array, *value.array(), path);
    if (node.object && value.object() != nullptr) visit_members(*node.object, value, path);
    --depth_;
  }

  void visit_in_place(const InPlaceRules& rules, const Value& value, const ValuePath& path) {
    visit(rules.ref, value, path);
    if (rules.dynamic_ref) visit_dynamic(*rules.dynamic_ref, value, path);
    for (const auto* list : {&rules.all_of, &rules.any_of, &rules.one_of}) {
      for (const NodeId node : *list) visit(node, value, path);
    }
    for (const NodeId node : {rules.if_node, rules.then_node, rules.else_node}) {
      visit(node, value, path);
    }
    // Perhaps not for each of them: what is evaluated elsewhere isn't known here.
    if (const Value::Array* items = value.array(); items && rules.unevaluated_items != kNoNode) {
      for (std::size_t i = 0; i < items->size(); ++i) {
        visit(rules.unevaluated_items, (*items)[i], ValuePath(path, i));
      }
    }
    const Value::Object* members = value.object();
    if (members == nullptr || rules.unevaluated_properties == kNoNode) return;
    for (const auto& [name, member] : *members) {
      visit(rules.unevaluated_properties, member, ValuePath(path, std::string_view(name)));
    }
  }

  // Wherever it might lead.
  void visit_dynamic(const DynamicRef& reference, const Value& value, const ValuePath& path) {
    if (!reference.anchor) return visit(reference.initial, value, path);
    for (const auto& [resource, node] : schema_.dynamic_anchors[*reference.anchor].targets) {
      visit(node, value, path);
    }
  }

  void visit_items(const ArrayRules& rules, const Value::Array& items, const ValuePath& path) {
    for (std::size_t i = 0; i < items.size(); ++i) {
      const ValuePath below(path, i);
      visit(i < rules.prefix.size() ? rules.prefix[i] : rules.rest, items[i], below);
      visit(rules.contains, items[i], below);
    }
  }

  void visit_members(const ObjectRules& rules, const Value& object, const ValuePath& path) {
    std::size_t hint = 0;
    for (const auto& [name, member] : *object.object()) {
      const ValuePath below(path, std::string_view(name));
      std::size_t looked_at = 0;
      const std::size_t at = rules.names.find(name, hint, looked_at);
      if (!spend(1 + looked_at / 4)) return;
      const NodeId property = at == NameTable::kNone ? kNoNode : rules.properties[at].node;
      if (at != NameTable::kNone) hint = at + 1;
      visit(property, member, below);
      bool known = property != kNoNode;
      for (const PatternRule& rule : rules.patterns) {
        if (!spend(1 + name.size() * rule.pattern->size() / kMatchingPerStep)) return;
        if (!rule.pattern->is_found_in(name)) continue;
        known = true;
        visit(rule.node, member, below);
      }
      if (!known) visit(rules.additional, member, below);
    }
    for (const ObjectRules::Dependency& dependency : rules.dependencies) {
      // Whether what it depends on is there or not: a value by itself is looked at as the only
      // member of its namespace, and what is marked doesn't depend on what stands beside it.
      if (dependency.node != kNoNode && spend(1)) visit(dependency.node, object, path);
    }
  }

  void add(const MarkRules& rules, const ValuePath& path) {
    marks_.push_back({.instance = path.pointer(),
                      .encrypted = rules.encrypted,
                      .rotation_days = rules.rotation_days.value_or(0),
                      .deprecated = rules.deprecated.has_value(),
                      .message = rules.deprecated.value_or("")});
  }

  // One for each place: encrypted if any says so, the shortest rotation, the first message.
  std::vector<Mark> merged() {
    std::vector<Mark> out;
    std::vector<std::size_t> order(marks_.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::stable_sort(
        order, {}, [&](std::size_t i) -> const std::string& { return marks_[i].instance; });
    for (const std::size_t i : order) {
      Mark& mark = marks_[i];
      if (out.empty() || out.back().instance != mark.instance) {
        out.push_back(std::move(mark));
        continue;
      }
      Mark& known = out.back();
      known.encrypted |= mark.encrypted;
      if (known.rotation_days == 0 ||
          (mark.rotation_days != 0 && mark.rotation_days < known.rotation_days)) {
        known.rotation_days = mark.rotation_days;
      }
      known.deprecated |= mark.deprecated;
      if (known.message.empty()) known.message = std::move(mark.message);
    }
    return out;
  }

  bool spend(std::size_t steps) {
    if (steps_ < steps) {
      if (!trouble_) trouble_ = TooComplex::Steps;
      steps_ = 0;
      return false;
    }
    steps_ -= steps;
    return true;
  }

  const Compiled& schema_;
  std::size_t steps_;
  std::size_t depth_ = 0;
  std::vector<Mark> marks_;
  std::optional<TooComplex> trouble_;
};

}  // namespace

std::expected<std::vector<Mark>, TooComplex> marks_of(const CompiledSchema& schema,
                                                      const json::Value& value,
                                                      const Budget& budget) {
  if (!schema.has_marks()) return std::vector<Mark>{};
  return MarkFinder(schema.compiled(), budget.steps).run(value);
}

}  // namespace confman::schema
