#include <algorithm>

#include "domain/schema/describe.hpp"
#include "domain/schema/evaluator.hpp"
#include "domain/schema/node.hpp"
#include "domain/schema/schema.hpp"

namespace confman::schema {
namespace {

bool is_within(std::string_view pointer, std::string_view of) {
  return pointer.starts_with(of) && (pointer.size() == of.size() || pointer[of.size()] == '/');
}

// Where marks can't be told all values are secrets.
void hide_secrets(const CompiledSchema& schema, const json::Value& value, const Budget& budget,
                  std::vector<Violation>& violations) {
  const auto marks = marks_of(schema, value, budget);
  for (Violation& violation : violations) {
    const bool secret = !marks || std::ranges::any_of(*marks, [&](const Mark& mark) {
      return mark.encrypted && is_within(violation.instance, mark.instance);
    });
    if (secret) violation.found = "a value that isn't shown";
  }
}

}  // namespace

std::expected<std::vector<Violation>, TooComplex> validate(const CompiledSchema& schema,
                                                           const json::Value& value,
                                                           const Budget& budget,
                                                           std::size_t* taken) {
  Evaluator evaluator(schema.compiled(), budget);
  const bool valid = evaluator.evaluate(0, value, nullptr);
  if (taken != nullptr) *taken = budget.steps - evaluator.steps_left();
  if (evaluator.trouble()) return std::unexpected(*evaluator.trouble());
  std::vector<Violation> violations;
  if (valid) return violations;
  // Once more, to say what is wrong. To go on behind the first violation may cost more than there
  // is: what was found by then is still true.
  Evaluator reporter(schema.compiled(), budget);
  reporter.evaluate(0, value, &violations);
  if (taken != nullptr) *taken += budget.steps - reporter.steps_left();
  if (violations.empty()) return std::unexpected(reporter.trouble().value_or(TooComplex::Steps));
  if (schema.has_marks()) hide_secrets(schema, value, budget, violations);
  return violations;
}

}  // namespace confman::schema
