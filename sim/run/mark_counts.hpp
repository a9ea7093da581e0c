#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "domain/base/marks.hpp"

namespace confman::sim {

// How often each mark of the program was passed (domain/base/marks.hpp). Not thread-safe: one for
// each thread, added up.
class MarkCounts final : public MarkSink {
 public:
  MarkCounts() : counts_(all_marks().size()) {}

  void hit(const MarkSite& site) override { ++counts_[index_of(site)]; }
  void add(const MarkCounts& other);

  std::uint64_t of(const MarkSite& site) const { return counts_[index_of(site)]; }
  std::size_t never() const;
  // A line for each: those that were passed, the rarest first, then those that never were, with the
  // place where they stand.
  std::string report() const;

 private:
  static std::size_t index_of(const MarkSite& site) {
    return static_cast<std::size_t>(&site - all_marks().data());
  }

  std::vector<std::uint64_t> counts_;  // in the order of all_marks()
};

}  // namespace confman::sim
