#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "adapters/api/audit_record.hpp"

// Whether events of an audit trail, one after the other, are all that there were and as they were.
namespace confman::cli {

struct PlacedRecord {
  api::AuditRecord record;
  std::string where;  // for messages: "trail.jsonl, line 7"
};

class AuditTrail {
 public:
  // Takes the next record. Once something was wrong only out_of_order() is of use.
  void next(const PlacedRecord& placed);

  // The first thing that is wrong, as a sentence.
  const std::optional<std::string>& fault() const { return fault_; }
  // Something seems to be missing: a later record may turn out to be it. Then the fault is another.
  bool lacks_something() const { return lacks_something_; }
  void look_for_missing(const PlacedRecord& later);

  std::uint64_t events() const { return events_; }
  std::uint64_t withheld() const { return withheld_; }
  bool from_the_beginning() const { return from_the_beginning_; }
  const std::optional<api::AuditRecord>& first() const { return first_; }
  const std::optional<api::AuditRecord>& first_withheld() const { return first_withheld_; }
  // Nothing binds what a withheld event says of its chain values: up to this one the trail is only
  // what it says of itself.
  const std::optional<api::AuditRecord>& last_withheld() const { return last_withheld_; }
  const std::optional<api::AuditRecord>& last() const { return last_; }

 private:
  void judge_place(const PlacedRecord& placed);

  std::optional<std::string> fault_;
  bool lacks_something_ = false;
  std::optional<PlacedRecord> behind_gap_;
  std::uint64_t events_ = 0;
  std::uint64_t withheld_ = 0;
  bool from_the_beginning_ = false;
  std::optional<api::AuditRecord> first_;
  std::optional<api::AuditRecord> first_withheld_;
  std::optional<api::AuditRecord> last_withheld_;
  std::optional<api::AuditRecord> last_;
};

}  // namespace confman::cli
