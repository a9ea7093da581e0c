#include "adapters/log/repeat_filter.hpp"

#include <utility>

namespace confman::log {

std::optional<std::uint64_t> RepeatFilter::tell(Time now, std::string_view kind) {
  auto it = kinds_.find(kind);
  if (it == kinds_.end() && kinds_.size() >= kMaxKinds) {
    std::erase_if(kinds_, [&](const auto& entry) {
      return entry.second.left_out == 0 && now - entry.second.told >= kPause;
    });
  }
  if (it == kinds_.end() && kinds_.size() >= kMaxKinds) it = kinds_.find(kind = "");
  if (it == kinds_.end()) {
    kinds_.emplace(kind, Kind{.told = now});
    return 0;
  }
  Kind& known = it->second;
  if (now - known.told < kPause) {
    ++known.left_out;
    return std::nullopt;
  }
  known.told = now;
  return std::exchange(known.left_out, 0);
}

std::vector<RepeatFilter::LeftOut> RepeatFilter::take_left_out(Time now) {
  std::vector<LeftOut> result;
  for (auto it = kinds_.begin(); it != kinds_.end();) {
    if (now - it->second.told < kPause) {
      ++it;
      continue;
    }
    if (it->second.left_out > 0) result.push_back({it->first, it->second.left_out});
    it = kinds_.erase(it);
  }
  return result;
}

}  // namespace confman::log
