#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/derived_config.hpp"
#include "sim/event.hpp"
#include "sim/failure.hpp"
#include "sim/history_recorder.hpp"
#include "sim/message_table.hpp"
#include "sim/oracle/bounded_staleness.hpp"
#include "sim/oracle/committed_log.hpp"
#include "sim/oracle/election_safety.hpp"
#include "sim/oracle/equal_digests.hpp"
#include "sim/oracle/leader_completeness.hpp"
#include "sim/oracle/log_matching.hpp"
#include "sim/sim_node.hpp"

namespace confman::sim {

// Clients with these numbers and above ask the healed world whether it serves; one for each node.
inline constexpr std::uint64_t kFirstProbe = 1000;

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

  // Of the last event.
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
  // Who leads the highest term, if somebody who is up does.
  std::optional<int> leader() const;
  bool all_probes_served() const;
  // Everybody is up and has applied the same.
  bool converged() const;

  // Of everything that has happened, in order.
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
    int node{};
    bool abandoned = false;  // the client is gone, and the node, being paused, hasn't heard of it
  };

  // --- events (world_events.cpp)
  void dispatch(const Event& event, const ClientOp* op);
  void deliver(SimNode& node, std::uint64_t number);
  void sync(SimNode& node, std::uint64_t upto);
  void flush(SimNode& node, std::uint64_t upto);
  void build(SimNode& node, bool fails);
  void install(SimNode& node, bool damaged);
  void submit(const Event& event, SimNode& node, const ClientOp& op);
  void give_up(SimNode& node, std::uint64_t request);
  void crash(int number, SimNode& node, std::uint64_t requests, std::uint64_t packed);
  void resume(SimNode& node);
  void heal(std::uint64_t serving);
  void deadline(LivenessStage stage);
  void check_probes() const;
  void end();
  void end_of_input(SimNode& node);

  // --- what nodes report (world.cpp)
  void before_persist(int node, const consensus::PersistRequest& request) override;
  void after_persist(int node, const consensus::PersistRequest& request) override;
  std::uint64_t chain_of(consensus::LogId prefix) const override;
  void applied(int node, domain::Revision revision, ByteView meta_row) override;
  void sent(int node, node::PeerMessage message) override;
  void responded(int node, node::Response response) override;
  void acknowledged(const ClientOp& op);
  void check_age(int node, const ClientOp& op, std::uint64_t index, Duration age) const;
  void through_codec(node::PeerMessage& message) const;

  void observe(int number, SimNode& node);
  void mix(std::uint64_t value) {
    hash_ = (hash_ ^ value) * 0x9e3779b97f4a7c15;
    hash_ ^= hash_ >> 29;
  }
  std::vector<Open>::iterator find_open(std::uint64_t request);
  SimNode& node_of(int i) { return *nodes_[static_cast<std::size_t>(i)]; }
  [[noreturn]] void stuck(const std::string& what) const;

  DerivedConfig config_;
  std::vector<std::unique_ptr<SimNode>> nodes_;
  std::vector<const LogImage*> durable_logs_;
  MessageTable messages_;
  std::vector<Open> open_;
  Outputs outputs_;
  HistoryRecorder recorder_;

  ElectionSafety election_safety_;
  LogMatching log_matching_;
  CommittedLog committed_;
  LeaderCompleteness leader_completeness_;
  EqualDigests equal_digests_;
  BoundedStaleness bounded_staleness_;

  SimTime at_ = 0;
  std::uint64_t events_ = 0;
  std::array<std::uint64_t, kEventKinds> by_kind_{};
  std::uint64_t hash_;
  std::int64_t writes_acknowledged_ = 0;
  std::uint64_t serving_ = 0;         // the nodes that must serve, one bit for each
  std::uint64_t probes_written_ = 0;  // and those that did
  std::uint64_t probes_read_ = 0;
  std::uint64_t steady_term_ = 0;  // to be kept
};

}  // namespace confman::sim
