#include "tests/chaos/figures.hpp"

#include <algorithm>

namespace confman::chaos {
namespace {

constexpr Moment kSecond = 1'000'000'000;
constexpr Moment kGap = kSecond / 2;
constexpr Moment kAftermath = 2 * kSecond;

void count(const std::vector<sim::OpRecord>& operations, const Timeline::Data& timeline,
           Figures& figures) {
  figures.seconds.resize((timeline.end - timeline.begin) / kSecond + 1);
  for (const sim::OpRecord& op : operations) {
    ++figures.operations;
    if (op.returned < timeline.begin || op.returned > timeline.end) continue;
    Second& second = figures.seconds[(op.returned - timeline.begin) / kSecond];
    switch (op.outcome) {
      case sim::Outcome::Done:
        ++(op.is_read() ? figures.reads_done : figures.writes_acknowledged);
        ++(op.is_read() ? second.reads : second.writes);
        break;
      case sim::Outcome::Refused:
        ++figures.refused;
        break;
      case sim::Outcome::NotDone:
        ++figures.not_done;
        ++second.failed;
        break;
      case sim::Outcome::Unknown:
        ++figures.unknown;
        ++second.failed;
        break;
    }
  }
}

std::vector<Gap> gaps_between(std::vector<Moment> moments, const Timeline::Data& timeline) {
  std::erase_if(moments, [&](Moment m) { return m < timeline.begin || m > timeline.end; });
  moments.insert(moments.end(), {timeline.begin, timeline.end});
  std::ranges::sort(moments);
  std::vector<Gap> gaps;
  for (std::size_t i = 1; i < moments.size(); ++i) gaps.push_back({moments[i - 1], moments[i]});
  return gaps;
}

std::vector<Gap> long_ones(std::vector<Gap> gaps) {
  std::erase_if(gaps, [](const Gap& gap) { return gap.length() < kGap; });
  return gaps;
}

bool near(const FaultSpan& fault, const Gap& gap) {
  return fault.from < gap.to && gap.from < fault.to + kAftermath;
}

}  // namespace

Figures figures_of(const std::vector<sim::OpRecord>& operations,
                   const std::vector<std::vector<Moment>>& beats, const Timeline::Data& timeline) {
  Figures figures;
  count(operations, timeline, figures);
  std::vector<Moment> all;
  for (const auto& of_node : beats) {
    all.insert(all.end(), of_node.begin(), of_node.end());
    figures.gaps_of_nodes.push_back(long_ones(gaps_between(of_node, timeline)));
  }
  for (const FaultSpan& fault : timeline.faults) ++figures.kinds[fault.kind].times;
  const auto gaps = gaps_between(std::move(all), timeline);
  figures.gaps = long_ones(gaps);
  for (const Gap& gap : gaps) {
    if (gap.length() > figures.longest.length()) figures.longest = gap;
    const auto close = [&](const FaultSpan& fault) { return near(fault, gap); };
    const bool alone = std::ranges::count_if(timeline.faults, close) == 1;
    for (const FaultSpan& fault : timeline.faults) {
      if (!near(fault, gap)) continue;
      KindFigures& kind = figures.kinds[fault.kind];
      kind.longest_gap = std::max(kind.longest_gap, gap.length());
      if (alone) kind.longest_gap_alone = std::max(kind.longest_gap_alone, gap.length());
    }
  }
  return figures;
}

}  // namespace confman::chaos
