#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "consensus/config.hpp"
#include "domain/base/time.hpp"
#include "domain/limits.hpp"
#include "domain/outcomes/limits.hpp"

namespace confman::node {

struct NodeConfig {
  consensus::RaftConfig raft;

  // Counts the starts of this node, from 1; the host keeps the count durable. Ids that travel to
  // peers are built on it, so that an answer to this node's former self is never taken for one to a
  // request of today, and a peer can tell what comes from a former self.
  std::uint64_t boot_id = 1;

  // Bounds of what one node holds open at a time; beyond them requests are answered Busy.
  std::size_t max_open_writes = 20'000;
  std::size_t max_open_reads = 50'000;
  std::size_t max_open_watches = 100'000;

  // What a turn of the loop does for clients, so that no request holds it; the rest waits for the
  // next turns, which come at once. Rows are those of domain::Work, and so many bytes count as one.
  // First so many of what is little each: single entries, changes that woke a watch. Then as many
  // of the first looks of listings, after which most are done.
  std::size_t max_turn_rows = 250;
  std::size_t max_look_rows = 128;
  std::size_t bytes_per_row = 1024;
  // Then the other listings and watches that catch up, one step each in turn: a step looks at this
  // many rows at most, and all of them together at so many a millisecond, and in a third of the
  // time at most, so that the loop, and who else wants its processor, always has most of it.
  std::size_t max_step_rows = domain::kMaxVisitedRows;
  std::size_t step_rows_per_ms = 100;
  // Of values in an answer, and of rows that a step looks at.
  std::size_t max_page_bytes = domain::kMaxPageBytes;
  // A watch that is no further behind than this many entries is done after one look at what was
  // just applied.
  std::size_t near_entries = 64;
  // With more changes than this that haven't woken their watches yet, all watches are taken to be
  // concerned.
  std::size_t max_noted_changes = 10'000;
  // Read index rounds under way at a time. With more than one, a read never waits for the whole
  // round trip of the round before.
  std::size_t max_read_rounds = 8;
  // Forwarded writes of one sender that are remembered, so that none is taken twice.
  std::size_t forward_window = 64 * 1024;
  // The same on all nodes of a cluster.
  domain::OutcomeLimits outcomes;
  // Watches that are woken, and requests whose deadline has come.
  std::size_t max_woken_per_turn = 1000;
  std::size_t max_expired_per_turn = 1000;

  // After its leader was lost, an accepted write whose fate isn't learnt within this time is
  // answered OutcomeUnknown, even if its deadline is later: clients want to know soon.
  Duration unknown_after_leader_loss = Duration::millis(500);

  // A forwarded write that carries an idempotency key is sent again after this without an answer.
  Duration forward_retry = Duration::millis(700);

  // A write whose leader turned out not to be one looks for the leader again after this.
  Duration route_retry = Duration::millis(20);

  // What a watch from a position that isn't applied here yet has at least to see it come.
  Duration position_wait = Duration::seconds(1);

  // Log time is kept within this of what a majority's clocks say (cluster_clock.hpp). Above what
  // synchronised clocks differ by, and far below any lifetime that runs on log time.
  Duration clock_bound = Duration::millis(500);
  // A clock that is further than this from the majority's is off: its node says so, and a leader
  // hands over. Above clock_bound and what half a round trip may hide.
  Duration clock_off = Duration::seconds(1);
  // How often each node asks the voters what their clocks say; while it has no majority's word yet,
  // how often then; how long an answer counts.
  Duration clock_ask = Duration::seconds(1);
  Duration clock_ask_first = Duration::millis(100);
  Duration clock_answer_counts = Duration::seconds(5);
  // A new leader that has just been started takes nothing into its log before a majority has told
  // it the time; and for so long if that differs within itself, or the cluster has just been
  // founded.
  Duration clock_wait = Duration::seconds(1);
  // A leader whose clock is off tries to hand over this often.
  Duration clock_hand_over = Duration::seconds(30);

  // A request whose time has come, and that couldn't be proposed or was refused, is proposed again
  // after this.
  Duration due_retry = Duration::seconds(1);

  // A linearizable read that consensus failed (leader change, lost message) is asked again after
  // this.
  Duration read_retry = Duration::millis(20);
};

}  // namespace confman::node
