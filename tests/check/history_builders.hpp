#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "sim/check/history.hpp"

// Short ways to write histories down.
namespace confman::sim::testing_history {

inline Revision at(std::uint64_t index) {
  return {.term = 1, .index = index};
}

inline OpRecord put(std::uint64_t id, Moment called, Moment returned, std::uint64_t version,
                    std::uint64_t value, std::uint64_t index) {
  OpRecord op;
  op.id = id;
  op.session = 1;
  op.key = "/a/k";
  op.kind = EntryAction::Kind::Put;
  op.called = called;
  op.returned = returned;
  op.outcome = Outcome::Done;
  op.revision = at(index);
  op.version = version;
  op.value = value;
  return op;
}

inline OpRecord erase(std::uint64_t id, Moment called, Moment returned, std::uint64_t version,
                      std::uint64_t index) {
  OpRecord op = put(id, called, returned, version, 0, index);
  op.kind = EntryAction::Kind::Delete;
  return op;
}

inline OpRecord read(std::uint64_t id, Moment called, Moment returned, std::uint64_t version,
                     std::uint64_t value, std::uint64_t index) {
  OpRecord op = put(id, called, returned, version, value, index);
  op.kind = EntryAction::Kind::Read;
  return op;
}

inline OpRecord with(OpRecord op, Outcome outcome) {
  op.outcome = outcome;
  if (outcome == Outcome::Unknown || outcome == Outcome::NotDone) {
    op.version = kVersionNotTold;
    op.revision = {};
  }
  return op;
}

inline OpRecord reading_at_least(OpRecord op, std::uint64_t index) {
  op.consistency = Consistency::ReadYourWrites;
  op.min_revision = at(index);
  return op;
}

inline OpRecord stale(OpRecord op) {
  op.consistency = Consistency::Stale;
  return op;
}

inline FinalVersion kept(std::uint64_t version, std::uint64_t value, std::uint64_t index,
                         std::string key = "/a/k") {
  return {.key = std::move(key),
          .version = version,
          .revision = at(index),
          .tombstone = value == 0,
          .value = value,
          .idempotency_key = 0};
}

}  // namespace confman::sim::testing_history
