#include "app/cli/trail_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

#include "app/cli/failure.hpp"
#include "app/cli/output.hpp"

namespace confman::cli {
namespace {

// How every record starts, so that a file of something else isn't cut.
constexpr std::string_view kRecordStarts[] = {"{\"revision\":", "{\"withheld\":"};

class Descriptor {
 public:
  explicit Descriptor(int descriptor) : descriptor_(descriptor) {}
  ~Descriptor() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

[[noreturn]] void fail(const std::string& what, const std::string& path) {
  const int status = errno == ENOENT ? kNoInput : kIo;
  throw Failure(status, "cannot " + what + " " + path + ": " + std::strerror(errno));
}

bool may_start_a_record(std::string_view text) {
  return std::ranges::any_of(kRecordStarts, [text](std::string_view start) {
    return text.starts_with(start) || start.starts_with(text);
  });
}

// Each of them ends with a line break.
std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  return lines;
}

}  // namespace

void read_lines(const std::string& path,
                const std::function<bool(std::string_view, std::size_t, bool)>& on_line) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) fail("open", path);
  std::vector<char> buffer(256 * 1024);
  std::string line;
  std::size_t number = 1;
  while (true) {
    const ssize_t got = ::read(file.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail("read", path);
    if (got == 0) break;
    std::string_view rest(buffer.data(), static_cast<std::size_t>(got));
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      const std::size_t room =
          kMaxTrailLineBytes + 1 - std::min(line.size(), kMaxTrailLineBytes + 1);
      line.append(rest.substr(0, std::min(end, room)));
      if (end == rest.size()) break;
      if (!on_line(line, number++, true)) return;
      line.clear();
      rest.remove_prefix(end + 1);
    }
  }
  if (!line.empty()) on_line(line, number, false);
}

TrailFile::TrailFile(const std::string& path) : path_(path) {
  if (path == "-") return;
  descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (descriptor_ < 0) fail("open", path);
  struct stat status{};
  const bool is_file = ::fstat(descriptor_, &status) == 0 && S_ISREG(status.st_mode);
  const bool locked = is_file && ::flock(descriptor_, LOCK_EX | LOCK_NB) == 0;
  if (locked) return;
  ::close(descriptor_);
  if (!is_file) throw Failure(kUsage, path + " isn't a file; - is standard output.");
  throw Failure(kTemporary, "another program is writing to " + path + ".");
}

TrailFile::~TrailFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::vector<std::string> TrailFile::last_lines() {
  if (descriptor_ < 0) return {};
  const off_t size = ::lseek(descriptor_, 0, SEEK_END);
  if (size < 0) fail("read", path_);
  // The last line, and one that was cut off behind it.
  const auto length = std::min(static_cast<std::size_t>(size), 2 * kMaxTrailLineBytes + 2);
  std::string tail(length, '\0');
  for (std::size_t at = 0; at < length;) {
    const off_t from = size - static_cast<off_t>(length) + static_cast<off_t>(at);
    const ssize_t got = ::pread(descriptor_, tail.data() + at, length - at, from);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail("read", path_);
    if (got == 0) throw Failure(kIo, path_ + " became shorter while it was read.");
    at += static_cast<std::size_t>(got);
  }
  const std::size_t last_break = tail.rfind('\n');
  const std::size_t whole = last_break == tail.npos ? 0 : last_break + 1;
  const std::string_view cut = std::string_view(tail).substr(whole);
  std::vector<std::string> lines = lines_of(std::string_view(tail).substr(0, whole));
  // The first of more than one may have begun before what was read.
  if (static_cast<off_t>(length) < size && lines.size() > 1) lines.erase(lines.begin());
  if (!may_start_a_record(lines.empty() ? "" : lines.back()) || !may_start_a_record(cut) ||
      cut.size() > kMaxTrailLineBytes) {
    throw Failure(kData, path_ + " doesn't end like an export of the audit trail.");
  }
  if (!cut.empty()) {
    note("the last line of " + path_ + " was cut off, and is written again.");
    if (::ftruncate(descriptor_, size - static_cast<off_t>(cut.size())) != 0) fail("cut", path_);
  }
  return lines;
}

void TrailFile::append(std::string_view lines) {
  if (descriptor_ < 0) return print(lines);
  while (!lines.empty()) {
    const ssize_t done = ::write(descriptor_, lines.data(), lines.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) fail("write", path_);
    lines.remove_prefix(static_cast<std::size_t>(done));
  }
}

void TrailFile::sync() {
  if (descriptor_ < 0) return flush_output();
  if (::fsync(descriptor_) != 0) fail("sync", path_);
}

}  // namespace confman::cli
