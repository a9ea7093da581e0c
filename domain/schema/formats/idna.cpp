#include "domain/schema/formats/idna.hpp"

#include <algorithm>
#include <cstddef>

#include "domain/schema/formats/idna_table.hpp"

namespace confman::schema {
namespace {

using namespace idna;

// None: the code point can't stand in a label.
Traits traits_of(char32_t c) {
  const auto table = ranges();
  const auto behind = std::ranges::upper_bound(table, c, {}, &Range::first);
  if (behind == table.begin()) return 0;
  const Range& range = *(behind - 1);
  return c <= range.last ? range.traits : 0;
}

bool has(char32_t c, Traits traits) {
  return (traits_of(c) & traits) != 0;
}

// RFC 5892, A.1: joins what stands around it, over what is transparent.
bool may_not_join_at(std::u32string_view label, std::size_t at) {
  std::size_t before = at;
  while (before > 0 && has(label[before - 1], kTransparent)) --before;
  if (before == 0 || !has(label[before - 1], kJoinsLeft)) return false;
  std::size_t behind = at + 1;
  while (behind < label.size() && has(label[behind], kTransparent)) ++behind;
  return behind < label.size() && has(label[behind], kJoinsRight);
}

bool none_between(std::u32string_view label, char32_t first, char32_t last) {
  return std::ranges::none_of(label, [&](char32_t c) { return c >= first && c <= last; });
}

// RFC 5892, appendix A: code points that need others beside them.
bool fits_its_context(std::u32string_view label, std::size_t at) {
  const char32_t before = at > 0 ? label[at - 1] : 0;
  const char32_t behind = at + 1 < label.size() ? label[at + 1] : 0;
  const char32_t c = label[at];
  switch (c) {
    case 0x200c:  // zero width non-joiner
      return has(before, kVirama) || may_not_join_at(label, at);
    case 0x200d:  // zero width joiner
      return has(before, kVirama);
    case 0xb7:  // middle dot
      return before == 'l' && behind == 'l';
    case 0x375:  // Greek keraia
      return has(behind, kGreek);
    case 0x5f3:  // Hebrew geresh and gershayim
    case 0x5f4:
      return has(before, kHebrew);
    case 0x30fb:  // Katakana middle dot
      return std::ranges::any_of(label, [](char32_t other) {
        return other != 0x30fb && has(other, kHiragana | kKatakana | kHan);
      });
    default:
      break;
  }
  if (c >= 0x660 && c <= 0x669) return none_between(label, 0x6f0, 0x6f9);
  if (c >= 0x6f0 && c <= 0x6f9) return none_between(label, 0x660, 0x669);
  return true;
}

}  // namespace

bool is_unicode_label(std::u32string_view label) {
  if (label.empty() || label.front() == '-' || label.back() == '-') return false;
  if (label.size() >= 4 && label[2] == '-' && label[3] == '-') return false;
  if (has(label.front(), kMark)) return false;
  for (std::size_t i = 0; i < label.size(); ++i) {
    if (traits_of(label[i]) == 0 || !fits_its_context(label, i)) return false;
  }
  return true;
}

bool is_right_to_left(std::u32string_view label) {
  return std::ranges::any_of(label, [](char32_t c) { return has(c, kR | kAL | kAN); });
}

// RFC 5893, section 2.
bool keeps_bidi_rule(std::u32string_view label) {
  std::size_t end = label.size();
  while (end > 0 && has(label[end - 1], kNSM)) --end;
  if (end == 0) return false;
  const bool right_to_left = has(label.front(), kR | kAL);
  if (!right_to_left && !has(label.front(), kL)) return false;
  const Traits common = kEN | kES | kCS | kET | kON | kBN | kNSM;
  const Traits allowed = common | (right_to_left ? kR | kAL | kAN : kL);
  const Traits last = kEN | (right_to_left ? kR | kAL | kAN : kL);
  if (!std::ranges::all_of(label, [&](char32_t c) { return has(c, allowed); })) return false;
  if (!has(label[end - 1], last)) return false;
  const auto any = [&](Traits traits) {
    return std::ranges::any_of(label, [&](char32_t c) { return has(c, traits); });
  };
  return !right_to_left || !any(kEN) || !any(kAN);
}

}  // namespace confman::schema
