#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

// The alphabet: everything that can happen in a simulated world. A run is a sequence of these and
// nothing else; whoever hands the world the same sequence sees the same run.
namespace confman::sim {

// Simulated time, in microseconds since the start of the run.
using SimTime = std::int64_t;

inline constexpr int kMaxSimNodes = 8;

enum class EventKind : std::uint8_t {
  Deliver,   // a: message number (messages are numbered as they are sent)
  Tick,      // the node's timer
  Turn,      // the node's end_turn(), where turns are batched
  Sync,      // a: log requests up to this sequence number are on stable storage
  Flush,     // a: the state store is durable up to this log index
  Build,     // the snapshot asked for is built; a: 0 it failed
  Install,   // the staged snapshot is installed; a: 1 a byte of it was damaged on the way
  Submit,    // a client's operation reaches the node (sim/workload/client_op.hpp)
  GiveUp,    // a: request number; its client stops waiting
  Crash,     // a: how many pending log requests survive, see crash_a; b: what of the state, see
             // crash_b
  Shutdown,  // the process is asked to stop: it hands over what it does and takes nothing new
  Restart,
  Pause,  // the process gets no processor; messages and completions wait
  Resume,
  Wipe,       // the disk is exchanged for an empty one; a: its incarnation
  OldCopy,    // the disk is exchanged for an old copy of itself
  LoseState,  // the state's database is lost, and the log isn't
  Damage,     // a: index of a log record; b: Scar
  KillHead,   // one of two places of the log's durable head is lost
  Space,      // a: bytes free on the disk
  Upgrade,   // a: the newest feature level that the node's program can apply from its next start on
  Drift,     // a: microseconds that the node's clock gains in a second, plus 1'000'000
  WallJump,  // a: milliseconds of the wall clock's offset, plus kWallBias; b: 1 it stands still
             // then
  MonoJump,  // a: microseconds that the monotonic clock jumps forward
  Cut,       // a: messages from `node` to node a are no longer delivered. For the reader only
  Mend,      // a: they are again; a = kEveryPath: all paths. For the reader only
  Slow,      // a: factor on the disk's times. For the reader only
  Heal,      // chaos ends; a: the nodes that must serve from now on, one bit for each
  Deadline,  // a: LivenessStage; what that stage promises must hold now
  End,       // the histories are judged
};
inline constexpr int kEventKinds = static_cast<int>(EventKind::End) + 1;

std::string_view name_of(EventKind kind);
std::optional<EventKind> event_kind_of(std::string_view name);

inline constexpr std::uint64_t kEveryPath = 255;
inline constexpr std::uint64_t kWallBias = std::uint64_t{1} << 40;
// Event.b of a Crash: the state index that survives, and whether the staged snapshot does.
// Event.a of a Crash: requests that survive, and Torn.
inline constexpr std::uint64_t crash_a(std::uint64_t requests, std::uint64_t torn) {
  return requests << 2 | torn;
}
inline constexpr std::uint64_t crash_b(std::uint64_t state_index, bool keep_staged) {
  return state_index << 1 | (keep_staged ? 1 : 0);
}

// The stages that the healed world must reach, in order.
enum class LivenessStage : std::uint8_t {
  Served = 0,     // every probe was answered well
  Converged = 1,  // every member has applied the same, with equal digests
  Steady = 2,     // and the leader stayed the same from then on
  Led = 3,        // the nodes that must serve have a leader
  Restored = 4,   // every disk that was lost has been replaced, and its node is a voter again
};

struct Event {
  SimTime at{};
  EventKind kind{};
  std::uint8_t node{};  // 0, 1, …; member id is one more
  std::uint64_t a{};
  std::uint64_t b{};

  friend bool operator==(const Event&, const Event&) = default;
};

// A seed for what else there is to decide about an event.
std::uint64_t seed_of(const Event& event);

}  // namespace confman::sim
