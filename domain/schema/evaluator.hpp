#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/schema/node.hpp"
#include "domain/schema/schema.hpp"

namespace confman::schema {

// The way from the root of a value to a part of it, kept on the stack.
struct ValuePath {
  const ValuePath* up = nullptr;
  std::string_view name;                             // of a member, or
  std::size_t index = static_cast<std::size_t>(-1);  // of an element

  ValuePath() = default;
  ValuePath(const ValuePath& from, std::string_view member) : up(&from), name(member) {}
  ValuePath(const ValuePath& from, std::size_t element) : up(&from), index(element) {}
  std::string pointer() const;
};

// Which elements or members of a value were evaluated, for unevaluatedItems and -Properties.
class Seen {
 public:
  explicit Seen(std::size_t size) : words_((size + 63) / 64) {}
  void mark(std::size_t i) { words_[i / 64] |= std::uint64_t{1} << (i % 64); }
  bool has(std::size_t i) const { return (words_[i / 64] >> (i % 64) & 1) != 0; }
  void mark_all() {
    for (std::uint64_t& word : words_) word = ~std::uint64_t{0};
  }
  void merge(const Seen& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
  }

 private:
  std::vector<std::uint64_t> words_;
};

// Holds one value to a compiled schema. Without a report it ends at the first violation; with one
// it goes on and gathers. Recursion is bounded by kMaxEvaluationDepth. Once trouble() is set,
// answers mean nothing and the rest is done in no time.
class Evaluator {
 public:
  Evaluator(const Compiled& schema, const Budget& budget)
      : schema_(schema), steps_(budget.steps), violations_(budget.violations) {}

  bool evaluate(NodeId node, const json::Value& value, std::vector<Violation>* report);

  const std::optional<TooComplex>& trouble() const { return trouble_; }
  std::size_t steps_left() const { return steps_; }

 private:
  using Value = json::Value;

  bool visit(NodeId id, const Value& value, const ValuePath& path, Seen* seen);
  bool visit_inside(const Node& node, const Value& value, const ValuePath& path, Seen* seen);
  // Without a word of what is wrong; what was seen counts if it is valid.
  bool quietly(NodeId id, const Value& value, const ValuePath& path, Seen* seen);

  bool has_type(const Node& node, const Value& value) const;
  bool check_values(const Node& node, const Value& value, const ValuePath& path);
  bool check_number(const Node& node, const Value& value, const ValuePath& path);
  bool check_string(const Node& node, const Value& value, const ValuePath& path);

  bool check_array(const Node& node, const Value& value, const ValuePath& path, Seen* seen);
  bool check_contained(const Node& node, const Value& value, const ValuePath& path, Seen* seen);
  bool check_unique(const Node& node, const Value& value, const ValuePath& path);
  bool check_object(const Node& node, const Value& value, const ValuePath& path, Seen* seen);
  bool check_members(const Node& node, const Value& value, const ValuePath& path, Seen* seen);
  bool check_required(const Node& node, const Value& value, const ValuePath& path);
  bool check_dependencies(const Node& node, const Value& value, const ValuePath& path, Seen* seen);

  bool check_in_place(const Node& node, const Value& value, const ValuePath& path, Seen* seen);
  bool check_branches(const Node& node, const Value& value, const ValuePath& path, Seen* seen);
  bool check_condition(const Node& node, const Value& value, const ValuePath& path, Seen* seen);
  bool check_unevaluated(const Node& node, const Value& value, const ValuePath& path, Seen& seen);
  NodeId target_of(const DynamicRef& reference) const;

  bool matches(const Pattern& pattern, std::string_view text);
  bool is_one_of(const Value& value, const Value::Array& values);
  bool equal(const Value& a, const Value& b);
  // False: nothing is left, or enough violations are reported.
  bool spend(std::size_t steps);
  bool give_up(TooComplex why);
  // Always false.
  bool report(const Node& node, std::string_view keyword, const ValuePath& path,
              std::string expected, std::string found);
  // Whether somebody wants to hear more after a violation.
  bool goes_on() const { return report_ != nullptr && !stopped_; }

  const Compiled& schema_;
  std::size_t steps_;
  const std::size_t violations_;
  std::size_t depth_ = 0;
  bool stopped_ = false;
  std::vector<Violation>* report_ = nullptr;
  std::vector<ResourceId> scope_;  // the dynamic scope, where there are dynamic references
  std::optional<TooComplex> trouble_;
};

}  // namespace confman::schema
