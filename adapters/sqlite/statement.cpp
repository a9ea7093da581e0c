#include "adapters/sqlite/statement.hpp"

#include <sqlite3.h>

#include "domain/base/assert.hpp"

namespace confman::sqlite {
namespace {

void check_bound(int result) {
  // Too big and out of range are bugs: every value has passed a limit long before.
  CONFMAN_ASSERT(result == SQLITE_OK, "Every bound value fits its parameter.");
}

}  // namespace

void Statement::Finalizer::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

void Statement::bind(int parameter, std::int64_t value) {
  check_bound(sqlite3_bind_int64(statement_.get(), parameter, value));
}

void Statement::bind_text(int parameter, ByteView text) {
  // A null pointer would bind NULL.
  const char* data = text.data() == nullptr ? "" : text.data();
  check_bound(sqlite3_bind_text64(statement_.get(), parameter, data, text.size(), SQLITE_STATIC,
                                  SQLITE_UTF8));
}

void Statement::bind_blob(int parameter, ByteView blob) {
  const char* data = blob.data() == nullptr ? "" : blob.data();
  check_bound(sqlite3_bind_blob64(statement_.get(), parameter, data, blob.size(), SQLITE_STATIC));
}

void Statement::bind_null(int parameter) {
  check_bound(sqlite3_bind_null(statement_.get(), parameter));
}

SqliteError Statement::last_error() const {
  return error_of(sqlite3_db_handle(statement_.get()), nullptr);
}

std::expected<bool, SqliteError> Statement::step() {
  const int result = sqlite3_step(statement_.get());
  if (result == SQLITE_ROW || result == SQLITE_DONE) {
    return result == SQLITE_ROW;
  }
  return std::unexpected(last_error());
}

bool Statement::must_step() {
  auto row = step();
  if (!row) {
    die(*fatal_, to_fatal(sqlite3_db_handle(statement_.get()), row.error()));
  }
  return *row;
}

void Statement::must_run() {
  const bool row = must_step();
  CONFMAN_ASSERT(!row, "A statement that is only run gives no rows.");
  reset();
}

// The result of a reset repeats the error of the step before, which has been dealt with.
void Statement::reset() {
  sqlite3_reset(statement_.get());
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

std::int64_t Statement::number(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

ByteView Statement::bytes(int column) const {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_.get(), column));
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return data == nullptr ? ByteView{} : ByteView{data, static_cast<std::size_t>(size)};
}

}  // namespace confman::sqlite
