#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "consensus/engine.hpp"
#include "consensus/ports/listener.hpp"
#include "consensus/ports/log_store.hpp"
#include "consensus/ports/peer_transport.hpp"
#include "consensus/ports/snapshot_store.hpp"
#include "consensus/ports/state_machine.hpp"

namespace confman::consensus {

// Messages that wait for the disk. A node whose disk hangs drops what it would have said beyond
// this; to the others that is a lossy network.
inline constexpr std::size_t kMaxWaitingMessages = 64 * 1024;

// Executes the effects of one engine against the ports, in order, and turns completions into
// events. Runs unchanged in production and in the simulator. One thread; no call blocks.
//
// Every entry point takes the time at which it is called. Calls must not be made from within a port
// (a port that completes at once reports on a later turn).
class Driver {
 public:
  struct Ports {
    LogStore& log;
    PeerTransport& peers;
    SnapshotStore& snapshots;
    StateMachine& machine;
    Listener& listener;
  };

  // `group` is the engine's.
  Driver(GroupId group, std::unique_ptr<Engine> engine, Ports ports);
  ~Driver();

  void receive(Time now, Message message);
  void tick(Time now);
  // May be later than what it was before, or earlier; ask after each call.
  Time next_deadline() const;

  void propose(Time now, std::vector<Proposal> proposals);
  void request_read(Time now, ReadId id);
  // Refused, given up, or done: watch the status for the last.
  void transfer_leadership(Time now, ChangeId id, std::optional<MemberId> to);
  void change_membership(Time now, ChangeId id, MemberChange change, Bytes note);
  void disk_space(Time now, std::uint64_t free_bytes);

  void persisted(Time now, PersistSeq upto);
  void state_durable(Time now, LogIndex index);
  void snapshot_built(Time now, SnapshotMeta meta);
  void snapshot_failed(Time now);
  void snapshot_installed(Time now, SnapshotMeta meta);
  void snapshot_rejected(Time now, SnapshotMeta meta);

  Status status() const;
  const Membership& membership() const;
  Membership contacts() const;
  const Engine& engine() const { return *engine_; }

 private:
  struct Waiting {
    PersistSeq after;
    Message message;
  };

  void step(Time now, Event event);
  void run(Time now, Event event);
  void execute(Effect& effect);
  void send(Send& effect);
  void send_chunk(const SendSnapshotChunk& effect);
  void release_durable();

  std::unique_ptr<Engine> engine_;
  GroupId group_;
  NodeId self_;
  Ports ports_;
  PersistSeq persisted_;
  std::deque<Waiting> waiting_;   // ascending by `after`; at most kMaxWaitingMessages
  std::deque<Event> follow_ups_;  // events that executing an effect produced (a stored chunk)
  Effects effects_;               // of the step under way; kept for its memory
};

}  // namespace confman::consensus
