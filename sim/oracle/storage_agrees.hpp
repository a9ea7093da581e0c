#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "consensus/log_recovery.hpp"
#include "domain/state/store.hpp"
#include "sim/model/log_image.hpp"

// A start gives back what was written, as the model has it, on production's stores as on the model
// itself: everything that was durable is there, or is reported as lost; nothing is made up. Each
// says where the first difference is; nothing: there is none.
namespace confman::sim {

// What may have become of the disk. Where a record may be lost it may be reported as such, or
// another one may be there that is older.
struct Injury {
  bool fresh = false;                  // damaged since the last start: any record may be lost
  std::set<std::uint64_t> known_lost;  // as the last start has said, and nobody filled them in

  bool may_have_taken(std::uint64_t index) const { return fresh || known_lost.contains(index); }
};
std::string difference(const LogImage& written, const consensus::RestoredLog& found,
                       const Injury& injury);

// Row by row, of all tables.
std::string difference(const domain::StateStore& written, const domain::StateStore& found);

// Breaks off the run if there is a difference. `what` was found: "a log".
void must_agree(int node, const std::string& what, const std::string& difference);
// The same if a disk to which nothing was done doesn't let its node start.
void must_not_refuse(int node, const std::string& refusal);

}  // namespace confman::sim
