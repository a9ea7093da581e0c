#pragma once

#include <cstdint>
#include <expected>
#include <memory>

#include "adapters/sqlite/connection.hpp"
#include "domain/base/bytes.hpp"

namespace confman::sqlite {

// A prepared statement. Bound bytes are not copied: they must live until reset(). Bytes read from a
// column die with the next step(). Parameters count from 1, columns from 0.
class Statement {
 public:
  Statement() = default;
  Statement(sqlite3_stmt* statement, const FatalHandler& fatal)
      : statement_(statement), fatal_(&fatal) {}

  void bind(int parameter, std::int64_t value);
  void bind(int parameter, std::uint64_t value) {
    bind(parameter, static_cast<std::int64_t>(value));
  }
  void bind_text(int parameter, ByteView text);
  void bind_blob(int parameter, ByteView blob);
  void bind_null(int parameter);

  // True: there is a row.
  std::expected<bool, SqliteError> step();
  // The same; a failure ends the process.
  bool must_step();
  // Runs a statement that gives no rows, and makes it ready for the next run.
  void must_run();
  void reset();

  bool is_null(int column) const;
  std::int64_t number(int column) const;
  std::uint64_t unsigned_number(int column) const {
    return static_cast<std::uint64_t>(number(column));
  }
  // Text or blob.
  ByteView bytes(int column) const;

  explicit operator bool() const { return statement_ != nullptr; }

 private:
  struct Finalizer {
    void operator()(sqlite3_stmt* statement) const;
  };
  SqliteError last_error() const;

  std::unique_ptr<sqlite3_stmt, Finalizer> statement_;
  const FatalHandler* fatal_ = nullptr;  // the connection's
};

}  // namespace confman::sqlite
