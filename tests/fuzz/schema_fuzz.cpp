#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "adapters/re2/re2_patterns.hpp"
#include "domain/base/assert.hpp"
#include "domain/schema/schema.hpp"

using namespace confman;

// A schema, and behind the first line feed a value (without one, the schema itself). Whatever
// compiles validates within its bounds, and twice the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto patterns = std::make_shared<re2::Re2Patterns>();
  const std::string_view all{reinterpret_cast<const char*>(data), size};
  const std::string_view text = all.substr(0, all.find('\n'));
  const auto document = json::parse(text);
  if (!document) return 0;
  const auto value =
      text.size() < all.size() ? json::parse(all.substr(text.size() + 1)) : json::parse(text);
  const schema::Budget budget{.steps = 20'000, .violations = 10};
  for (const schema::Draft draft : {schema::Draft::Draft7, schema::Draft::Draft2020}) {
    for (const bool governed : {false, true}) {
      const schema::CompileOptions options{
          .draft = draft, .assert_formats = governed, .governed = governed};
      const auto compiled = schema::compile(*document, options, patterns);
      if (!compiled) {
        CONFMAN_ASSERT(!code_of(compiled.error().kind).empty(), "A fault has no code.");
        continue;
      }
      if (!value) continue;
      const auto first = schema::validate(*compiled, *value, budget);
      const auto second = schema::validate(*compiled, *value, budget);
      CONFMAN_ASSERT(first.has_value() == second.has_value(), "Two validations differ.");
      if (first) {
        CONFMAN_ASSERT(first->size() == second->size(), "Two validations differ in violations.");
        CONFMAN_ASSERT(first->size() <= budget.violations, "A validation has too many violations.");
      }
      (void)schema::marks_of(*compiled, *value, budget);
    }
  }
  return 0;
}
