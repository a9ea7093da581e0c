#pragma once

#include <cstdio>
#include <cstdlib>
#include <gtest/gtest.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace confman::sqlite {

// The sqlite3 shell with an open read transaction. Ends with the object.
class OutsideReader {
 public:
  static bool is_installed() {
    return std::system("sqlite3 --version >/dev/null 2>&1") == 0;  // NOLINT(cert-env33-c)
  }

  OutsideReader(const std::string& file, const std::string& table)
      : select_("SELECT * FROM " + table + ";") {
    int in[2];
    int out[2];
    EXPECT_EQ(::pipe(in) + ::pipe(out), 0);
    child_ = ::fork();
    if (child_ == 0) {
      ::dup2(in[0], STDIN_FILENO);
      ::dup2(out[1], STDOUT_FILENO);
      for (const int fd : {in[0], in[1], out[0], out[1]}) ::close(fd);
      ::execlp("sqlite3", "sqlite3", "-readonly", file.c_str(), nullptr);
      _exit(127);
    }
    ::close(in[0]);
    ::close(out[1]);
    to_ = ::fdopen(in[1], "w");
    from_ = ::fdopen(out[0], "r");
    before_ = ask("BEGIN; " + select_);
    EXPECT_FALSE(before_.empty()) << "the shell reads nothing";
  }
  ~OutsideReader() { finish(); }
  OutsideReader(const OutsideReader&) = delete;
  OutsideReader& operator=(const OutsideReader&) = delete;

  // Whether it sees the same at the end of its transaction as at the beginning.
  bool finish() {
    if (child_ > 0) {
      saw_the_same_ = ask(select_) == before_;
      std::fclose(to_);
      std::fclose(from_);
      int status = 0;
      ::waitpid(child_, &status, 0);
      saw_the_same_ = saw_the_same_ && WIFEXITED(status) && WEXITSTATUS(status) == 0;
      child_ = -1;
    }
    return saw_the_same_;
  }

 private:
  std::string ask(const std::string& sql) {
    std::fputs((sql + " SELECT 'that was it';\n").c_str(), to_);
    std::fflush(to_);
    std::string out;
    char line[256];
    while (std::fgets(line, sizeof line, from_) != nullptr &&
           line != std::string("that was it\n")) {
      out += line;
    }
    return out;
  }

  const std::string select_;
  pid_t child_ = -1;
  std::FILE* to_ = nullptr;
  std::FILE* from_ = nullptr;
  std::string before_;
  bool saw_the_same_ = false;
};

}  // namespace confman::sqlite
