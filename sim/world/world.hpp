#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/event.hpp"
#include "sim/failure.hpp"
#include "sim/oracle/audit_complete.hpp"
#include "sim/oracle/bounded_staleness.hpp"
#include "sim/oracle/committed_log.hpp"
#include "sim/oracle/committed_on_quorum.hpp"
#include "sim/oracle/disks.hpp"
#include "sim/oracle/durable_election.hpp"
#include "sim/oracle/election_safety.hpp"
#include "sim/oracle/equal_digests.hpp"
#include "sim/oracle/leader_completeness.hpp"
#include "sim/oracle/leader_remembers.hpp"
#include "sim/oracle/log_matching.hpp"
#include "sim/oracle/log_time.hpp"
#include "sim/oracle/membership_safety.hpp"
#include "sim/reference/answers.hpp"
#include "sim/seed/derived_config.hpp"
#include "sim/workload/history_recorder.hpp"
#include "sim/world/message_table.hpp"
#include "sim/world/sim_node.hpp"

namespace confman::sim {

// Clients with these numbers and above ask the healed world whether it serves; one for each node.
inline constexpr std::uint64_t kFirstProbe = 1000;
inline bool is_probe(const ClientOp& op) {
  return op.client >= kFirstProbe && op.client < kFirstProbe + kMaxSimNodes;
}

// What an event brought about that somebody must decide on: how long it takes, whether it gets
// lost.
struct Outputs {
  struct Sent {
    std::uint64_t number{};
    std::uint8_t from{};
    std::uint8_t to{};
  };
  struct Answered {
    ClientOp op;
    int node{};
    node::Response response;
  };

  std::vector<Sent> sent;
  std::vector<Answered> answered;
  std::vector<ClientOp> lost;    // requests whose node died
  std::uint32_t persisting = 0;  // bit per node: new log requests are pending
  std::uint32_t building = 0;    // a snapshot was asked for
  std::uint32_t installing = 0;

  void clear() {
    sent.clear();
    answered.clear();
    lost.clear();
    persisting = building = installing = 0;
  }
};

// A cluster, its machines and its clients, as a function of the events it is given. It draws
// nothing and waits for nothing: the same events give the same run, whether they were made up by
// the director or come from a recording. Events that make no sense (a message to a node that is
// down) are ignored, so that a recording stays a recording when somebody cuts pieces out of it.
class World final : NodeObserver {
 public:
  World(const DerivedConfig& config, std::uint64_t seed);

  // Throws a RunFailure. `op` belongs to a Submit.
  void execute(const Event& event, const ClientOp* op = nullptr);

  // Every step is told in words from now on, a line for each.
  void narrate_to(std::function<void(const std::string&)> tell) { tell_ = std::move(tell); }

  // Outputs of the last event.
  const Outputs& outputs() const { return outputs_; }
  // Right after the event that sent it: how many times a message will be delivered.
  void set_copies(std::uint64_t message, std::uint32_t copies) {
    messages_.set_copies(message, copies);
  }

  // Sent, and not forgotten yet; else null.
  const node::PeerMessage* message(std::uint64_t number) const { return messages_.find(number); }

  // A delivery that will not happen after all.
  void discard(std::uint64_t message) { messages_.take(message); }

  int size() const { return static_cast<int>(nodes_.size()); }
  const SimNode& node(int i) const { return *nodes_[static_cast<std::size_t>(i)]; }
  // The leader of the highest term among the nodes that are up, if there is one.
  std::optional<int> leader() const;
  // The configuration in force at the leader, unless others have committed one since; or else the
  // newest at anybody who is up; without members if nobody knows any.
  consensus::Membership membership() const;
  // The nodes that are members of it by their disks, one bit for each.
  std::uint64_t members() const;
  // It is final: committed, and no older one can come back.
  bool is_settled() const;
  // A voter of it whose disk is another one now.
  bool is_lost_voter(int node) const;
  bool has_lost_voter() const;
  // A change of the configuration is asked for, or stands in a log and isn't committed, or isn't
  // known to anybody who is up: it may come.
  bool change_may_come() const;
  bool all_probes_served() const;
  // What a probe is told counts as served.
  static bool is_served(const domain::Reply& reply);
  // Every member is up and has applied the same.
  bool converged() const;
  // Why nothing can be expected of this cluster any more: of what was promised too much has been
  // lost. Empty: it must recover.
  std::string beyond_recovery() const;
  std::string beyond_recovery(const consensus::Membership& members) const;
  std::uint64_t committed() const { return committed_.last_index(); }
  // The highest that anybody has applied.
  std::uint64_t feature_level() const;
  // Whether a record, were it damaged, would still be whole somewhere else, in a log or in a state,
  // also without this other node.
  bool is_whole_elsewhere(int node, std::uint64_t index, int besides = -1) const;
  bool may_be_given_up(int node, std::uint64_t index) const;
  // Either.
  bool is_mendable(int node, std::uint64_t index) const {
    return is_whole_elsewhere(node, index) || may_be_given_up(node, index);
  }

  // A hash of everything that has happened, in order.
  std::uint64_t hash() const { return hash_; }
  std::uint64_t events() const { return events_; }
  std::uint64_t event_count(EventKind kind) const {
    return by_kind_[static_cast<std::size_t>(kind)];
  }
  SimTime time() const { return at_; }
  const HistoryRecorder& recorder() const { return recorder_; }
  // One line: what each node is and how far.
  std::string describe() const;

 private:
  struct Open {
    ClientOp op;
    node::Request request;  // that it is, once the node has heard of it
    int node{};
    bool abandoned = false;  // the client is gone, and the node, being paused, hasn't heard of it
    bool unread = false;     // the node, being paused, hasn't heard of the request
    Time asked_at{};         // on the node's clock
    std::int64_t wall_ms_when_asked{};
    std::uint64_t committed_when_asked{};
    std::uint64_t applied_when_asked{};
    bool removed_when_asked = false;  // by the node's own account
    bool may_lack_level = false;
  };

  void begin_founded();

  // --- events (world_events.cpp)
  void dispatch(const Event& event, const ClientOp* op);
  void deliver(SimNode& node, std::uint64_t number);
  void sync(SimNode& node, std::uint64_t upto);
  void flush(SimNode& node, std::uint64_t upto);
  void build(SimNode& node, bool fails);
  void install(SimNode& node, bool damaged);
  void submit(const Event& event, SimNode& node, const ClientOp& op);
  void give_up(SimNode& node, std::uint64_t request);
  void crash(const Event& event, SimNode& node);
  void end_process(int number, SimNode& node, const CrashPlan& how);
  void process_exited(const Event& event, const ProcessExit& exit);
  void strike(int number, SimNode& node);
  void keep_within_budget(int number, SimNode& node) const;
  bool is_within_budget(int number, SimNode& node) const;
  void wipe(SimNode& node, std::uint64_t incarnation);
  void list_members(SimNode& node) const;
  void disk_fault(SimNode& node, const Event& event);
  void resume(SimNode& node);
  void tell_space(SimNode& node);
  void measure_clocks();
  void check_stamp(int number, const SimNode& node, const consensus::Entry& entry);
  void heal(std::uint64_t serving);
  void deadline(LivenessStage stage);
  void check_probes() const;
  void look_for_off_leaders();
  bool went_for_its_clock(SimTime since) const;
  void begin_steady(std::uint64_t term);
  void end();
  void compare_states();
  void end_of_input(SimNode& node);
  void end_turn(SimNode& node);

  // --- answers (world_answers.cpp)
  void hand_over(Open& open, SimNode& node);
  void judge(int number, const Open& open, const node::Response& response);
  void check_nothing_is_overdue(const SimNode& node) const;
  void check_open_requests(const SimNode& node, const node::NodeStatus& status) const;

  // --- what nodes report (world.cpp)
  void before_persist(int node, const consensus::PersistRequest& request) override;
  void after_persist(int node, const consensus::PersistRequest& request) override;
  void synced(int node, const consensus::PersistRequest& request) override;
  void applied(int node, domain::Revision revision, ByteView meta_row) override;
  void sent(int node, node::PeerMessage&& message) override;
  void responded(int node, node::Response response) override;
  const SimNode* best_informed(bool committed) const;
  void check_commit(int number, const SimNode& node, std::uint64_t index);
  void check_commit(int number, const SimNode& node, std::uint64_t index,
                    const consensus::Membership& membership);
  void check_voter(const SimNode& leader) const;
  void check_leases(int elected, std::uint64_t term) const;
  void acknowledged();
  void check_age(int node, const ClientOp& op, std::uint64_t index, Duration age) const;
  void check_damage(const SimNode& node, const consensus::Message& message) const;
  void through_codec(node::PeerMessage& message) const;

  void observe(int number, SimNode& node);
  // --- in words (world_story.cpp)
  void tell_event(const Event& event, const ClientOp* op) const;
  void tell(int number, const std::string& words) const;
  void tell_change(int number, const SimNode& node) const;
  void mix(std::uint64_t value) {
    hash_ = (hash_ ^ value) * 0x9e3779b97f4a7c15;
    hash_ ^= hash_ >> 29;
  }
  std::vector<Open>::iterator find_open(std::uint64_t request);
  void close(std::vector<Open>::iterator open);
  SimNode& node_of(int i) { return *nodes_[static_cast<std::size_t>(i)]; }
  [[noreturn]] void stuck(const std::string& what) const;

  DerivedConfig config_;
  std::vector<std::unique_ptr<SimNode>> nodes_;
  Disks disks_;
  std::vector<std::unique_ptr<SimStorage>> former_disks_;
  MessageTable messages_;
  std::vector<Open> open_;
  Outputs outputs_;
  HistoryRecorder recorder_;

  int exits_ = 0;  // of processes, by themselves
  ElectionSafety election_safety_;
  LogMatching log_matching_;
  CommittedLog committed_;
  LeaderCompleteness leader_completeness_;
  EqualDigests equal_digests_;
  BoundedStaleness bounded_staleness_;
  DurableElection durable_election_;
  CommittedOnQuorum committed_on_quorum_;
  MembershipSafety membership_safety_;
  AuditComplete audit_complete_;
  LeaderRemembers leader_remembers_;
  LogTime log_time_;
  Answers answers_;

  std::function<void(const std::string&)> tell_;
  SimTime at_ = 0;
  std::uint64_t events_ = 0;
  std::array<std::uint64_t, kEventKinds> by_kind_{};
  std::uint64_t hash_;
  std::int64_t writes_acknowledged_ = 0;
  std::uint64_t serving_ = 0;         // the nodes that must serve, one bit for each
  std::uint64_t probes_written_ = 0;  // and those that did
  std::uint64_t probes_read_ = 0;
  std::uint64_t steady_term_ = 0;  // to be kept
  SimTime steady_from_ = 0;
  SimTime off_leaders_looked_for_ = 0;
  std::optional<SimTime> off_leader_at_;  // a leader whose clock is off was last seen then
  bool given_up_ = false;                 // beyond recovery, and said so
};

}  // namespace confman::sim
