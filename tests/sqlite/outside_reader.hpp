#pragma once

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace confman::sqlite {

// Another process with an open read transaction, as `sqlite3 -readonly` has one between BEGIN and
// COMMIT. Ends with the object.
class OutsideReader {
 public:
  OutsideReader(const std::string& file, const std::string& table) {
    int started[2];
    int ended[2];
    EXPECT_EQ(::pipe(started) + ::pipe(ended), 0);
    child_ = ::fork();
    if (child_ == 0) {
      ::close(ended[1]);
      const bool same = read(file, table, started[1], ended[0]);
      _exit(same ? 0 : 1);
    }
    ::close(started[1]);
    ::close(ended[0]);
    char reads = 'n';
    EXPECT_EQ(::read(started[0], &reads, 1), 1);
    EXPECT_EQ(reads, 'y');
    ::close(started[0]);
    end_ = ended[1];
  }
  ~OutsideReader() { finish(); }
  OutsideReader(const OutsideReader&) = delete;
  OutsideReader& operator=(const OutsideReader&) = delete;

  // Whether it has seen the same in its transaction from the beginning to the end.
  bool finish() {
    if (child_ > 0) {
      ::close(end_);
      int status = 0;
      ::waitpid(child_, &status, 0);
      saw_the_same_ = WIFEXITED(status) && WEXITSTATUS(status) == 0;
      child_ = -1;
    }
    return saw_the_same_;
  }

 private:
  static bool read(const std::string& file, const std::string& table, int started, int ended) {
    sqlite3* db = nullptr;
    sqlite3_open_v2(file.c_str(), &db, SQLITE_OPEN_READONLY, nullptr);
    sqlite3_exec(db, "BEGIN", nullptr, nullptr, nullptr);
    const std::string before = all_of(db, table);
    [[maybe_unused]] const auto told = ::write(started, before.empty() ? "n" : "y", 1);
    char nothing = 0;
    while (::read(ended, &nothing, 1) > 0) {
    }
    const bool same = all_of(db, table) == before;
    sqlite3_close(db);
    return same;
  }
  static std::string all_of(sqlite3* db, const std::string& table) {
    std::string out;
    const auto row = [](void* text, int columns, char** values, char**) {
      for (int i = 0; i < columns; ++i) {
        *static_cast<std::string*>(text) += std::string(values[i] ? values[i] : "") + "|";
      }
      return 0;
    };
    sqlite3_exec(db, ("SELECT * FROM " + table).c_str(), row, &out, nullptr);
    return out;
  }

  pid_t child_ = -1;
  int end_ = -1;
  bool saw_the_same_ = false;
};

}  // namespace confman::sqlite
