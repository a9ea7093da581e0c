#pragma once

#include <cstddef>

#include "domain/schema/pattern.hpp"

namespace confman::re2 {

// RE2's limits, beside that of a pattern's text (domain/schema/bounds.hpp).
inline constexpr std::size_t kMaxProgramSize = 8'000;  // instructions
// Of each pattern: two thirds for its program, the rest for what matching learns of texts.
inline constexpr std::size_t kMaxPatternMemory = 512 * 1024;

// Patterns by RE2. ECMA-262 is translated to what RE2 reads; lookaround, backreferences and
// repetitions over 1,000 are refused. RE2's log is off: what it would say is in the fault.
class Re2Patterns final : public schema::PatternCompiler {
 public:
  std::expected<std::shared_ptr<const schema::Pattern>, schema::PatternFault> compile(
      std::string_view pattern) const override;
  bool is_expression(std::string_view text) const override;
};

}  // namespace confman::re2
