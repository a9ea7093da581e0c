#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

// Files of JSON lines, an event of the audit trail each.
namespace confman::cli {

// An event's texts are bounded; in JSON each of their bytes may take six.
inline constexpr std::size_t kMaxTrailLineBytes = 64 * 1024;

// Calls on_line(text, number, whether a line break ends it) for each line, until it says false; of
// a line that is too long with what fits. Throws Failure: kNoInput, kIo.
void read_lines(
    const std::string& path,
    const std::function<bool(std::string_view text, std::size_t number, bool whole)>& on_line);

// A file that an export is written to, behind what it has; "-" is standard output. One program at a
// time. Throws Failure.
class TrailFile {
 public:
  explicit TrailFile(const std::string& path);
  ~TrailFile();
  TrailFile(const TrailFile&) = delete;
  TrailFile& operator=(const TrailFile&) = delete;

  // The last lines, oldest first: at least one; none: there is none in the file. A line that was
  // cut off behind them is cut away, with a note. Throws Failure(kData) for a file that doesn't end
  // like an export.
  std::vector<std::string> last_lines();
  // Whole lines.
  void append(std::string_view lines);
  // All that was appended is on the disk from then on.
  void sync();

 private:
  std::string path_;
  int descriptor_ = -1;  // of standard output: none
};

}  // namespace confman::cli
