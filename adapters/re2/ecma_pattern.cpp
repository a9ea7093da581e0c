#include "adapters/re2/ecma_pattern.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "adapters/re2/ecma_scanner.hpp"
#include "adapters/re2/unicode_property.hpp"

namespace confman::re2 {
namespace {

using schema::PatternFault;
using schema::PatternFaultKind;

constexpr std::size_t kMaxGroupDepth = 64;
constexpr std::size_t kMaxRepetition = 1000;  // RE2's own

constexpr std::string_view kSpace =
    "\\t\\n\\v\\f\\r \\x{A0}\\x{1680}\\x{2000}-\\x{200A}\\x{2028}\\x{2029}\\x{202F}\\x{205F}"
    "\\x{3000}\\x{FEFF}";
constexpr std::string_view kNoSpace =
    "\\x00-\\x08\\x0e-\\x1f\\x21-\\x{9F}\\x{A1}-\\x{167F}\\x{1681}-\\x{1FFF}\\x{200B}-\\x{2027}"
    "\\x{202A}-\\x{202E}\\x{2030}-\\x{205E}\\x{2060}-\\x{2FFF}\\x{3001}-\\x{FEFE}\\x{FF00}-"
    "\\x{10FFFF}";
constexpr std::string_view kNothing = "[^\\x00-\\x{10FFFF}]";
constexpr std::string_view kAnything = "[\\x00-\\x{10FFFF}]";
constexpr std::string_view kDot = "[^\\n\\r\\x{2028}\\x{2029}]";

std::string by_number(char32_t c) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string hex;
  for (; c != 0 || hex.empty(); c >>= 4) hex.insert(hex.begin(), kDigits[c & 0xf]);
  return "\\x{" + hex + "}";
}

// A character, or a set of them such as \d, as it stands in a class.
struct ClassPart {
  std::optional<char32_t> character;
  std::string set;
};

// Recursive descent over the grammar of ECMA-262, 22.2.1; the depth of groups is bounded. Functions
// that answer false have set the fault.
class Translator : EcmaScanner {
 public:
  explicit Translator(std::string_view text) : EcmaScanner(text) {}

  std::expected<std::string, PatternFault> run() {
    if (disjunction() && at_ < text_.size()) bad("a ) without (");
    if (!fault_ && last_backreference_ > groups_) bad("a reference to a group that isn't there");
    if (!fault_ && needs_named_group_ && names_.empty()) bad("a reference to no group");
    if (!fault_ && !unsupported_.empty()) {
      fault_ = PatternFault{PatternFaultKind::Unsupported, unsupported_};
    }
    if (fault_) return std::unexpected(*fault_);
    return out_;
  }

 private:
  bool disjunction() {
    while (true) {
      while (at_ < text_.size() && peek() != '|' && peek() != ')') {
        if (!term()) return false;
      }
      if (!accept('|')) return true;
      out_ += '|';
    }
  }

  bool term() {
    const char32_t c = text_[at_++];
    switch (c) {
      case '^':
      case '$':
        out_ += static_cast<char>(c);
        return true;
      case '(':
        return group();
      case '[':
        return char_class() && quantifier();
      case '.':
        out_ += kDot;
        return quantifier();
      case '\\':
        return escape();
      case '*':
      case '+':
      case '?':
        return bad("nothing to repeat");
      case ']':
      case '{':
      case '}':
        return bad("a bracket that isn't escaped");
      default:
        literal(c);
        return quantifier();
    }
  }

  bool group() {
    if (++depth_ > kMaxGroupDepth) return too_complex("groups that lie too deep in each other");
    bool repeats = true;
    if (accept("?=") || accept("?!")) {
      unsupported("lookahead");
      repeats = false;
    } else if (accept("?<=") || accept("?<!")) {
      unsupported("lookbehind");
      repeats = false;
    } else if (accept("?<")) {
      if (!group_name()) return false;
      ++groups_;
    } else if (!accept("?:")) {
      if (peek() == '?') return bad("a group that starts with (?");
      ++groups_;
    }
    out_ += "(?:";
    if (!disjunction()) return false;
    if (!accept(')')) return bad("a group that isn't closed");
    out_ += ')';
    --depth_;
    return !repeats || quantifier();
  }

  bool group_name() {
    std::u32string name;
    while (at_ < text_.size() && peek() != '>') name += text_[at_++];
    const bool well_formed =
        !name.empty() && !is_digit(name.front()) && std::ranges::all_of(name, [](char32_t c) {
          return is_letter(c) || is_digit(c) || c == '_' || c == '$' || c >= 0x80;
        });
    if (!well_formed || !accept('>')) return bad("a name of a group that is none");
    if (std::ranges::find(names_, name) != names_.end()) return bad("two groups of one name");
    names_.push_back(std::move(name));
    return true;
  }

  bool quantifier() {
    if (accept('*')) {
      out_ += '*';
    } else if (accept('+')) {
      out_ += '+';
    } else if (accept('?')) {
      out_ += '?';
    } else if (peek() == '{') {
      if (!repetition()) return false;
    } else {
      return true;
    }
    if (accept('?')) out_ += '?';
    return true;
  }

  bool repetition() {
    constexpr std::string_view kWrong = "a repetition that isn't {n}, {n,} or {n,m}";
    ++at_;
    const auto least = decimal();
    if (!least) return bad(kWrong);
    std::optional<std::size_t> most = least;
    const bool has_comma = accept(',');
    if (has_comma) most = decimal();
    if (!accept('}')) return bad(kWrong);
    if (most && *most < *least) return bad("a repetition with its numbers out of order");
    if (std::max(*least, most.value_or(0)) > kMaxRepetition) {
      return too_complex("a repetition of more than 1000");
    }
    out_ += '{' + std::to_string(*least);
    if (has_comma) out_ += ',';
    if (has_comma && most) out_ += std::to_string(*most);
    out_ += '}';
    return true;
  }

  // What stands behind a backslash outside of a class.
  bool escape() {
    if (at_ == text_.size()) return bad("a \\ at the end");
    const char32_t c = peek();
    if (c == 'b' || c == 'B') {
      ++at_;
      out_ += c == 'b' ? "\\b" : "\\B";
      return true;
    }
    if (c >= '1' && c <= '9') {
      const std::size_t number = *decimal();
      last_backreference_ = std::max(last_backreference_, number);
      unsupported("backreference");
      return quantifier();
    }
    if (c == 'k') {
      ++at_;
      if (!accept('<')) return bad("a \\k without a name");
      while (at_ < text_.size() && peek() != '>') ++at_;
      if (!accept('>')) return bad("a \\k without a name");
      needs_named_group_ = true;
      unsupported("backreference");
      return quantifier();
    }
    ClassPart part;
    if (!class_escape(part)) return false;
    if (part.character) {
      literal(*part.character);
    } else {
      out_ += '[' + part.set + ']';
    }
    return quantifier();
  }

  bool char_class() {
    const bool negated = accept('^');
    std::string sets;
    while (!accept(']')) {
      ClassPart first;
      if (!class_part(first)) return false;
      if (peek() != '-' || peek(1) == ']') {
        sets += first.character ? by_number(*first.character) : first.set;
        continue;
      }
      ++at_;
      ClassPart last;
      if (!class_part(last)) return false;
      if (!first.character || !last.character) return bad("a range that ends in a class");
      if (*first.character > *last.character) return bad("a range out of order");
      sets += by_number(*first.character) + "-" + by_number(*last.character);
    }
    if (sets.empty()) {
      out_ += negated ? kAnything : kNothing;
    } else {
      out_ += (negated ? "[^" : "[") + sets + ']';
    }
    return true;
  }

  bool class_part(ClassPart& part) {
    if (at_ == text_.size()) return bad("a class that isn't closed");
    if (!accept('\\')) {
      part.character = text_[at_++];
      return true;
    }
    if (at_ == text_.size()) return bad("a \\ at the end");
    if (accept('b')) {
      part.character = 8;
      return true;
    }
    return class_escape(part);
  }

  // What may stand behind a backslash in a class, too.
  bool class_escape(ClassPart& part) {
    const char32_t c = text_[at_++];
    switch (c) {
      case 'd':
        part.set = "0-9";
        return true;
      case 'D':
        part.set = "\\D";
        return true;
      case 'w':
        part.set = "0-9A-Za-z_";
        return true;
      case 'W':
        part.set = "\\W";
        return true;
      case 's':
        part.set = kSpace;
        return true;
      case 'S':
        part.set = kNoSpace;
        return true;
      case 'p':
      case 'P':
        return property(c == 'P', part);
      case 'c':
        if (!is_letter(peek())) return bad("a \\c without a letter");
        part.character = text_[at_++] & 0x1f;
        return true;
      case 'x': {
        const auto code = hex(2);
        if (!code) return bad("a \\x without two hexadecimal digits");
        part.character = code;
        return true;
      }
      case 'u':
        return unicode_escape(part);
      case '0':
        if (is_digit(peek())) return bad("an octal escape");
        part.character = 0;
        return true;
      default:
        return single_escape(c, part);
    }
  }

  bool single_escape(char32_t c, ClassPart& part) {
    constexpr std::array<std::pair<char32_t, char32_t>, 5> kControls{
        {{'f', '\f'}, {'n', '\n'}, {'r', '\r'}, {'t', '\t'}, {'v', '\v'}}};
    for (const auto& [letter, meaning] : kControls) {
      if (c != letter) continue;
      part.character = meaning;
      return true;
    }
    if (c < 0x21 || c >= 0x7f || is_letter(c) || is_digit(c)) return bad("an unknown escape");
    part.character = c;
    return true;
  }

  bool unicode_escape(ClassPart& part) {
    constexpr std::string_view kWrong = "a \\u that isn't \\uXXXX or \\u{X…}";
    if (accept('{')) {
      char32_t code = 0;
      std::size_t digits = 0;
      for (; peek() != '}'; ++digits) {
        const auto digit = hex(1);
        if (!digit || code > 0x10ffff) return bad(kWrong);
        code = code * 16 + *digit;
      }
      ++at_;
      if (digits == 0 || code > 0x10ffff) return bad(kWrong);
      part.character = code;
      return true;
    }
    const auto first = hex(4);
    if (!first) return bad(kWrong);
    part.character = first;
    if (*first < 0xd800 || *first > 0xdbff || peek() != '\\' || peek(1) != 'u') return true;
    const std::size_t behind = at_;
    at_ += 2;
    const auto second = hex(4);
    if (second && *second >= 0xdc00 && *second <= 0xdfff) {
      part.character = 0x10000 + ((*first - 0xd800) << 10) + (*second - 0xdc00);
    } else {
      at_ = behind;
    }
    return true;
  }

  bool property(bool negated, ClassPart& part) {
    if (!accept('{')) return bad("a \\p without a name in braces");
    std::string name;
    while (at_ < text_.size() && peek() != '}') {
      const char32_t c = text_[at_++];
      if (!is_letter(c) && !is_digit(c) && c != '_' && c != '=') return bad("a \\p without a name");
      name += static_cast<char>(c);
    }
    if (name.empty() || !accept('}')) return bad("a \\p without a name in braces");
    part.set = property_set(name, negated);
    if (part.set.empty()) unsupported("\\p{" + name + "}");
    return true;
  }

  void literal(char32_t c) {
    if (is_letter(c) || is_digit(c)) {
      out_ += static_cast<char>(c);
    } else {
      out_ += by_number(c);
    }
  }

  bool bad(std::string_view reason) {
    if (!fault_) fault_ = PatternFault{PatternFaultKind::Bad, std::string(reason)};
    return false;
  }
  bool too_complex(std::string_view reason) {
    if (!fault_) fault_ = PatternFault{PatternFaultKind::TooComplex, std::string(reason)};
    return false;
  }
  // Goes on, to learn whether the rest is well-formed.
  void unsupported(std::string_view what) {
    if (unsupported_.empty()) unsupported_ = what;
  }

  std::string out_;
  std::size_t depth_ = 0;
  std::size_t groups_ = 0;
  std::size_t last_backreference_ = 0;
  bool needs_named_group_ = false;
  std::vector<std::u32string> names_;
  std::string unsupported_;
  std::optional<PatternFault> fault_;
};

}  // namespace

std::expected<std::string, PatternFault> translate_ecma(std::string_view pattern) {
  return Translator(pattern).run();
}

}  // namespace confman::re2
