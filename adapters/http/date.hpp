#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace confman::http {

// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 §5.6.7). Times before 1970 or after 9999 are clamped.
std::string http_date(std::int64_t unix_seconds);

// What the Date header says: rendered once for each second in which it is asked for. Not
// thread-safe: each I/O thread has its own.
class DateClock {
 public:
  // Seconds since 1970, UTC.
  using Source = std::function<std::int64_t()>;

  DateClock();  // the system's clock
  explicit DateClock(Source source) : source_(std::move(source)) {}

  // Good until the next call.
  std::string_view now();

 private:
  Source source_;
  std::optional<std::int64_t> second_;  // of the text
  std::string text_;
};

}  // namespace confman::http
