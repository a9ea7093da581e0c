#include "sim/run/mark_counts.hpp"

#include <algorithm>
#include <string_view>

namespace confman::sim {
namespace {

// Its folder, file and line, wherever the sources were built.
std::string place_of(const MarkSite& site) {
  std::string_view file = site.file;
  const std::size_t name = file.rfind('/');
  const std::size_t folder = name == std::string_view::npos ? name : file.rfind('/', name - 1);
  if (folder != std::string_view::npos) file.remove_prefix(folder + 1);
  return std::string(file) + ":" + std::to_string(site.line);
}

}  // namespace

void MarkCounts::add(const MarkCounts& other) {
  for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
}

std::size_t MarkCounts::never() const {
  return static_cast<std::size_t>(std::ranges::count(counts_, 0U));
}

std::string MarkCounts::report() const {
  std::vector<const MarkSite*> sites;
  for (const MarkSite& site : all_marks()) sites.push_back(&site);
  std::ranges::sort(sites, {}, [this](const MarkSite* site) {
    const std::uint64_t count = of(*site);
    return std::pair(count == 0 ? UINT64_MAX : count, std::string_view(site->sentence));
  });
  std::string text;
  for (const MarkSite* site : sites) {
    const std::uint64_t count = of(*site);
    const std::string number = count == 0 ? "never" : std::to_string(count);
    text += "mark " + std::string(number.size() < 10 ? 10 - number.size() : 0, ' ') + number +
            "  " + site->sentence + (count == 0 ? "  (" + place_of(*site) + ")" : "") + "\n";
  }
  return text;
}

}  // namespace confman::sim
