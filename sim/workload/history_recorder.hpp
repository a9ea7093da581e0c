#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "app/node/request.hpp"
#include "domain/state/store.hpp"
#include "sim/check/history.hpp"
#include "sim/check/watch.hpp"
#include "sim/workload/client_op.hpp"

namespace confman::sim {

// Turns what clients ask and hear into the records that the checkers judge.
class HistoryRecorder {
 public:
  void submitted(const ClientOp& op, Moment moment);
  void answered(const ClientOp& op, const node::Response& response, Moment moment);
  // No answer came: the node died, or the client gave up.
  void lost(const ClientOp& op, Moment moment);

  std::size_t operations() const { return history_.operations.size(); }
  const History& history() const { return history_; }

  // Runs every checker over what was recorded and the state that the cluster ended with; throws the
  // first violation as a RunFailure. `incomplete`: the cluster is beyond recovery, and what it had
  // acknowledged may be in no state any more.
  void judge(const domain::StateStore& final_state, bool incomplete);

  // --- What the kinds of operations have it note (sim/workload/operations/). A kind without any of
  // this is in no history.
  // `value`: what a put writes.
  void write_submitted(const ClientOp& op, const WriteOp& write, EntryAction::Kind kind,
                       std::uint64_t value, Moment moment);
  void write_answered(const ClientOp& op, const WriteOp& write, const node::Response& response,
                      Moment moment);
  void write_lost(const ClientOp& op, Moment moment);
  void read_submitted(const ClientOp& op, Moment moment);
  void read_lost(const ClientOp& op);
  void get_answered(const ClientOp& op, const GetOp& get, const node::Response& response,
                    Moment moment);
  void list_answered(const ClientOp& op, const ListOp& list, const node::Response& response,
                     Moment moment);
  void watch_submitted(const ClientOp& op, const WatchOp& watch);
  void watch_answered(const ClientOp& op, const WatchOp& watch, const node::Response& response);

 private:
  void note_refused_position(const ClientOp& op, const node::Response& response);
  void judge_against(const domain::StateStore& final_state);
  static OpRecord new_read(const ClientOp& op, const ReadOp& read, Moment called);

  struct Write {
    std::size_t record{};  // index into history_.operations
    bool maybe_done = false;
  };

  History history_;
  std::set<std::pair<std::uint64_t, std::uint64_t>> told_;  // revisions that answers have named
  std::set<std::uint64_t> names_what_was_told_;             // requests that name one of them
  std::string refused_position_;                     // the first answer of that kind, as a sentence
  std::unordered_map<std::uint64_t, Write> writes_;  // by logical number; looked up only
  std::unordered_map<std::uint64_t, Moment> reads_;  // by request, open ones; looked up only
  std::map<std::uint64_t, WatchRecord> watches_;     // by logical number
  std::map<std::uint64_t, std::uint64_t> watched_up_to_;  // log index, by logical number
};

}  // namespace confman::sim
