#include "domain/json/reader.hpp"

#include <algorithm>
#include <deque>
#include <list>
#include <optional>
#include <set>
#include <utility>

#include "domain/base/utf8.hpp"
#include "domain/json/number.hpp"
#include "domain/json/pointer.hpp"

namespace confman::json {
namespace {

using domain::kMaxJsonMembers;
using domain::kMaxJsonNameBytes;

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

// One array or object that isn't closed yet.
struct Level {
  bool is_object = false;
  std::size_t index = 0;             // of the current element
  std::string_view name;             // of the current member
  std::set<std::string_view> names;  // ordered: nobody can choose names that collide
  std::list<std::string> unescaped;  // where names don't stand in the text as they are
};

// Recursive descent; the recursion is bounded by the depth allowed. The first fault ends
// everything: each function returns false then.
class Reader {
 public:
  Reader(std::string_view text, Visitor& visitor, const Limits& limits, RawMember* raw)
      : text_(text), visitor_(&visitor), limits_(limits), raw_(raw) {}

  std::expected<void, Fault> run() {
    if (whole_text()) return {};
    return std::unexpected(located());
  }

 private:
  bool whole_text() {
    if (text_.starts_with(kByteOrderMark)) return fail(FaultKind::BomNotAllowed);
    if (!skip_space()) return false;
    if (at_end()) return fail(FaultKind::EmptyBody, 0);
    if (!value()) return false;
    if (!skip_space()) return false;
    return at_end() || fail(FaultKind::TrailingContent);
  }

  bool value() {
    if (at_end()) return fail(FaultKind::UnexpectedEnd);
    if (++nodes_ > limits_.nodes) return fail(FaultKind::TooManyNodes);
    switch (text_[at_]) {
      case '{':
        return object();
      case '[':
        return array();
      case '"':
        return string_value();
      case 't':
        return literal("true") && (visitor_->boolean(true), true);
      case 'f':
        return literal("false") && (visitor_->boolean(false), true);
      case 'n':
        return literal("null") && (visitor_->null(), true);
      default:
        return number();
    }
  }

  bool object() {
    if (!open(true)) return false;
    visitor_->begin_object();
    if (!skip_space()) return false;
    if (!accept('}')) {
      do {
        if (!member()) return false;
      } while (accept(','));
      if (!close('}')) return false;
    }
    levels_.pop_back();
    visitor_->end_object();
    return true;
  }

  bool member() {
    if (!skip_space()) return false;
    if (at_end()) return fail(FaultKind::UnexpectedEnd);
    const std::size_t start = at_;
    if (text_[at_] == '}') return fail(FaultKind::TrailingComma);
    if (text_[at_] != '"') return fail(FaultKind::ExpectedStringKey);
    if (levels_.back().names.size() == kMaxJsonMembers) return fail(FaultKind::TooManyMembers);
    const auto name = string();
    if (!name) return false;
    if (!take_name(*name, start)) return false;
    visitor_->name(levels_.back().name);
    if (!skip_space()) return false;
    if (at_end()) return fail(FaultKind::UnexpectedEnd);
    if (!accept(':')) return fail(FaultKind::ExpectedColon);
    if (!skip_space()) return false;
    const bool raw = raw_ != nullptr && levels_.size() == 1 && levels_.back().name == raw_->name;
    return (raw ? raw_value() : value()) && skip_space();
  }

  bool raw_value() {
    const std::size_t start = at_;
    const bool told = at_end() || (text_[at_] != '{' && text_[at_] != '[');
    NullVisitor nobody;
    Visitor* const visitor = std::exchange(visitor_, told ? visitor_ : &nobody);
    const bool ok = value();
    visitor_ = visitor;
    if (!ok) return false;
    if (!told) visitor_->null();
    raw_->text = text_.substr(start, at_ - start);
    return true;
  }

  bool take_name(std::string_view name, std::size_t start) {
    if (name.size() > kMaxJsonNameBytes) return fail(FaultKind::KeyTooLong, start);
    if (name.contains('\0')) return fail(FaultKind::NulInKey, start);
    Level& level = levels_.back();
    if (name.data() == scratch_.data()) name = level.unescaped.emplace_back(name);
    level.name = name;
    return level.names.insert(name).second || fail(FaultKind::DuplicateKey, start);
  }

  bool array() {
    if (!open(false)) return false;
    visitor_->begin_array();
    if (!skip_space()) return false;
    if (!accept(']')) {
      do {
        if (!element()) return false;
      } while (accept(','));
      if (!close(']')) return false;
    }
    levels_.pop_back();
    visitor_->end_array();
    return true;
  }

  bool element() {
    if (!skip_space()) return false;
    const bool first = levels_.back().index == 0;
    if (!first && !at_end() && text_[at_] == ']') return fail(FaultKind::TrailingComma);
    if (!value() || !skip_space()) return false;
    ++levels_.back().index;
    return true;
  }

  bool open(bool is_object) {
    if (levels_.size() == limits_.depth) return fail(FaultKind::TooDeep);
    ++at_;
    levels_.emplace_back().is_object = is_object;
    return true;
  }

  bool close(char bracket) {
    if (accept(bracket)) return true;
    return fail(at_end() ? FaultKind::UnexpectedEnd : FaultKind::ExpectedComma);
  }

  bool literal(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return fail(FaultKind::ExpectedValue);
    at_ += word.size();
    return true;
  }

  bool number() {
    const char c = text_[at_];
    const bool starts_number = c == '-' || c == '+' || c == '.' || (c >= '0' && c <= '9');
    if (!starts_number) return fail(FaultKind::ExpectedValue);
    const auto size = scan_number(text_.substr(at_));
    if (!size) return fail(size.error().kind, at_ + size.error().offset);
    visitor_->number(text_.substr(at_, *size));
    at_ += *size;
    return true;
  }

  bool string_value() {
    const auto text = string();
    if (text) visitor_->string(*text);
    return text.has_value();
  }

  // The string that starts here, behind which the reader then stands: a piece of the text, or
  // scratch_ where escapes had to be resolved.
  std::optional<std::string_view> string() {
    const std::size_t start = ++at_;
    bool escaped = false;
    while (true) {
      const std::size_t run = at_;
      if (!skip_plain_characters()) return std::nullopt;
      if (escaped) scratch_.append(text_, run, at_ - run);
      if (text_[at_] == '"') break;
      if (!escaped) scratch_.assign(text_, start, at_ - start);
      escaped = true;
      if (!escape()) return std::nullopt;
    }
    const std::string_view plain = text_.substr(start, at_ - start);
    ++at_;
    return escaped ? std::string_view(scratch_) : plain;
  }

  // Up to the next quote or backslash.
  bool skip_plain_characters() {
    while (!at_end()) {
      const auto c = static_cast<unsigned char>(text_[at_]);
      if (c == '"' || c == '\\') return true;
      if (c < 0x20) return fail(FaultKind::ControlCharacter);
      if (c < 0x80) {
        ++at_;
        continue;
      }
      const Utf8Char character = first_utf8_char(text_.substr(at_));
      if (character.size == 0) return fail(FaultKind::InvalidUtf8);
      at_ += character.size;
    }
    return fail(FaultKind::UnterminatedString);
  }

  bool escape() {
    const std::size_t start = at_++;
    if (at_end()) return fail(FaultKind::UnterminatedString);
    constexpr std::string_view kLetters = "\"\\/bfnrt";
    constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    const char letter = text_[at_++];
    if (letter == 'u') return unicode_escape(start);
    const std::size_t which = kLetters.find(letter);
    if (which == kLetters.npos) return fail(FaultKind::BadEscape, start);
    scratch_.push_back(kMeanings[which]);
    return true;
  }

  bool unicode_escape(std::size_t start) {
    const auto first = four_hex_digits();
    if (!first) return fail(FaultKind::BadEscape, start);
    char32_t code = *first;
    if (code >= 0xdc00 && code <= 0xdfff) return fail(FaultKind::LoneSurrogate, start);
    if (code >= 0xd800 && code <= 0xdbff) {
      if (!text_.substr(at_).starts_with("\\u")) return fail(FaultKind::LoneSurrogate, start);
      const std::size_t second_start = at_;
      at_ += 2;
      const auto second = four_hex_digits();
      if (!second) return fail(FaultKind::BadEscape, second_start);
      if (*second < 0xdc00 || *second > 0xdfff) return fail(FaultKind::LoneSurrogate, start);
      code = 0x10000 + ((code - 0xd800) << 10) + (*second - 0xdc00);
    }
    append_utf8(scratch_, code);
    return true;
  }

  std::optional<char32_t> four_hex_digits() {
    char32_t code = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
      if (at_end()) return std::nullopt;
      const char c = text_[at_];
      char32_t digit = 0;
      if (c >= '0' && c <= '9') {
        digit = static_cast<char32_t>(c - '0');
      } else if (c >= 'a' && c <= 'f') {
        digit = static_cast<char32_t>(c - 'a' + 10);
      } else if (c >= 'A' && c <= 'F') {
        digit = static_cast<char32_t>(c - 'A' + 10);
      } else {
        return std::nullopt;
      }
      code = code * 16 + digit;
    }
    return code;
  }

  bool skip_space() {
    const auto is_space = [](char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; };
    while (!at_end() && is_space(text_[at_])) ++at_;
    if (!at_end() && text_[at_] == '/') return fail(FaultKind::CommentsNotAllowed);
    return true;
  }

  bool accept(char c) {
    const bool here = !at_end() && text_[at_] == c;
    at_ += here ? 1 : 0;
    return here;
  }

  bool at_end() const { return at_ == text_.size(); }

  bool fail(FaultKind kind) { return fail(kind, at_); }
  bool fail(FaultKind kind, std::size_t offset) {
    fault_ = {kind, offset};
    return false;
  }

  Fault located() const {
    Fault fault{fault_.kind, fault_.offset, 1, 1, {}};
    const std::string_view before = text_.substr(0, fault_.offset);
    fault.line += static_cast<std::size_t>(std::ranges::count(before, '\n'));
    const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
    const auto starts_character = [](char c) { return (c & 0xc0) != 0x80; };
    fault.column += static_cast<std::size_t>(
        std::ranges::count_if(before.substr(line_start), starts_character));
    for (const Level& level : levels_) {
      if (level.is_object && level.names.empty()) break;  // no member has begun
      append_to_pointer(fault.pointer, level.is_object ? level.name : std::to_string(level.index));
    }
    return fault;
  }

  struct Where {
    FaultKind kind{};
    std::size_t offset{};
  };

  std::string_view text_;
  Visitor* visitor_;
  const Limits limits_;
  RawMember* const raw_;
  std::size_t at_ = 0;
  std::size_t nodes_ = 0;
  std::deque<Level> levels_;  // never moves a level: its names point into its own strings
  std::string scratch_;
  Where fault_;
};

}  // namespace

std::expected<void, Fault> read(ByteView text, Visitor& visitor, const Limits& limits,
                                RawMember* raw) {
  return Reader(text, visitor, limits, raw).run();
}

}  // namespace confman::json
