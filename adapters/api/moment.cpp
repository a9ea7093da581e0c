#include "adapters/api/moment.hpp"

#include <chrono>

#include "domain/model/revision.hpp"

namespace confman::api {
namespace {

// Takes what a text begins with. After the first that isn't there nothing is taken any more.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  unsigned digits(std::size_t count) {
    unsigned number = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const char c = next();
      ok_ = ok_ && c >= '0' && c <= '9';
      number = number * 10 + static_cast<unsigned>(c - '0');
    }
    return ok_ ? number : 0;
  }
  void one_of(std::string_view characters) { ok_ = ok_ && characters.contains(next()); }
  char peek() const { return rest_.empty() ? '\0' : rest_.front(); }
  char next() {
    const char c = peek();
    if (!rest_.empty()) rest_.remove_prefix(1);
    return c;
  }
  bool is_digit_next() const { return peek() >= '0' && peek() <= '9'; }
  void expect(bool holds) { ok_ = ok_ && holds; }
  bool whole() const { return ok_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

// ".25" → 250; what isn't there is 0.
unsigned read_fraction(Reader& in) {
  if (in.peek() != '.') return 0;
  in.next();
  in.expect(in.is_digit_next());
  unsigned ms = 0;
  for (unsigned scale = 100; in.is_digit_next(); scale /= 10) ms += scale * in.digits(1);
  return ms;
}

// In minutes.
int read_offset(Reader& in) {
  const char sign = in.next();
  if (sign == 'Z' || sign == 'z') return 0;
  in.expect(sign == '+' || sign == '-');
  const unsigned hours = in.digits(2);
  in.one_of(":");
  const unsigned minutes = in.digits(2);
  in.expect(hours < 24 && minutes < 60);
  const int offset = static_cast<int>(hours * 60 + minutes);
  return sign == '-' ? -offset : offset;
}

}  // namespace

std::optional<std::int64_t> parse_rfc3339(std::string_view text) {
  Reader in(text);
  const std::chrono::year year(static_cast<int>(in.digits(4)));
  in.one_of("-");
  const std::chrono::month month(in.digits(2));
  in.one_of("-");
  const std::chrono::year_month_day date(year, month, std::chrono::day(in.digits(2)));
  in.one_of("Tt");
  const unsigned hour = in.digits(2);
  in.one_of(":");
  const unsigned minute = in.digits(2);
  in.one_of(":");
  const unsigned second = in.digits(2);
  const unsigned fraction = read_fraction(in);
  const int offset = read_offset(in);
  in.expect(date.ok() && hour < 24 && minute < 60 && second < 60);
  if (!in.whole()) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  const std::int64_t minutes = (days * 24 + hour) * 60 + minute - offset;
  const std::int64_t ms = (minutes * 60 + second) * 1000 + fraction;
  return ms < 0 ? std::nullopt : std::optional(ms);
}

std::optional<domain::AsOf> parse_moment(std::string_view text) {
  if (const auto revision = domain::parse_revision(text)) {
    return domain::AsOf{.revision = *revision, .wall_ms = std::nullopt};
  }
  const auto wall_ms = parse_rfc3339(text);
  if (!wall_ms) return std::nullopt;
  return domain::AsOf{.revision = {}, .wall_ms = *wall_ms};
}

}  // namespace confman::api
