#pragma once

#include <array>
#include <cstdint>

#include "adapters/sqlite/statement.hpp"
#include "domain/state/store.hpp"

// Keys of the state port are byte strings; in state.db they are columns. Both order alike: names
// hold no NUL and compare bytewise (BINARY collation), numbers are non-negative.
namespace confman::sqlite {

// The values of a table's key columns. Text points into the key, or into `storage`.
struct KeyParts {
  struct Part {
    bool is_text = true;
    ByteView text;
    std::int64_t number{};
  };
  std::array<Part, 4> parts;
  std::size_t count = 0;
  Bytes storage;

  KeyParts() = default;
  KeyParts(const KeyParts&) = delete;  // views into itself
  KeyParts& operator=(const KeyParts&) = delete;

  void add(ByteView text) { parts[count++] = {true, text, 0}; }
  void add_number(std::uint64_t n) { parts[count++] = {false, {}, static_cast<std::int64_t>(n)}; }
  // Returns the number of the next parameter.
  int bind(Statement& statement, int first_parameter) const;
};

// False if `key` is none of the table's, or has a number that no row has (domain/state/store.hpp).
bool try_split_key(domain::Table table, ByteView key, KeyParts& out);
// The same for keys that are written; apply makes no others.
void split_key(domain::Table table, ByteView key, KeyParts& out);
// The same for keys that are looked up, whose numbers a client may have named. False: no row has
// it.
bool split_sought_key(domain::Table table, ByteView key, KeyParts& out);

// The key in the leading columns of the current row.
Bytes join_key(domain::Table table, const Statement& row);

// The tuple t such that a row's key is >= `bound` exactly if its columns are >= t. The bound may be
// any bytes: the prefix of a key, a key with a zero byte behind it, the end of a prefix.
void split_bound(domain::Table table, ByteView bound, KeyParts& out);

}  // namespace confman::sqlite
