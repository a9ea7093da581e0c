#pragma once

#include "consensus/hash_chain.hpp"
#include "tests/consensus/support/configurations.hpp"
#include "tests/consensus/support/solo.hpp"

// A member whose log has lost something.
namespace confman::consensus::test {

// Entry 1 names 1 2 3; then commands of these terms.
inline std::vector<Entry> log_with(const std::vector<std::uint64_t>& terms,
                                   const std::string& payload = "x") {
  std::vector<Entry> log = {naming(1, 1, {.members = {node(1), node(2), node(3)}, .outgoing = {}})};
  for (std::uint64_t term : terms) log.push_back(entry(log.size() + 1, term, payload));
  return log;
}

// Member 1 of three, which has lost these entries of that log.
inline Restored damaged(const std::vector<Entry>& log, std::uint64_t from, std::uint64_t to) {
  Restored r;
  r.log.hard_state.term = log.back().term;
  r.log.entries = log;
  lose(r.log, LogIndex{from}, LogIndex{to});
  return r;
}

inline const std::vector<Entry> kLog = log_with({1, 1, 2, 2, 2});  // 1 … 6

// Up to there of that log.
inline SnapshotMeta snapshot_at(std::uint64_t index) {
  return {.last = {LogIndex{index}, kLog[index - 1].term},
          .chain = end_of({kLog.begin(), kLog.begin() + static_cast<std::ptrdiff_t>(index)}).chain,
          .membership = encode(Membership{.members = {node(1), node(2), node(3)}, .outgoing = {}}),
          .feature_level = kFirstFeatureLevel,
          .size = 2,
          .checksum = 0};
}

struct Broken : Solo {
  explicit Broken(std::uint64_t from = 3, std::uint64_t to = 4) : Broken(damaged(kLog, from, to)) {}
  explicit Broken(Restored start) : Solo(3, std::move(start)) { ask(); }

  // Time in which nobody answers: it asks everybody.
  void ask() {
    wait(Duration::millis(100));
    id = asked(2) ? asked(2)->id : 0;
  }
  const RepairRequest* asked(std::uint64_t whom) const { return body<RepairRequest>(whom); }
  RepairReply reply(RepairVerdict verdict, LogId last, bool leads = false) const {
    const LogIndex first = node.status().damage ? node.status().damage->first : LogIndex{1};
    return {.id = id,
            .from = first,
            .verdict = verdict,
            .leads = leads,
            .whole = true,
            .last = last,
            .membership = {},
            .named_at = {},
            .prev = {},
            .snapshot = {},
            .entries = {}};
  }
  // These of that log.
  RepairReply has(const std::vector<Entry>& log, std::uint64_t from, std::uint64_t to,
                  bool leads = false) const {
    RepairReply r = reply(RepairVerdict::Entries, {log.back().index, log.back().term}, leads);
    r.from = LogIndex{from};
    r.prev = {log[from - 2].index, log[from - 2].term};
    r.entries.assign(log.begin() + static_cast<std::ptrdiff_t>(from - 1),
                     log.begin() + static_cast<std::ptrdiff_t>(to));
    return r;
  }
  RepairReply has_from_the_start(const std::vector<Entry>& log, std::uint64_t to,
                                 bool leads = false) const {
    RepairReply r = has(log, 2, to, leads);
    r.from = LogIndex{1};
    r.prev = {};
    r.entries.insert(r.entries.begin(), log[0]);
    return r;
  }
  bool whole() const { return !node.status().damage; }

  std::uint64_t id = 0;  // of the question that everybody was asked
};

}  // namespace confman::consensus::test
