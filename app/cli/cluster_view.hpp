#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/cli/document.hpp"

// What the nodes say of themselves and of each other, and the verdict that follows. Pure.
namespace confman::cli {

struct MemberView {
  std::string name;
  std::string role;  // "voter", "learner"
  std::string api;
  std::string peer;
  bool active = false;       // told by a leader: it hears from it
  bool connected = false;    // told by anybody: its own link to it is open
  bool has_nothing = false;  // told by a leader: it knows of no entry of the log that it has
};

// One node: what it answered, or why it didn't.
struct NodeView {
  std::string name;     // empty: nobody answered at an address that was given
  std::string address;  // where it was asked
  std::string why;      // it doesn't answer; empty: it does

  std::string role;  // "leader", "follower", "candidate"
  std::string standing;
  std::string leader;  // as it knows it
  std::string version;
  std::uint64_t term = 0;
  std::uint64_t commit = 0;
  std::uint64_t applied = 0;
  bool low_space = false;
  bool awaits_state = false;
  bool shutting_down = false;
  std::string no_room;  // for the state, in words
  std::string lost;     // of its log, in words
  std::vector<MemberView> members;

  bool answers() const { return why.empty(); }
  bool leads() const { return answers() && role == "leader"; }
};
NodeView node_view(const Document& status, const std::string& address);

enum class Health : std::uint8_t {
  Healthy,   // every member is there, gets what the leader sends, and does its work
  Degraded,  // the cluster takes writes, but something is wrong
  NoLeader,  // it takes none
  Unknown,   // nobody who belongs to it answers
};
std::string_view name_of(Health health);

struct Verdict {
  Health health = Health::Unknown;
  std::string summary;  // one line: "healthy: 3 of 3 voters, leader node1"
  std::string leader;   // empty: none is known
  std::size_t voters = 0;
  std::size_t voters_up = 0;
  std::size_t voters_needed = 0;
  std::vector<std::string> problems;   // what the summary says too, one by one
  std::vector<std::string> outsiders;  // who take themselves for members, and aren't any more
  std::vector<std::string> notes;      // no fault of the cluster's: a removed node, for instance
};
Verdict judge(const std::vector<NodeView>& nodes);

}  // namespace confman::cli
