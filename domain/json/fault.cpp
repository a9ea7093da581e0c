#include "domain/base/assert.hpp"
#include "domain/json/reader.hpp"

namespace confman::json {

std::string_view code_of(FaultKind kind) {
  switch (kind) {
    case FaultKind::EmptyBody:
      return "empty_body";
    case FaultKind::BomNotAllowed:
      return "bom_not_allowed";
    case FaultKind::InvalidUtf8:
      return "invalid_utf8";
    case FaultKind::ControlCharacter:
      return "control_character";
    case FaultKind::UnterminatedString:
      return "unterminated_string";
    case FaultKind::BadEscape:
      return "bad_escape";
    case FaultKind::LoneSurrogate:
      return "lone_surrogate";
    case FaultKind::UnexpectedEnd:
      return "unexpected_end";
    case FaultKind::TrailingContent:
      return "trailing_content";
    case FaultKind::TrailingComma:
      return "trailing_comma";
    case FaultKind::CommentsNotAllowed:
      return "comments_not_allowed";
    case FaultKind::ExpectedValue:
      return "expected_value";
    case FaultKind::ExpectedStringKey:
      return "expected_string_key";
    case FaultKind::ExpectedColon:
      return "expected_colon";
    case FaultKind::ExpectedComma:
      return "expected_comma";
    case FaultKind::BadNumber:
      return "bad_number";
    case FaultKind::LeadingZero:
      return "leading_zero";
    case FaultKind::NumberTooLong:
      return "number_too_long";
    case FaultKind::NumberOutOfRange:
      return "number_out_of_range";
    case FaultKind::NumberUnderflow:
      return "number_underflow";
    case FaultKind::DuplicateKey:
      return "duplicate_key";
    case FaultKind::NulInKey:
      return "nul_in_key";
    case FaultKind::KeyTooLong:
      return "key_too_long";
    case FaultKind::TooDeep:
      return "too_deep";
    case FaultKind::TooManyNodes:
      return "too_many_nodes";
    case FaultKind::TooManyMembers:
      return "too_many_members";
  }
  CONFMAN_UNREACHABLE("A fault of a JSON text has no code.");
}

}  // namespace confman::json
