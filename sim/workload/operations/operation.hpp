#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "app/node/request.hpp"
#include "sim/check/entry_model.hpp"
#include "sim/check/operation.hpp"
#include "sim/seed/derived_config.hpp"
#include "sim/seed/prng.hpp"
#include "sim/workload/client_memory.hpp"
#include "sim/workload/columns.hpp"
#include "sim/workload/serial.hpp"

// Operations, one struct for each kind. A kind is a struct that derives from OpDefaults, directly
// or by WriteOp or ReadOp, and stands in the catalogue (sim/workload/client_op.hpp). It has
//   kName                     in recordings' stories and on pages
//   for_each_field(self, v)   calls v(Column, number&) for every number that is its own
//   about(op)                 what it is about, for people: a path, a member
//   asked(op)                 what the node is asked
// and, where it differs from the defaults,
//   draws()                   how clients draw it
//   learn(…)                  what its client remembers of an answer
//   submitted, answered, lost what the history keeps of it, and so who judges it
//   named()                   the revision that it names
//   is_valid()                keeps to the limits and the rules of names
namespace confman::sim {

struct ClientOp;
class HistoryRecorder;

using AskedOperation = decltype(node::Request::operation);

// A client draws an operation with these.
struct Drawing {
  const DerivedConfig& config;
  Prng& prng;
  Serial& serial;
  ClientMemory& memory;
};

// One way to draw an operation. `op` comes with a namespace, a key and a time-out; `draw` sets its
// body and may change these.
struct Draw {
  std::int64_t (*weight)(const DerivedConfig& config);
  void (*draw)(Drawing& with, ClientOp& op);
};

// Defaults of a kind that no client draws, that nobody learns from, and that no checker judges.
struct OpDefaults {
  static constexpr bool kIsAdmin = false;        // asked by the operator; its key is a member
  static constexpr bool kChangesVoters = false;  // may lead to another set of voters

  template <class Self, class Visit>
  static void for_each_field(Self&, Visit&&) {}
  static std::span<const Draw> draws() { return {}; }
  domain::Revision named() const { return {}; }
  bool is_valid() const { return true; }
  void learn(ClientMemory&, const ClientOp&, const node::Response&) const {}
  void submitted(HistoryRecorder&, const ClientOp&, Moment) const {}
  void answered(HistoryRecorder&, const ClientOp&, const node::Response&, Moment) const {}
  void lost(HistoryRecorder&, const ClientOp&, Moment) const {}

  friend bool operator==(const OpDefaults&, const OpDefaults&) = default;
};

// The part that writes share. A retry of one is an operation of its own with the same logical
// number.
struct WriteOp : OpDefaults {
  std::uint64_t value{};  // unique in the run, so that a reader tells who wrote it
  Precondition precondition;
  std::uint64_t idempotency{};  // the key's number; 0: no key
  bool forward = true;

  template <class Self, class Visit>
  static void for_each_field(Self& self, Visit&& visit) {
    visit(Column::Value, self.value);
    visit(Column::Precondition, self.precondition.kind);
    visit(Column::Version, self.precondition.version);
    visit(Column::Idempotency, self.idempotency);
    visit(Column::Forward, self.forward);
  }
  // The key belongs to another request. Each one's own is the number of its value.
  bool borrows_key() const { return idempotency != 0 && idempotency != value; }
  void learn(ClientMemory& memory, const ClientOp& op, const node::Response& response) const;

  friend bool operator==(const WriteOp&, const WriteOp&) = default;

 protected:
  // `is_distinct`: no other write of this kind is the same request as this one.
  void draw_write(Drawing& with, bool is_distinct);
  node::Write write_of(const ClientOp& op, domain::CommandBody body) const;
  domain::Precondition condition() const;
};

// The part that reads share.
struct ReadOp : OpDefaults {
  bool stale = false;        // from this node's state, at once
  std::uint64_t min_term{};  // wait for this revision; 0:0 for none
  std::uint64_t min_index{};
  std::int64_t max_staleness_us = -1;  // stale reads; -1: none

  template <class Self, class Visit>
  static void for_each_field(Self& self, Visit&& visit) {
    visit(Column::Stale, self.stale);
    visit(Column::MinTerm, self.min_term);
    visit(Column::MinIndex, self.min_index);
    visit(Column::MaxStaleness, self.max_staleness_us);
  }
  domain::Revision named() const { return {min_term, min_index}; }
  void submitted(HistoryRecorder& history, const ClientOp& op, Moment moment) const;
  void answered(HistoryRecorder& history, const ClientOp& op, const node::Response& response,
                Moment moment) const;
  void lost(HistoryRecorder& history, const ClientOp& op, Moment moment) const;

  friend bool operator==(const ReadOp&, const ReadOp&) = default;

 protected:
  void draw_position(Drawing& with);
  node::Read read_of(const ClientOp& op, node::Query query) const;
};

}  // namespace confman::sim
