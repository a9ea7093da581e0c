#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "sim/run/run.hpp"
#include "sim/world/message_kind.hpp"

namespace confman::sim {

// What a recording's events did, as far as a picture shows it. Events are named by their place in
// the recording.
struct Trace {
  // One node from an event on.
  struct NodeState {
    std::uint32_t event{};
    std::uint8_t node{};
    bool up = false;
    bool paused = false;
    bool stopping = false;
    std::uint8_t role{};
    std::uint64_t term{};
    std::uint64_t voted_for{};  // member id; 0: nobody
    std::uint64_t leader{};     // member id, as known to the node; 0: none
    std::uint64_t base{};       // of the log
    std::uint64_t last{};
    std::uint64_t durable{};
    std::uint64_t commit{};
    std::uint64_t applied{};
    std::uint64_t flushed{};  // of what is applied
    std::string terms;        // of the log's end: "5@1 8@3", entries from 5 of term 1, from 8 of 3
    std::uint8_t standing{};  // consensus::Standing
    std::uint64_t damaged{};  // records on the medium, known to the node or not
    std::uint64_t lacks{};    // the first and the last entry that it knows to be lost; 0: none
    std::uint64_t lacks_to{};
    std::string voters;  // of the configuration it goes by: "1 2 3", "1 2 4 and 1 2 3"; "": down
    bool stateless = false;
    bool low_space = false;
    std::string refusal;  // why it doesn't start, or has stopped by itself

    friend bool operator==(const NodeState&, const NodeState&) = default;
  };
  struct Message {
    std::uint32_t sent{};
    std::uint8_t from{};
    std::uint8_t to{};
    std::uint8_t kind{};
    std::vector<std::uint64_t> fields;
    std::vector<std::uint32_t> delivered;
  };
  struct MessageKind {
    std::string name;  // empty: none was sent
    std::vector<std::string> fields;
  };
  // One try of a client's operation.
  struct Operation {
    static constexpr std::uint32_t kOpen = UINT32_MAX;

    ClientOp op;
    std::uint8_t node{};
    std::uint32_t begin{};
    std::uint32_t end = kOpen;
    std::string label;    // "put /n1/k2"
    std::string outcome;  // "done", "refused", "redirected", "failed", "unknown", "open"
    std::string answer;
  };

  RunResult result;
  std::vector<NodeState> states;  // ascending by event
  std::array<MessageKind, kMessageKinds> kinds;
  std::vector<Message> messages;          // ascending by sending
  std::vector<std::uint32_t> message_of;  // by event: of a Deliver, the message; else kNone
  // By event, for what isn't a delivery: the event that it came of (a sync: the one that wrote; a
  // turn: the last thing that the node had heard before; a give-up: the request); else kNone.
  std::vector<std::uint32_t> cause_of;
  std::vector<Operation> operations;

  static constexpr std::uint32_t kNone = UINT32_MAX;
};

// Replays the recording and watches.
Trace trace_of(const Recording& recording);

}  // namespace confman::sim
