#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/consensus/support/member.hpp"

namespace confman::consensus::test {

// Defaults, with members 1…voters and learners after them, all of incarnation 1.
RaftConfig make_config(std::uint64_t self, std::size_t voters, std::size_t learners = 0);
// A disk on which that configuration has been founded, and nothing else.
RestoredLog founded(const RaftConfig& config);

// Members, a network in memory and a virtual clock. Nothing happens by itself. What the paper
// promises of a cluster as a whole is checked after every input (Figure 3).
class Cluster {
 public:
  explicit Cluster(std::size_t voters, std::size_t learners = 0,
                   const std::function<void(RaftConfig&)>& tune = {});

  Member& operator[](std::uint64_t id) { return *members_[id - 1]; }
  std::size_t size() const { return members_.size(); }
  Time now() const { return now_; }

  // --- network. A cut drops what is delivered over it, in that direction.
  std::deque<Message> network;
  void cut(std::uint64_t from, std::uint64_t to) { cuts_.insert({from, to}); }
  void isolate(std::uint64_t id);
  void heal() { cuts_.clear(); }
  // Returns true to drop a message; asked for every message that no cut stops.
  std::function<bool(const Message&)> drop;
  void deliver(const Message& message);
  bool deliver_next();

  // --- disks
  std::set<std::uint64_t> slow_disks;  // these finish only what they are told to
  void restart(std::uint64_t id);
  // Comes back under its name with an empty disk.
  void replace_disk(std::uint64_t id);
  // A node that isn't in the configuration, and knows who founded it. Returns its number.
  std::uint64_t add_spare();

  // Delivers and writes until nothing more happens. Time stands still.
  void settle();
  // Lets time pass, ticking every member when it asks for it, settling in between.
  void run(Duration span);
  // Lets time pass without a tick of anybody, then lets this member's time-out fire and settles.
  void campaign(std::uint64_t id);
  void tick(std::uint64_t id);

  ProposalId propose(std::uint64_t id, const std::string& command);
  ReadId read(std::uint64_t id);
  ChangeId change(std::uint64_t id, MemberChange change);
  ChangeId transfer(std::uint64_t id, std::optional<std::uint64_t> to);
  // The leader of the highest term, 0 if there is none.
  std::uint64_t leader() const;
  std::vector<std::string> commands(std::uint64_t id) const;  // applied there
  std::string describe() const;

  // Election Safety, Log Matching of what is committed, State Machine Safety.
  void check();

 private:
  std::size_t founders_;
  std::function<void(RaftConfig&)> tune_;
  std::vector<std::unique_ptr<Member>> members_;
  std::set<std::pair<std::uint64_t, std::uint64_t>> cuts_;
  Time now_{1'000'000};
  std::uint64_t next_id_ = 1;
  std::map<std::uint64_t, std::uint64_t> leader_of_term_;
  std::vector<Entry> committed_;
};

}  // namespace confman::consensus::test
