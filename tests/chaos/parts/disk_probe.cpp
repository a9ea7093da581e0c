// Does to files of a folder what its arguments say, and is killed: a node in small.
//
//   write FILE OFFSET TEXT | truncate FILE SIZE | sync FILE | rename FROM TO | remove FILE |
//   sync-folder
//
// Exit status 74 when a call fails. With "try" in front of a step its failure is ignored.

#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <map>
#include <string>
#include <unistd.h>
#include <vector>

namespace {

constexpr int kFailed = 74;

class Probe {
 public:
  explicit Probe(std::string folder) : folder_(std::move(folder)) {}

  bool step(const std::vector<std::string>& words, std::size_t& at) {
    const std::string& what = words[at++];
    if (what == "sync-folder") {
      const int fd = ::open(folder_.c_str(), O_RDONLY | O_DIRECTORY);
      const bool ok = ::fsync(fd) == 0;
      ::close(fd);
      return ok;
    }
    const std::string& name = words[at++];
    if (what == "sync") return ::fdatasync(file(name)) == 0;
    if (what == "remove") return ::unlink(path(name).c_str()) == 0;
    const std::string& first = words[at++];
    if (what == "rename") return ::rename(path(name).c_str(), path(first).c_str()) == 0;
    if (what == "truncate") return ::ftruncate(file(name), std::atol(first.c_str())) == 0;
    const std::string& text = words[at++];
    return ::pwrite(file(name), text.data(), text.size(), std::atol(first.c_str())) ==
           static_cast<ssize_t>(text.size());
  }

 private:
  std::string path(const std::string& name) const { return folder_ + "/" + name; }
  int file(const std::string& name) {
    const auto found = files_.find(name);
    if (found != files_.end()) return found->second;
    return files_[name] = ::open(path(name).c_str(), O_RDWR | O_CREAT, 0600);
  }

  const std::string folder_;
  std::map<std::string, int> files_;
};

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 2, argv + argc);
  Probe probe(argv[1]);
  for (std::size_t at = 0; at < words.size();) {
    const bool may_fail = words[at] == "try";
    if (may_fail) ++at;
    if (!probe.step(words, at) && !may_fail) return kFailed;
  }
  ::raise(SIGKILL);
}
