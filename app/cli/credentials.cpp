#include "app/cli/credentials.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "app/cli/failure.hpp"
#include "domain/access/api_key.hpp"

namespace confman::cli {
namespace {

std::string checked(std::string key, const std::string& origin) {
  if (domain::is_api_key(key)) return key;
  throw Failure(kUsage, origin +
                            " holds no API key: one has the form cfm_ and 72 hexadecimal "
                            "digits, the last eight of which fit the others.");
}

std::string find_api_key() {
  if (const char* given = std::getenv("CONFMAN_API_KEY"); given != nullptr && *given != '\0') {
    return checked(given, "CONFMAN_API_KEY");
  }
  std::ifstream file(api_key_file());
  std::string key;
  if (!file || !(file >> key)) return {};
  return checked(std::move(key), api_key_file());
}

// While it lives a terminal doesn't show what is typed.
class Unseen {
 public:
  Unseen() : is_terminal_(::tcgetattr(STDIN_FILENO, &before_) == 0) {
    if (!is_terminal_) return;
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    std::fputs("API key: ", stderr);
  }
  ~Unseen() {
    if (!is_terminal_) return;
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    std::fputs("\n", stderr);
  }
  Unseen(const Unseen&) = delete;
  Unseen& operator=(const Unseen&) = delete;

 private:
  termios before_{};
  const bool is_terminal_;
};

[[noreturn]] void not_kept(const std::string& file) {
  throw Failure(kIo, "can't write " + file + ": " + std::strerror(errno) + ".");
}

}  // namespace

const std::string& api_key() {
  static const std::string key = find_api_key();
  return key;
}

std::string api_key_file() {
  const char* config = std::getenv("XDG_CONFIG_HOME");
  const char* home = std::getenv("HOME");
  const std::string base = config != nullptr && *config != '\0' ? config
                           : home != nullptr                    ? std::string(home) + "/.config"
                                                                : std::string(".");
  return base + "/confman/api-key";
}

void keep_api_key(const std::string& key) {
  const std::string file = api_key_file();
  std::error_code failed;
  std::filesystem::create_directories(std::filesystem::path(file).parent_path(), failed);
  const std::string part = file + ".part";
  const int to = ::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (to < 0) not_kept(part);
  const std::string line = key + "\n";
  const bool written = ::write(to, line.data(), line.size()) == static_cast<ssize_t>(line.size()) &&
                       ::fsync(to) == 0;
  if (!written) not_kept(part);
  ::close(to);
  if (std::rename(part.c_str(), file.c_str()) != 0) not_kept(file);
}

bool forget_api_key() {
  if (std::remove(api_key_file().c_str()) == 0) return true;
  if (errno != ENOENT) not_kept(api_key_file());
  return false;
}

std::string read_api_key() {
  std::string line;
  {
    const Unseen unseen;
    std::getline(std::cin, line);
  }
  while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
  return checked(std::move(line), "standard input");
}

}  // namespace confman::cli
