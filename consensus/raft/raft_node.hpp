#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "consensus/config.hpp"
#include "consensus/engine.hpp"
#include "consensus/log_recovery.hpp"
#include "consensus/perturb.hpp"
#include "consensus/raft/durability.hpp"
#include "consensus/raft/log_view.hpp"
#include "consensus/raft/membership_history.hpp"
#include "consensus/raft/quorum.hpp"
#include "consensus/raft/random.hpp"
#include "consensus/raft/repair.hpp"
#include "consensus/raft/role.hpp"
#include "consensus/types.hpp"
#include "domain/base/time.hpp"

namespace confman::consensus {

// One member of one Raft group (Ongaro & Ousterhout, "In Search of an Understandable Consensus
// Algorithm", extended version; Ongaro's thesis for what the paper leaves out).
//
// Time is an argument and next_deadline() says when it would matter; no tick is counted. Chance is
// a small generator seeded by the configuration. Durability is data: writes are numbered, and what
// may be said only once a write is on disk carries its number (Send::after). A vote for oneself
// counts by the same rule, so a cluster of one is not a special case. Deciding uses what is in
// memory, promising uses what is on disk (Durability knows the difference).
//
// Handlers change the state and queue effects. What follows from the state is done once, at the end
// of the step, in finish(): one write, the appends that each follower can take, one read round, the
// entries that may be applied. That is where batching comes from.
//
// One file for each message and concern: become (the only code that changes roles), election,
// recv_append, recv_append_reply, recv_heartbeat, recv_snapshot, replication, send_snapshot,
// commit, read_index, forward_read, propose, compaction, transfer, membership, founding, repair,
// disk, feature_level.
//
// Bad messages are ignored; what only a bug in this program can cause (two leaders
// in one term, a conflict below the commit index) is an assertion.
class RaftNode final : public Engine {
 public:
  // `config` must pass validate().
  RaftNode(RaftConfig config, Restored restored, Time now);

  void step(Time now, Event event, Effects& out) override;
  Time next_deadline() const override;
  Status status() const override;
  const Membership& membership() const override { return history_.latest(); }
  Membership contacts() const override;
  NodeView view() const override;
  const Entry* entry(LogIndex index) const override;

  const LogView& log() const { return log_; }

 private:
  // --- dispatch (raft_node.cpp)
  void on(Received&& event);
  void on(TimePassed&& event);
  void on(Propose&& event);
  void on(Persisted&& event);
  void on(ReadRequested&& event);
  void on(StateDurable&& event);
  void on(SnapshotBuilt&& event);
  void on(SnapshotFailed&& event);
  void on(SnapshotLost&& event);
  void on(SnapshotChunkStored&& event);
  void on(SnapshotInstalled&& event);
  void on(SnapshotRejected&& event);
  void on(TransferLeadership&& event);
  void on(ChangeMembership&& event);
  void on(DiskSpace&& event);
  void on_heartbeat_due(Leader& leader);
  void reconcile(const LogPoint& applied);
  bool acceptable(const Message& message) const;
  bool is_to_former_life(const Message& message) const;
  bool settle_term(const Message& message);
  void finish(std::size_t first_effect);

  void recv(const Message& message, VoteRequest& body);
  void recv(const Message& message, VoteReply& body);
  void recv(const Message& message, AppendRequest& body);
  void recv(const Message& message, AppendReply& body);
  void recv(const Message& message, Heartbeat& body);
  void recv(const Message& message, HeartbeatReply& body);
  void recv(const Message& message, ReadIndexRequest& body);
  void recv(const Message& message, ReadIndexReply& body);
  void recv(const Message& message, SnapshotChunk& body);
  void recv(const Message& message, SnapshotReply& body);
  void recv(const Message& message, TimeoutNow& body);
  void recv(const Message& message, Introduction& body);
  void recv(const Message& message, RepairRequest& body);
  void recv(const Message& message, RepairReply& body);

  // --- effects
  void emit(Effect effect) { out_->push_back(std::move(effect)); }
  // A message that promises nothing but the term it carries.
  void send(NodeId to, MessageBody body);
  // A message about local state: waits until all that was written for it is durable.
  void promise(NodeId to, MessageBody body);
  // A pre-vote's answer or question may carry a term that this node isn't in.
  void send_as(Term term, PersistSeq after, NodeId to, MessageBody body);
  // The member by its disk, as far as that is known.
  NodeId node_of(MemberId id) const;  // the disk that the configuration names
  NodeId leader_node() const;         // whoever speaks as the leader
  void halt(HaltReason reason, LogIndex promised = {}, LogIndex found = {});

  // --- roles (become.cpp)
  void become_follower(Term term, std::optional<MemberId> leader);
  void become_pre_candidate();
  void become_candidate(bool transfer);
  void become_leader();
  void follow(NodeId leader);
  void leave_role();

  // --- elections (election.cpp)
  void on_election_deadline();
  void ask_for_votes(const VoteRequest& request, Term term);
  bool electable() const;
  bool may_vote() const { return !repair_ && !blank_; }
  bool hears_live_leader() const;
  bool is_up_to_date(LogId candidate) const;
  void answer_pre_vote(const Message& message, const VoteRequest& body);
  void count_own_vote();
  void check_votes();
  void check_quorum(const Leader& leader);
  Time random_election_deadline();

  // --- the leader's side
  Progress* peer(Leader& leader, MemberId id);
  Progress* heard_from(const Message& message);  // the sender, if this node leads
  void append_as_leader(Leader& leader, EntryKind kind, Payload payload);
  void send_heartbeats(Leader& leader);
  void send_heartbeat(Leader& leader, Progress& follower);
  void replicate(Leader& leader);
  bool send_append(Leader& leader, Progress& follower);
  void send_snapshot(Leader& leader, Progress& follower);
  void send_chunk(Leader& leader, Progress& follower, std::uint64_t offset);
  void build_snapshot();
  void retry_snapshots(Leader& leader);
  void forget_snapshot(LogId last);
  bool is_active(const Progress& follower) const;

  // --- leadership handed over (transfer.cpp)
  const Progress* best_successor(const Leader& leader) const;
  void begin_transfer(Leader& leader, ChangeId id, const Progress& successor);
  void maybe_send_timeout_now(Leader& leader);
  void end_transfer(Leader& leader);

  // --- configurations (membership.cpp)
  void adopt_membership();
  void follow_membership(Leader& leader);
  std::optional<ChangeRefusal> not_now(const Leader& leader) const;
  std::optional<ChangeRefusal> unfit(const Progress* follower) const;
  bool quorum_stays(const Leader& leader, const Membership& next) const;
  void append_membership(Leader& leader, const Membership& membership, Bytes note);
  void after_membership_committed();
  bool is_left_out() const;

  // --- the beginning of a cluster, and of a node in it (founding.cpp)
  bool is_blank() const { return blank_.has_value(); }
  void begin_founding();
  void introduce_to_all();
  Introduction introduction(NodeId to, bool wants_answer) const;
  void note_founder(NodeId node);
  void note_agreement(MemberId from, const Introduction& theirs);
  void agree(MemberId founder);
  void maybe_found();
  bool is_said_to_be_removed() const;
  Standing standing() const;

  // --- what the disk has lost (repair.cpp)
  void ask_for_repair();
  void ask_for_repair(NodeId node);
  void send_repair_chunk(NodeId to, const RepairRequest& request);
  void fetch_snapshot(NodeId source, LogId snapshot, std::uint64_t offset);
  void repaired();
  void take_back(std::vector<Entry> entries);
  std::optional<std::pair<NodeId, LogId>> best_of_all_others() const;
  void give_way_to(NodeId node, LogId last);
  void ask_successor();
  void take_from_successor(RepairReply& reply);
  void succeed();
  void maybe_fetch_snapshot(NodeId from, const RepairReply& reply);
  std::optional<Damage> damage() const;
  void begin_damaged_behind(const LogPoint& state);

  // --- slow and full disks (disk.cpp)
  void check_own_disk(Leader& leader);
  void note_write_time(Leader& leader);
  void check_space(Leader& leader);
  bool quorum_has_space(const Leader& leader) const;
  Condition condition() const;

  // --- feature_level.cpp
  void maybe_raise_feature_level(Leader& leader);

  // --- commit and apply (commit.cpp)
  void maybe_commit(Leader& leader);
  void commit_to(LogIndex index);
  LogIndex ready_upto() const;  // to be applied
  void apply_committed();
  bool committed_in_term(const Leader& leader) const { return commit_ >= leader.term_start; }

  // --- the log
  void append(Entry entry);
  void note_membership(const Entry& entry);
  void restart_history(LogIndex index, ByteView membership);
  void truncate_from(LogIndex index);

  // --- reads (read_index.cpp, forward_read.cpp)
  void begin_read_round(Leader& leader);
  void confirm_reads(Leader& leader);
  std::optional<Time> lease_end(const Leader& leader) const;
  bool lease_holds(const Leader& leader) const;
  void begin_lease_round(Leader& leader);
  void extend_lease(Leader& leader, std::uint64_t confirmed);
  void answer_read(const ReadRequest& request, LogIndex index);
  void refuse_read(const ReadRequest& request);
  void fail_reads(Leader& leader);
  void fail_reads(Follower& follower);
  void forward_reads(Follower& follower);
  void check_forwarded(Follower& follower);

  // --- snapshots received (recv_snapshot.cpp), compaction (compaction.cpp)
  void answer_chunk(NodeId leader, const SnapshotMeta& meta, std::uint64_t next, SnapshotStatus s);
  void take_chunk(SnapshotChunk& chunk);
  std::uint64_t room_for_snapshot(std::uint64_t staged) const;
  void recv_repair_chunk(const Message& message, SnapshotChunk& chunk);
  void maybe_compact();
  LogIndex compaction_target();

  Role role() const { return static_cast<Role>(role_.index()); }
  Term term() const { return hard_state_.term; }
  MemberId self() const { return config_.self.member; }
  std::optional<MemberId> leader() const;
  void set_hard_state(HardState state);
  bool perturbed(Perturbation site);

  RaftConfig config_;
  MembershipHistory history_;
  Quorum quorum_;  // of history_.latest()
  Random random_;
  Random perturb_random_;
  Time now_;

  HardState hard_state_;
  LogView log_;
  Durability durable_;
  LogIndex commit_;
  LogIndex applied_;          // handed out
  std::size_t may_apply_;     // how many more before the next tick
  LogIndex machine_durable_;  // the state machine's own disk
  RoleState role_;

  // Of the state machine, to be sent: whoever leads uses it.
  bool building_ = false;
  Time build_not_before_{INT64_MIN};
  std::optional<SnapshotMeta> built_;
  // Received and being installed: until it is, nothing is applied and this node doesn't campaign.
  std::optional<SnapshotMeta> installing_;
  // The state was lost, and the log doesn't reach back to its beginning: the same.
  bool awaits_state_ = false;

  // A node without a log that hasn't met all founders yet, or comes to a cluster that is there.
  struct Blank {
    std::vector<MemberId> agreed;  // founders whose record is complete, and the same as ours
    bool cluster_exists = false;   // somebody knows a configuration without this disk
    Time introduce_at;
  };
  std::optional<Blank> blank_;
  // It began without a log and hasn't found itself in a configuration yet: a snapshot that it gets
  // may be older than its own addition, and doesn't say that it was removed.
  bool joining_ = false;
  FounderRecord founders_;  // empty on a node that has joined
  // The last campaign was refused, and no leader has been heard since.
  bool campaigned_in_vain_ = false;
  LogIndex left_out_as_of_;  // somebody knows a configuration of then without this node; 0: nobody
  std::optional<Repair> repair_;
  // A leader was heard a moment ago, or may have been by a former life of this node. So long it may
  // rely on not being voted out (lease reads), whatever terms this node hears of meanwhile.
  Time no_votes_until_;
  bool low_space_ = false;
  bool no_space_ = false;
  std::optional<std::uint64_t> free_bytes_;  // as last told
  std::optional<RefusedSnapshot> refused_snapshot_;
  Time refused_until_;                                // that this is worth telling
  std::uint64_t feature_level_ = kFirstFeatureLevel;  // as applied
  LogIndex feature_entry_;  // the last one that this leader appended, 0: none
  bool halted_ = false;

  Effects* out_ = nullptr;  // of the step under way
  // As last reported by StatusChanged.
  Role seen_role_ = Role::Follower;
  Term seen_term_;
  std::optional<MemberId> seen_leader_;
  LogIndex seen_membership_;
};

}  // namespace confman::consensus
