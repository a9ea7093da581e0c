#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>

// Regular expressions, as the validator asks for them: ECMA-262 with flag "u", found anywhere in a
// text of UTF-8. A port, because no engine belongs into a pure layer. An implementation matches in
// time linear in the text, whatever the pattern, and refuses what it can't match so.
namespace confman::schema {

enum class PatternFaultKind : std::uint8_t {
  Bad,          // no regular expression at all
  Unsupported,  // one, but it needs more than linear time: a backreference, lookaround
  TooComplex,   // one that would take too much memory or time
};

struct PatternFault {
  PatternFaultKind kind{};
  std::string reason;  // "a backreference", "a class that isn't closed"
};

// Immutable; may be used by several threads at once.
class Pattern {
 public:
  virtual ~Pattern() = default;
  // `text` is UTF-8.
  virtual bool is_found_in(std::string_view text) const = 0;
  // How large the compiled pattern is: what a byte of text costs at worst, in units of the engine.
  virtual std::size_t size() const = 0;
};

class PatternCompiler {
 public:
  virtual ~PatternCompiler() = default;
  virtual std::expected<std::shared_ptr<const Pattern>, PatternFault> compile(
      std::string_view pattern) const = 0;
  // Whether this is an expression of ECMA-262, matched or not: what the format "regex" asks.
  virtual bool is_expression(std::string_view text) const = 0;
};

}  // namespace confman::schema
