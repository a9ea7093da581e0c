#include "domain/snapshot/row.hpp"

#include "domain/catalogue.hpp"

namespace confman::domain {
namespace {

template <class Described>
bool is_row_of(ByteView key, ByteView value) {
  using Row = Described::Row;
  const auto parsed = keys::parse_key<typename Described::Key>(key);
  if (!parsed) return false;
  if constexpr (std::is_same_v<Row, KeyAlone>) {
    return value.empty() && Described::fits(*parsed, Row{});
  } else {
    const auto row = decode_record<Row>(value);
    return row && Described::fits(*parsed, *row);
  }
}

}  // namespace

bool is_row(Table table, ByteView key, ByteView value) {
  return with_table(table,
                    [&](auto tag) { return is_row_of<typename decltype(tag)::type>(key, value); });
}

}  // namespace confman::domain
