#include <cstddef>
#include <optional>

#include "domain/schema/formats/ascii.hpp"
#include "domain/schema/formats/formats.hpp"

namespace confman::schema {
namespace {

// The number that exactly so many digits at a place make.
std::optional<int> number_at(std::string_view text, std::size_t at, std::size_t digits) {
  if (text.size() < at + digits) return std::nullopt;
  int number = 0;
  for (const char c : text.substr(at, digits)) {
    if (!is_digit(c)) return std::nullopt;
    number = number * 10 + (c - '0');
  }
  return number;
}

int days_of(int year, int month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays[month - 1];
}

// Minutes east of UTC, of "Z" or "+05:30".
std::optional<int> offset_of(std::string_view zone) {
  if (zone == "Z" || zone == "z") return 0;
  if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || zone[3] != ':') return std::nullopt;
  const auto hours = number_at(zone, 1, 2);
  const auto minutes = number_at(zone, 4, 2);
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  const int offset = *hours * 60 + *minutes;
  return zone[0] == '-' ? -offset : offset;
}

// Takes "12Y" off a duration.
bool take_unit(std::string_view& text, char unit) {
  std::size_t digits = 0;
  while (digits < text.size() && is_digit(text[digits])) ++digits;
  if (digits == 0 || digits == text.size() || text[digits] != unit) return false;
  text.remove_prefix(digits + 1);
  return true;
}

// Takes units off that follow one another without a gap: of "YMD" "1Y2M", but of "1Y2D" only "1Y".
bool take_units(std::string_view& text, std::string_view units) {
  std::size_t first = 0;
  while (first < units.size() && !take_unit(text, units[first])) ++first;
  if (first == units.size()) return false;
  while (++first < units.size() && take_unit(text, units[first])) {
  }
  return true;
}

}  // namespace

bool is_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  const auto year = number_at(text, 0, 4);
  const auto month = number_at(text, 5, 2);
  const auto day = number_at(text, 8, 2);
  return year && month && day && *month >= 1 && *month <= 12 && *day >= 1 &&
         *day <= days_of(*year, *month);
}

bool is_time(std::string_view text) {
  if (text.size() < 9 || text[2] != ':' || text[5] != ':') return false;
  const auto hour = number_at(text, 0, 2);
  const auto minute = number_at(text, 3, 2);
  const auto second = number_at(text, 6, 2);
  if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 60) return false;
  std::size_t end = 8;
  if (text[end] == '.') {
    ++end;
    while (end < text.size() && is_digit(text[end])) ++end;
    if (end == 9) return false;
  }
  const auto offset = offset_of(text.substr(end));
  if (!offset) return false;
  // A leap second is the last of a day of UTC.
  constexpr int kDay = 24 * 60;
  const int utc = ((*hour * 60 + *minute - *offset) % kDay + kDay) % kDay;
  return *second < 60 || utc == kDay - 1;
}

bool is_date_time(std::string_view text) {
  return text.size() > 11 && is_date(text.substr(0, 10)) && (text[10] == 'T' || text[10] == 't') &&
         is_time(text.substr(11));
}

bool is_duration(std::string_view text) {
  if (!text.starts_with('P')) return false;
  text.remove_prefix(1);
  std::string_view weeks = text;
  if (take_unit(weeks, 'W')) return weeks.empty();
  const bool has_date = take_units(text, "YMD");
  if (text.empty()) return has_date;
  if (!text.starts_with('T')) return false;
  text.remove_prefix(1);
  return take_units(text, "HMS") && text.empty();
}

}  // namespace confman::schema
