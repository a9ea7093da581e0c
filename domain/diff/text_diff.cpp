#include "domain/diff/text_diff.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

namespace confman::diff {
namespace {

constexpr std::size_t kContext = 3;

// With their line feeds, where they have one.
std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return lines;
}

// Lines as numbers: equal lines have equal ones.
class Numbering {
 public:
  std::vector<std::uint32_t> of(const std::vector<std::string_view>& lines) {
    std::vector<std::uint32_t> numbers;
    numbers.reserve(lines.size());
    for (const std::string_view line : lines) {
      const auto next = static_cast<std::uint32_t>(known_.size());
      numbers.push_back(known_.try_emplace(line, next).first->second);
    }
    return numbers;
  }

 private:
  std::unordered_map<std::string_view, std::uint32_t> known_;
};

// So many lines of either text, at one place of both.
struct Edit {
  std::size_t from{};  // the first removed line
  std::size_t to{};    // the first added line
  std::size_t removed{};
  std::size_t added{};
};

// The shortest way from a to b. Row d has, for each diagonal k = x - y from -d to d in steps of
// two, how far x gets with d lines removed or added.
class Search {
 public:
  Search(const std::vector<std::uint32_t>& a, const std::vector<std::uint32_t>& b,
         std::size_t steps)
      : a_(a), b_(b), steps_(steps) {}

  // From the first to the last; nothing: it takes too many steps.
  std::optional<std::vector<Edit>> run() {
    for (std::int64_t d = 0;; ++d) {
      std::vector<std::int64_t>& row = rows_.emplace_back();
      for (std::int64_t k = -d; k <= d; k += 2) {
        std::int64_t x = d == 0 ? 0 : start_on(d, k);
        while (x < size(a_) && x - k >= 0 && x - k < size(b_) && a_at(x) == b_at(x - k)) {
          ++x;
          ++taken_;
        }
        row.push_back(x);
        if (x >= size(a_) && k == size(a_) - size(b_)) return way_back(d);
        if (++taken_ > steps_) return std::nullopt;
      }
    }
  }

 private:
  static std::int64_t size(const std::vector<std::uint32_t>& lines) {
    return static_cast<std::int64_t>(lines.size());
  }
  std::uint32_t a_at(std::int64_t at) const { return a_[static_cast<std::size_t>(at)]; }
  std::uint32_t b_at(std::int64_t at) const { return b_[static_cast<std::size_t>(at)]; }
  std::int64_t reached(std::int64_t d, std::int64_t k) const {
    return rows_[static_cast<std::size_t>(d)][static_cast<std::size_t>((k + d) / 2)];
  }
  // A line was added on the way to row d and diagonal k, not removed.
  bool comes_by_adding(std::int64_t d, std::int64_t k) const {
    return k == -d || (k != d && reached(d - 1, k - 1) < reached(d - 1, k + 1));
  }
  std::int64_t start_on(std::int64_t d, std::int64_t k) const {
    return comes_by_adding(d, k) ? reached(d - 1, k + 1) : reached(d - 1, k - 1) + 1;
  }

  std::vector<Edit> way_back(std::int64_t d) const {
    std::vector<Edit> edits;
    std::int64_t k = size(a_) - size(b_);
    for (; d > 0; --d) {
      const bool adds = comes_by_adding(d, k);
      const std::int64_t before = adds ? k + 1 : k - 1;
      const std::int64_t x = reached(d - 1, before);
      const Edit edit{static_cast<std::size_t>(x), static_cast<std::size_t>(x - before),
                      adds ? 0U : 1U, adds ? 1U : 0U};
      k = before;
      const bool touches = !edits.empty() && edits.back().from == edit.from + edit.removed &&
                           edits.back().to == edit.to + edit.added;
      if (!touches) {
        edits.push_back(edit);
        continue;
      }
      Edit& next = edits.back();
      next = {edit.from, edit.to, next.removed + edit.removed, next.added + edit.added};
    }
    std::ranges::reverse(edits);
    return edits;
  }

  const std::vector<std::uint32_t>& a_;
  const std::vector<std::uint32_t>& b_;
  const std::size_t steps_;
  std::size_t taken_ = 0;
  std::vector<std::vector<std::int64_t>> rows_;
};

class Writer {
 public:
  Writer(const std::vector<std::string_view>& from, const std::vector<std::string_view>& to,
         std::size_t bytes)
      : from_(from), to_(to), bytes_(bytes) {}

  // Edits that are at most two contexts apart share a hunk.
  TextDiff write(const std::vector<Edit>& edits) {
    for (std::size_t first = 0; first < edits.size();) {
      std::size_t last = first;
      while (last + 1 < edits.size() &&
             edits[last + 1].from - (edits[last].from + edits[last].removed) <= 2 * kContext) {
        ++last;
      }
      hunk(edits, first, last);
      if (out_.size() > bytes_) return {.hunks = {}, .complete = false};
      first = last + 1;
    }
    return {.hunks = std::move(out_), .complete = true};
  }

 private:
  void hunk(const std::vector<Edit>& edits, std::size_t first, std::size_t last) {
    const Edit& begin = edits[first];
    const Edit& end = edits[last];
    const std::size_t before = std::min(kContext, begin.from);
    const std::size_t end_of_edits = end.from + end.removed;
    const std::size_t after = std::min(kContext, from_.size() - end_of_edits);
    const std::size_t from = begin.from - before;
    const std::size_t to = begin.to - before;
    out_ += "@@ -" + range(from, end_of_edits + after - from) + " +" +
            range(to, end.to + end.added + after - to) + " @@\n";
    std::size_t at = from;
    for (std::size_t i = first; i <= last; ++i) {
      const Edit& edit = edits[i];
      for (; at < edit.from; ++at) line(' ', from_[at]);
      for (; at < edit.from + edit.removed; ++at) line('-', from_[at]);
      for (std::size_t n = 0; n < edit.added; ++n) line('+', to_[edit.to + n]);
    }
    for (; at < end_of_edits + after; ++at) line(' ', from_[at]);
  }

  // Of no lines: the line before them.
  static std::string range(std::size_t first, std::size_t count) {
    const std::string number = std::to_string(count == 0 ? first : first + 1);
    return count == 1 ? number : number + "," + std::to_string(count);
  }

  void line(char mark, std::string_view text) {
    if (out_.size() > bytes_) return;
    out_.push_back(mark);
    out_.append(text);
    if (!text.ends_with('\n')) out_.append("\n\\ No newline at end of file\n");
  }

  const std::vector<std::string_view>& from_;
  const std::vector<std::string_view>& to_;
  const std::size_t bytes_;
  std::string out_;
};

}  // namespace

TextDiff unified_diff(std::string_view from, std::string_view to, const TextLimits& limits) {
  const auto from_lines = lines_of(from);
  const auto to_lines = lines_of(to);
  Numbering numbering;
  const auto edits = Search(numbering.of(from_lines), numbering.of(to_lines), limits.steps).run();
  if (!edits) return {.hunks = {}, .complete = false};
  return Writer(from_lines, to_lines, limits.bytes).write(*edits);
}

}  // namespace confman::diff
