#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "consensus/log_recovery.hpp"
#include "domain/state_store.hpp"
#include "sim/log_image.hpp"

// Production's stores give back what was written, as the model beside them has it: everything that
// was durable is there, or is reported as lost; nothing is made up. Each says where the first
// difference is; nothing: there is none.
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

}  // namespace confman::sim
