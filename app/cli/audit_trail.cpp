#include "app/cli/audit_trail.hpp"

#include <tuple>

namespace confman::cli {
namespace {

auto place_of(const api::AuditRecord& record) {
  return std::tuple(record.row.revision.index, record.row.ordinal);
}

std::string name_of(const api::AuditRecord& record) {
  return domain::audit_id(record.row);
}

std::string in_words(const PlacedRecord& placed) {
  return name_of(placed.record) + " (" + placed.where + ")";
}

}  // namespace

void AuditTrail::next(const PlacedRecord& placed) {
  const api::AuditRecord& record = placed.record;
  if (!record.is_whole()) {
    fault_ = "the event " + in_words(placed) +
             " was changed: its chain value isn't that of what it says.";
    return;
  }
  if (last_) {
    judge_place(placed);
    if (fault_) return;
  } else {
    first_ = record;
    from_the_beginning_ = record.previous_chain == Sha256Digest{};
  }
  ++events_;
  if (record.withheld) {
    ++withheld_;
    if (!first_withheld_) first_withheld_ = record;
    last_withheld_ = record;
  }
  last_ = record;
}

// What was there before is whole and without a gap: so all places from the first one on are taken.
void AuditTrail::judge_place(const PlacedRecord& placed) {
  const api::AuditRecord& record = placed.record;
  const auto place = place_of(record);
  if (place == place_of(*last_) || (place < place_of(*last_) && place >= place_of(*first_))) {
    fault_ = "the event " + in_words(placed) + " is there twice, or another one in its place.";
  } else if (place < place_of(*last_)) {
    fault_ = "the event " + in_words(placed) + " is out of order: it stands behind " +
             name_of(*last_) + ", which came later.";
  } else if (record.previous_chain != last_->row.chain) {
    lacks_something_ = true;
    behind_gap_ = placed;
    fault_ = "something is missing between " + name_of(*last_) + " and " + in_words(placed) +
             ", or another event was put in the place of " + name_of(*last_) + ".";
  }
}

void AuditTrail::look_for_missing(const PlacedRecord& later) {
  const bool is_it = later.record.is_whole() && later.record.previous_chain == last_->row.chain &&
                     place_of(later.record) > place_of(*last_);
  if (!lacks_something_ || !is_it) return;
  lacks_something_ = false;
  fault_ = "the event " + in_words(*behind_gap_) + " is out of order: " + in_words(later) +
           " came before it.";
}

}  // namespace confman::cli
