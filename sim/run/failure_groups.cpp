#include "sim/run/failure_groups.hpp"

#include <algorithm>

#include "sim/run/failure_shape.hpp"

namespace confman::sim {
namespace {

std::string cut(const std::string& text, std::size_t most) {
  if (text.size() <= most) return text;
  // Not within a character of UTF-8.
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0) == 0x80) --most;
  return text.substr(0, most) + "…";
}

}  // namespace

FailureGroups::Group& FailureGroups::add(const RunResult& failed) {
  const std::string shape = shape_of(*failed.failure);
  auto found = std::ranges::find(groups_, shape, &Group::shape);
  if (found == groups_.end()) {
    groups_.push_back(
        {.shape = shape, .first = *failed.failure, .seeds = {}, .count = 0, .recordings = {}});
    found = std::prev(groups_.end());
  }
  ++found->count;
  if (found->seeds.size() < kNamed) found->seeds.push_back(failed.seed);
  return *found;
}

std::string FailureGroups::summary() const {
  std::vector<const Group*> order;
  for (const Group& group : groups_) order.push_back(&group);
  std::ranges::stable_sort(order, std::ranges::greater{}, &Group::count);
  std::string text;
  for (const Group* group : order) {
    text += std::to_string(group->count) + " x " + group->shape + " …\n    seed";
    for (std::size_t i = 0; i < group->seeds.size(); ++i) {
      text += (i == 0 ? " " : ", ") + std::to_string(group->seeds[i]);
    }
    if (group->count > group->seeds.size()) text += ", …";
    if (!group->recordings.empty()) {
      text += "; confman-sim shrink " + group->recordings.front();
    }
    text += "\n";
  }
  return text;
}

std::string line_of(const RunResult& failed, std::size_t most) {
  return "seed " + std::to_string(failed.seed) + " profile " +
         std::string(name_of(failed.profile)) + " FAILED " +
         std::string(name_of(failed.failure->kind)) + " " + failed.failure->oracle + ": " +
         cut(failed.failure->sentence, most);
}

}  // namespace confman::sim
