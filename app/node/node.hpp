#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/node/config.hpp"
#include "app/node/ports.hpp"
#include "app/node/request.hpp"
#include "consensus/driver.hpp"
#include "domain/model/revision.hpp"
#include "domain/secrets/sealer.hpp"
#include "domain/state/meta.hpp"
#include "domain/state/store.hpp"

namespace confman::node {

struct ClockStatus {
  // How far this node's clock is ahead of what a majority's clocks say, as of the last second or
  // so; nothing while no majority answers, or is at odds with itself.
  std::optional<Duration> offset;
  bool off = false;  // further than NodeConfig::clock_off
};

struct SecretsStatus {
  std::vector<std::string> master_keys;  // that this node has, the active one first
  // Those that wrap data keys, and how many: as applied here.
  std::vector<std::pair<std::string, std::uint64_t>> wraps;
};

struct NodeStatus {
  consensus::Status raft;
  domain::MetaRow state;
  std::size_t open_writes{};
  std::size_t open_reads{};
  std::size_t open_watches{};
  ClockStatus clock;
  SecretsStatus secrets;
};

// A member came, went or got another role, by a configuration that was applied here.
struct MemberChanged {
  std::string member;                         // its name
  std::optional<consensus::MemberRole> from;  // nothing: it wasn't a member
  std::optional<consensus::MemberRole> to;    // nothing: it is none any more
  domain::Revision at;
  // Who asked for it; empty where that isn't known: the leader's own second step of a change, or a
  // snapshot that brought it.
  domain::Actor actor;
};

// One Confman node, whole: consensus, state machine and service (submit, forward, redirect, wait
// for a version, the read modes, watches, time-outs, the three outcomes). The object that
// production and the simulator both run; only the ports differ.
//
// One thread. Nothing blocks. Ports must not call back into the node from within a port call: they
// report completions on a later turn. After any number of inputs the host calls end_turn() once:
// what came in together is proposed, confirmed and sent together.
class Node {
 public:
  struct Ports {
    consensus::LogStore& log;
    consensus::SnapshotStore& snapshots;
    domain::StateStore& state;
    Transport& peers;
    ClientSink& clients;
    // Null: nothing is held to schemas here, and what would have to be is answered Busy.
    Checks* checks = nullptr;
    // Null, or without a master key: nothing is sealed here, and secrets are masked for everybody.
    domain::Sealer* secrets = nullptr;
  };

  // `restored.applied` must be what the state store holds durably.
  Node(NodeConfig config, consensus::Restored restored, Ports ports, Now now);
  ~Node();

  // --- inputs
  void submit(Now now, Request request);
  // The client is gone: no response will be sent. A write may be done all the same.
  void cancel(RequestId id);
  void receive(Now now, PeerMessage message);
  void tick(Now now);
  void end_turn(Now now);
  // When to call tick() at the latest. Ask after each end_turn().
  Time next_deadline() const;

  // --- completions of the ports
  void persisted(Now now, consensus::PersistSeq upto);
  void state_durable(Now now, consensus::LogIndex index);
  void snapshot_built(Now now, consensus::SnapshotMeta meta);
  void snapshot_failed(Now now);
  // The state store already holds the new state when this is called.
  void snapshot_installed(Now now, consensus::SnapshotMeta meta);
  void snapshot_rejected(Now now, consensus::SnapshotMeta meta);
  // Of Checks::judge().
  void judged(Now now, std::uint64_t job, domain::Verdict verdict);
  // To be told now and then, at the latest when it has changed much.
  void disk_space(Now now, std::uint64_t free_bytes);

  // From now on every new request is answered ShuttingDown; what is open goes on, except that
  // watches end and leadership is handed to another member at the end of this turn.
  void begin_shutdown();
  bool idle() const;  // nothing open but watches

  // Set once consensus has stopped for good; the host ends the process then.
  const std::optional<consensus::Halt>& halted() const;

  NodeStatus status() const;
  // What was applied since the last call; of more than kMaxToldChanges the latest.
  std::vector<MemberChanged> take_member_changes();
  static constexpr std::size_t kMaxToldChanges = 64;
  // As in force here; without members on a node that knows none yet.
  const consensus::Membership& membership() const;
  const consensus::Driver& driver() const;

 private:
  class Service;
  std::unique_ptr<Service> service_;
};

}  // namespace confman::node
