#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace confman::sim {

// The numbers of an operation as a recording has them: one line, a column each, the same for all
// kinds. A kind uses some of them; the others are plain. New columns come at the end.
enum class Column : std::uint8_t {
  Request,
  Logical,
  Client,
  Kind,
  Namespace,
  Key,
  Value,
  Precondition,
  Version,
  Idempotency,
  Forward,
  Stale,
  MinTerm,
  MinIndex,
  MaxStaleness,
  After,
  Limit,
  Timeout,
  Flags,  // bits, each kind its own
  Filter,
  AfterNamespace,  // of a cursor: the namespace's number + 1; 0: none
  AfterKey,
  // Of operations on the past: moments (past.hpp).
  FromTerm,
  FromIndex,
  FromMs,
  ToTerm,
  ToIndex,
  ToMs,
  ApiKey,  // what it comes with (sim/workload/names.hpp)
};
inline constexpr std::size_t kColumns = static_cast<std::size_t>(Column::ApiKey) + 1;
// Recordings of earlier builds end there.
inline constexpr std::size_t kFirstColumns = static_cast<std::size_t>(Column::Timeout) + 1;

struct ColumnSpec {
  std::string_view name;
  std::int64_t plain = 0;
  bool is_signed = false;
};
inline constexpr std::array<ColumnSpec, kColumns> kColumnSpecs = {{
    {"request"},
    {"logical"},
    {"client"},
    {"kind"},
    {"namespace"},
    {"key"},
    {"value"},
    {"precondition"},
    {"version"},
    {"idempotency"},
    {"forward", 1},
    {"stale"},
    {"min_term"},
    {"min_index"},
    {"max_staleness_us", -1, true},
    {"after", -1, true},
    {"limit", 0, true},
    {"timeout_us", 0, true},
    {"flags"},
    {"filter"},
    {"after_namespace"},
    {"after_key"},
    {"from_term"},
    {"from_index"},
    {"from_ms", -1, true},
    {"to_term"},
    {"to_index"},
    {"to_ms", -1, true},
    {"api_key"},
}};

// Signed numbers in two's complement.
class OpRow {
 public:
  OpRow() {
    for (std::size_t i = 0; i < kColumns; ++i) numbers_[i] = plain_of(i);
  }
  std::uint64_t& operator[](Column column) { return numbers_[static_cast<std::size_t>(column)]; }
  std::uint64_t operator[](Column column) const {
    return numbers_[static_cast<std::size_t>(column)];
  }
  void make_plain(Column column) { (*this)[column] = plain_of(static_cast<std::size_t>(column)); }
  // The numbers in the order of the columns.
  const std::array<std::uint64_t, kColumns>& numbers() const { return numbers_; }

  friend bool operator==(const OpRow&, const OpRow&) = default;

 private:
  static std::uint64_t plain_of(std::size_t column) {
    return static_cast<std::uint64_t>(kColumnSpecs[column].plain);
  }
  std::array<std::uint64_t, kColumns> numbers_;
};

}  // namespace confman::sim
