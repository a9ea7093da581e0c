#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "consensus/driver.hpp"
#include "consensus/raft/raft_node.hpp"

namespace confman::consensus::test {

// One member on ports that obey by hand: a disk that writes when it is told to, a state machine
// that keeps every entry it was given, a snapshot store in memory. Survives crash() with what was
// durable.
class Member final : public LogStore,
                     public PeerTransport,
                     public SnapshotStore,
                     public StateMachine,
                     public Listener {
 public:
  Member(RaftConfig config, std::deque<Message>& network) : config_(config), network_(network) {}

  void start(Time now);
  void crash();
  // Ends, and loses what its state machine holds.
  void wipe_state();
  // Ends, and loses all that it has: what starts next under this name is another disk.
  void wipe();
  bool running() const { return driver_ != nullptr; }
  // Every input goes through here, so that the invariants are checked around it.
  template <class Input>
  void input(Input call) {
    const NodeView before = core_->view();
    call(*driver_);
    check_basic(core_->view());
    check_delta(before, core_->view());
  }

  // The disk finishes this many writes; the state machine's own disk, the snapshot store likewise.
  void finish_writes(Time now, std::size_t count);
  void finish_all_writes(Time now) { finish_writes(now, writes.size()); }
  void make_state_durable(Time now);
  bool finish_snapshot_work(Time now);

  const RaftNode& core() const { return *core_; }
  Status status() const { return driver_->status(); }
  MemberId id() const { return config_.self.member; }
  NodeId node() const { return config_.self; }
  RaftConfig& config() { return config_; }  // of the next start
  Time next_deadline() const { return driver_->next_deadline(); }

  // --- what happened
  std::deque<PersistRequest> writes;  // not durable yet
  std::vector<Entry> applied;         // applied[i].index == i + 1
  std::map<ProposalId, LogId> appended;
  std::map<ProposalId, ProposeRefusal> refused;
  std::map<ChangeId, LogId> changes;
  std::map<ChangeId, ChangeRefusal> changes_refused;
  std::set<ChangeId> transfers_given_up;
  std::optional<Halt> halt;
  Membership in_force;
  std::map<ReadId, LogIndex> reads;
  std::set<ReadId> failed_reads;
  RestoredLog disk;
  std::size_t snapshots_built = 0;
  std::size_t snapshots_installed = 0;
  std::set<std::uint64_t> chunk_offsets_sent;
  std::size_t chunks_sent = 0;
  bool damage_next_install = false;

 private:
  void persist(PersistRequest request) override { writes.push_back(std::move(request)); }
  void send(Message message) override;
  void build() override { building_ = true; }
  std::optional<Bytes> read(LogId last, std::uint64_t offset, std::size_t max_bytes) override;
  std::uint64_t stage(const SnapshotMeta& meta, std::uint64_t offset, ByteView data) override;
  void install(const SnapshotMeta& meta) override { installing_ = meta; }
  void apply(std::span<const Entry> entries) override;
  void restored(LogId last) override;
  void proposal_appended(ProposalId pid, LogId at) override { appended[pid] = at; }
  void proposal_refused(ProposalId pid, ProposeRefusal why) override { refused[pid] = why; }
  void read_ready(ReadId rid, LogIndex index) override { reads[rid] = index; }
  void read_failed(ReadId rid) override { failed_reads.insert(rid); }
  void status_changed() override {}
  void membership_in_force(const Membership& membership) override { in_force = membership; }
  void change_appended(ChangeId cid, LogId at) override { changes[cid] = at; }
  void change_refused(ChangeId cid, ChangeRefusal why) override { changes_refused[cid] = why; }
  void transfer_given_up(ChangeId cid) override { transfers_given_up.insert(cid); }
  void halted(const Halt& why) override { halt = why; }

  struct Snapshot {
    SnapshotMeta meta;
    Bytes stream;
  };

  RaftConfig config_;
  std::deque<Message>& network_;
  std::unique_ptr<Driver> driver_;
  RaftNode* core_ = nullptr;  // the driver's, while it is there
  std::size_t durable_applied_ = 0;
  bool building_ = false;
  std::optional<Snapshot> built_;
  std::optional<Snapshot> staged_;
  std::optional<SnapshotMeta> installing_;
};

// Where the log ends that begins with these.
LogPoint end_of(const std::vector<Entry>& entries);
// The configuration and the feature level that these entries lead to.
std::optional<Membership> membership_of(const std::vector<Entry>& entries);
std::uint64_t feature_level_of(const std::vector<Entry>& entries);

// Carries one atomic write out on what the disk holds; no `rebase`.
void write(RestoredLog& disk, const PersistRequest& request);
// A log that begins at 1 loses these entries.
void lose(RestoredLog& disk, LogIndex from, LogIndex to);

Bytes encode_entries(const std::vector<Entry>& entries);
std::vector<Entry> decode_entries(ByteView bytes);

}  // namespace confman::consensus::test
