#include "adapters/http/date.hpp"

#include <algorithm>
#include <array>
#include <chrono>

namespace confman::http {

namespace {

constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

void append_digits(std::string& out, unsigned number, unsigned width) {
  std::array<char, 4> digits{};
  for (unsigned i = width; i-- > 0; number /= 10) digits[i] = static_cast<char>('0' + number % 10);
  out.append(digits.data(), width);
}

std::int64_t system_seconds() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(now).count();
}

}  // namespace

std::string http_date(std::int64_t unix_seconds) {
  constexpr std::int64_t kDaySeconds = 24 * 60 * 60;
  constexpr std::int64_t kEndOfYear9999 = 253'402'300'799;
  unix_seconds = std::clamp<std::int64_t>(unix_seconds, 0, kEndOfYear9999);
  const std::chrono::sys_days day{std::chrono::days{unix_seconds / kDaySeconds}};
  const std::chrono::year_month_day date{day};
  const auto in_day = static_cast<unsigned>(unix_seconds % kDaySeconds);
  std::string out;
  out.append(kDays[std::chrono::weekday{day}.c_encoding()]).append(", ");
  append_digits(out, static_cast<unsigned>(date.day()), 2);
  out.append(" ").append(kMonths[static_cast<unsigned>(date.month()) - 1]).append(" ");
  append_digits(out, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  append_digits(out.append(" "), in_day / 3600, 2);
  append_digits(out.append(":"), in_day / 60 % 60, 2);
  append_digits(out.append(":"), in_day % 60, 2);
  return out.append(" GMT");
}

DateClock::DateClock() : DateClock(system_seconds) {}

std::string_view DateClock::now() {
  const std::int64_t second = source_();
  if (second != second_) {
    second_ = second;
    text_ = http_date(second);
  }
  return text_;
}

}  // namespace confman::http
