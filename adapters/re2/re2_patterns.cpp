#include "adapters/re2/re2_patterns.hpp"

#include <re2/re2.h>

#include "adapters/re2/ecma_pattern.hpp"

namespace confman::re2 {
namespace {

using schema::PatternFault;
using schema::PatternFaultKind;

class Re2Pattern final : public schema::Pattern {
 public:
  Re2Pattern(const std::string& text, const RE2::Options& options) : re_(text, options) {}

  bool is_found_in(std::string_view text) const override {
    const ::re2::StringPiece piece(text.data(), text.size());
    return re_.Match(piece, 0, text.size(), RE2::UNANCHORED, nullptr, 0);
  }
  std::size_t size() const override { return static_cast<std::size_t>(re_.ProgramSize()); }

  const RE2& re() const { return re_; }

 private:
  RE2 re_;
};

RE2::Options options() {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kMaxPatternMemory);
  options.set_never_capture(true);
  return options;
}

}  // namespace

std::expected<std::shared_ptr<const schema::Pattern>, PatternFault> Re2Patterns::compile(
    std::string_view text) const {
  const auto translated = translate_ecma(text);
  if (!translated) return std::unexpected(translated.error());
  auto pattern = std::make_shared<Re2Pattern>(*translated, options());
  if (!pattern->re().ok()) {
    const bool large = pattern->re().error_code() == RE2::ErrorPatternTooLarge ||
                       pattern->re().error_code() == RE2::ErrorRepeatSize;
    // The translation is well-formed: what RE2 doesn't know then are names of Unicode's.
    return std::unexpected(
        PatternFault{large ? PatternFaultKind::TooComplex : PatternFaultKind::Unsupported,
                     pattern->re().error()});
  }
  if (pattern->size() > kMaxProgramSize) {
    return std::unexpected(PatternFault{PatternFaultKind::TooComplex,
                                        std::to_string(pattern->size()) + " instructions, where " +
                                            std::to_string(kMaxProgramSize) + " are allowed"});
  }
  return pattern;
}

bool Re2Patterns::is_expression(std::string_view text) const {
  const auto translated = translate_ecma(text);
  return translated || translated.error().kind != PatternFaultKind::Bad;
}

}  // namespace confman::re2
