#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "domain/base/bytes.hpp"
#include "domain/limits.hpp"

// A strict reader of JSON texts (RFC 8259, with the demands of I-JSON, RFC 7493): UTF-8 without a
// byte order mark, no duplicate names, no lone surrogates, only numbers that a double can hold.
// Bounded by kMaxJson… of limits.hpp before anything is built, in memory that depends on these
// bounds only.
namespace confman::json {

enum class FaultKind : std::uint8_t {
  EmptyBody,  // nothing but white space
  BomNotAllowed,
  InvalidUtf8,
  ControlCharacter,  // raw in a string
  UnterminatedString,
  BadEscape,
  LoneSurrogate,
  UnexpectedEnd,
  TrailingContent,
  TrailingComma,
  CommentsNotAllowed,
  ExpectedValue,
  ExpectedStringKey,
  ExpectedColon,
  ExpectedComma,  // or the end of the array or object
  BadNumber,
  LeadingZero,
  NumberTooLong,
  NumberOutOfRange,
  NumberUnderflow,
  DuplicateKey,
  NulInKey,
  KeyTooLong,
  TooDeep,
  TooManyNodes,
  TooManyMembers,
};
// Stable snake_case code, for instance "trailing_comma".
std::string_view code_of(FaultKind kind);

struct Fault {
  FaultKind kind{};
  std::size_t offset{};  // in bytes, of the first that can't be
  std::size_t line = 1;
  std::size_t column = 1;  // in characters
  std::string pointer;     // RFC 6901, of the value that holds the fault; "" is the whole text

  friend bool operator==(const Fault&, const Fault&) = default;
};

// Sees the text in order. Views die with the call; strings and names come with escapes resolved,
// numbers as they are written. What was seen before a fault is not to be used.
class Visitor {
 public:
  virtual ~Visitor() = default;
  virtual void begin_object() = 0;
  virtual void name(std::string_view name) = 0;
  virtual void end_object() = 0;
  virtual void begin_array() = 0;
  virtual void end_array() = 0;
  virtual void string(std::string_view text) = 0;
  virtual void number(std::string_view text) = 0;
  virtual void boolean(bool value) = 0;
  virtual void null() = 0;
};

// For who only wants to know whether there is a fault.
class NullVisitor final : public Visitor {
 public:
  void begin_object() override {}
  void name(std::string_view) override {}
  void end_object() override {}
  void begin_array() override {}
  void end_array() override {}
  void string(std::string_view) override {}
  void number(std::string_view) override {}
  void boolean(bool) override {}
  void null() override {}
};

// What is taken of others, unless somebody has a reason to take more: a document that holds values
// is larger than each of them.
struct Limits {
  std::size_t depth = domain::kMaxJsonDepth;
  std::size_t nodes = domain::kMaxJsonNodes;
};

// A member of the outermost object whose text is wanted as it stands.
struct RawMember {
  std::string_view name;
  std::optional<ByteView> text;  // of its value; nothing: there is no such member
};

// Of `raw`, if it is given, the visitor isn't told what an array or object holds, but a null.
std::expected<void, Fault> read(ByteView text, Visitor& visitor, const Limits& limits = {},
                                RawMember* raw = nullptr);

}  // namespace confman::json
