#include <algorithm>
#include <utility>

#include "domain/json/same.hpp"
#include "domain/schema/describe.hpp"
#include "domain/schema/evaluator.hpp"

// Keywords about arrays and objects.
namespace confman::schema {

bool Evaluator::check_array(const Node& node, const Value& value, const ValuePath& path,
                            Seen* seen) {
  const ArrayRules& rules = *node.array;
  const Value::Array& items = *value.array();
  bool valid = true;
  if (items.size() < rules.count.least) {
    valid = report(node, "minItems", path, "at least " + counted(rules.count.least, "item"),
                   counted(items.size(), "item"));
  } else if (items.size() > rules.count.most) {
    valid = report(node, "maxItems", path, "at most " + counted(rules.count.most, "item"),
                   counted(items.size(), "item"));
  }
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (!valid && !goes_on()) return false;
    const NodeId schema = i < rules.prefix.size() ? rules.prefix[i] : rules.rest;
    if (schema == kNoNode) break;
    valid &= visit(schema, items[i], ValuePath(path, i), nullptr);
    if (seen != nullptr) seen->mark(i);
  }
  if (rules.contains != kNoNode && (valid || goes_on())) {
    valid &= check_contained(node, value, path, seen);
  }
  if (rules.unique && (valid || goes_on())) valid &= check_unique(node, value, path);
  return valid;
}

bool Evaluator::check_contained(const Node& node, const Value& value, const ValuePath& path,
                                Seen* seen) {
  const ArrayRules& rules = *node.array;
  const Value::Array& items = *value.array();
  std::size_t count = 0;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (!quietly(rules.contains, items[i], ValuePath(path, i), nullptr)) continue;
    ++count;
    if (seen != nullptr) seen->mark(i);
    const bool decided = rules.contained.most == kUnbounded ? count >= rules.contained.least
                                                            : count > rules.contained.most;
    if (decided && seen == nullptr) break;
  }
  if (count < rules.contained.least) {
    const bool one = rules.contained.least == 1;
    return report(node, one ? "contains" : "minContains", path,
                  "at least " + counted(rules.contained.least, "item") + " of that schema",
                  counted(count, "item"));
  }
  if (count > rules.contained.most) {
    return report(node, "maxContains", path,
                  "at most " + counted(rules.contained.most, "item") + " of that schema", "more");
  }
  return true;
}

bool Evaluator::check_unique(const Node& node, const Value& value, const ValuePath& path) {
  const Value::Array& items = *value.array();
  if (items.size() < 2) return true;
  std::size_t nodes = 0;
  std::vector<std::pair<std::uint64_t, std::size_t>> hashes;
  hashes.reserve(items.size());
  for (std::size_t i = 0; i < items.size(); ++i)
    hashes.emplace_back(json::hash(items[i], nodes), i);
  if (!spend(nodes + items.size() / 4)) return false;
  std::ranges::sort(hashes);
  // Only what has equal hashes needs a look, each with each: those who choose values so are stopped
  // by the steps.
  for (std::size_t i = 0; i < hashes.size(); ++i) {
    for (std::size_t j = i + 1; j < hashes.size() && hashes[j].first == hashes[i].first; ++j) {
      if (equal(items[hashes[i].second], items[hashes[j].second])) {
        return report(node, "uniqueItems", path, "items that differ",
                      "items " + std::to_string(hashes[i].second) + " and " +
                          std::to_string(hashes[j].second) + " are equal");
      }
      if (trouble_) return false;
    }
  }
  return true;
}

bool Evaluator::check_object(const Node& node, const Value& value, const ValuePath& path,
                             Seen* seen) {
  const ObjectRules& rules = *node.object;
  const Value::Object& members = *value.object();
  bool valid = true;
  if (members.size() < rules.count.least) {
    valid = report(node, "minProperties", path, "at least " + counted(rules.count.least, "member"),
                   counted(members.size(), "member"));
  } else if (members.size() > rules.count.most) {
    valid = report(node, "maxProperties", path, "at most " + counted(rules.count.most, "member"),
                   counted(members.size(), "member"));
  }
  if (!valid && !goes_on()) return false;
  valid &= check_members(node, value, path, seen);
  if (rules.names_are != kNoNode) {
    for (const auto& [name, member] : members) {
      if (!valid && !goes_on()) return false;
      valid &=
          visit(rules.names_are, Value(name), ValuePath(path, std::string_view(name)), nullptr);
    }
  }
  if (!rules.dependencies.empty() && (valid || goes_on())) {
    valid &= check_dependencies(node, value, path, seen);
  }
  return valid;
}

bool Evaluator::check_members(const Node& node, const Value& value, const ValuePath& path,
                              Seen* seen) {
  const ObjectRules& rules = *node.object;
  const Value::Object& members = *value.object();
  if (rules.names.size() == 0 && rules.patterns.empty() && rules.additional == kNoNode) return true;
  std::size_t required = 0;
  std::size_t hint = 0;
  bool valid = true;
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (!valid && !goes_on()) return false;
    const auto& [name, member] = members[i];
    const ValuePath below(path, std::string_view(name));
    bool known = false;
    std::size_t looked_at = 0;
    const std::size_t at = rules.names.find(name, hint, looked_at);
    if (!spend(looked_at / 4)) return false;
    if (at != NameTable::kNone) {
      hint = at + 1;
      const ObjectRules::Property& property = rules.properties[at];
      required += property.required ? 1 : 0;
      known = property.node != kNoNode;
      if (known) valid &= visit(property.node, member, below, nullptr);
    }
    for (const PatternRule& rule : rules.patterns) {
      if (!matches(*rule.pattern, name)) continue;
      known = true;
      valid &= visit(rule.node, member, below, nullptr);
    }
    if (!known && rules.additional != kNoNode) {
      known = true;
      valid &= visit(rules.additional, member, below, nullptr);
    }
    if (known && seen != nullptr) seen->mark(i);
  }
  if (required == rules.required || (!valid && !goes_on())) return valid;
  return check_required(node, value, path);
}

// Some member is missing.
bool Evaluator::check_required(const Node& node, const Value& value, const ValuePath& path) {
  if (report_ == nullptr) return false;
  const ObjectRules& rules = *node.object;
  std::vector<bool> there(rules.names.size());
  for (const auto& [name, member] : *value.object()) {
    std::size_t looked_at = 0;
    const std::size_t at = rules.names.find(name, NameTable::kNone, looked_at);
    if (at != NameTable::kNone) there[at] = true;
    if (!spend(1 + looked_at / 4)) return false;
  }
  for (std::size_t i = 0; i < there.size(); ++i) {
    if (!rules.properties[i].required || there[i]) continue;
    report(node, "required", path, "a member " + describe(Value(rules.names.name(i))),
           describe(value));
  }
  return false;
}

bool Evaluator::check_dependencies(const Node& node, const Value& value, const ValuePath& path,
                                   Seen* seen) {
  bool valid = true;
  // A look for a name goes through all members.
  const std::size_t look = 1 + value.object()->size() / 16;
  for (const ObjectRules::Dependency& dependency : node.object->dependencies) {
    if (!valid && !goes_on()) return false;
    if (!spend(look)) return false;
    if (value.find(dependency.name) == nullptr) continue;
    if (dependency.node != kNoNode) valid &= visit(dependency.node, value, path, seen);
    for (const std::string& name : dependency.required) {
      if (!spend(look)) return false;
      if (value.find(name) != nullptr) continue;
      valid = report(
          node, dependency.keyword, path,
          "a member " + describe(Value(name)) + " beside " + describe(Value(dependency.name)),
          describe(value));
    }
  }
  return valid;
}

}  // namespace confman::schema
