#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/director/sim_disk.hpp"
#include "sim/director/sim_network.hpp"
#include "sim/director/stage.hpp"
#include "sim/nemesis/fault_budget.hpp"
#include "sim/seed/prng.hpp"

namespace confman::sim {

// Draws faults, and ends them. Cut by what they strike: nemesis.cpp (the draw, processes, clocks,
// the end of it all), nemesis_network.cpp, nemesis_disk.cpp; and stories in several acts:
// nemesis_acts.cpp, nemesis_late_ack.cpp, nemesis_slow_ack.cpp, nemesis_overtaken_vote.cpp,
// nemesis_last_act.cpp.
//
// It keeps to the fault budget (fault_budget.hpp).
class Nemesis {
 public:
  Nemesis(Stage& stage, SimNetwork& network, SimDisk& disk, std::uint64_t seed)
      : stage_(stage),
        budget_(stage.world, stage.config),
        network_(network),
        disk_(disk),
        prng_(seed, "nemesis") {}

  // Wrong clocks from the start, and the first fault.
  void begin();
  void strike();
  void end_fault(std::uint64_t number);
  // Looks for the moment to strike, after every event.
  void after(int node);
  // A swizzle has come to this node.
  void clog(int node, std::int64_t time);
  // The last act before a majority is healed, in which the cluster comes to a state that is hard to
  // get out of (nemesis_last_act.cpp). Returns false if there is none.
  bool begin_last_act();
  // Once that is reached: those who must do without the rest, one bit for each.
  std::optional<std::uint64_t> reached_by_last_act();
  // Ends all faults: everybody is up, connected and on time, but for those that aren't to serve.
  void heal(std::uint64_t serving);
  // Nodes that were asked to stop do, though nobody remembers having asked.
  void finish_shutdowns();
  // A process has ended itself; somebody starts it again after a while.
  void exited(int node) { last(Fault::Crash, node); }
  // After a majority was healed and has a leader: some of the others, who hear everybody else, no
  // longer hear that leader. They must not get it deposed.
  void deafen_to(int leader);
  // And now they hear it again.
  void undeafen();

  const FaultBudget& budget() const { return budget_; }
  // The operator empties the directory of a node that refuses to start.
  void replace_disk(int node);

 private:
  enum class Fault : std::uint8_t {
    Crash,
    CrashAll,
    CrashLeader,
    Figure8,
    Pause,
    PauseLeader,
    Isolate,
    IsolateLeader,
    Split,
    OneWay,
    Bridge,
    SlowDisk,
    Drift,
    WallJump,
    Shutdown,
    Ring,
    Swizzle,
    SlowAck,
    MonoJump,
    Damage,
    LoseState,
    KillHead,
    Wipe,
    OldCopy,
    FullDisk,
    Upgrade,
    StaleLeader,
    BadWitness,
    LateAck,
    EchoedLeader,
    FarJump,
  };
  static constexpr std::size_t kFaults = static_cast<std::size_t>(Fault::FarJump) + 1;
  // A fault that will end by itself.
  struct Lasting {
    std::uint64_t number{};
    Fault kind{};
    int node{};
    std::uint64_t cut{};
  };

  void cause(Fault fault);
  void last(Fault kind, int node, std::uint64_t cut = 0) {
    last(kind, node, cut, prng_.around(stage_.config.heal_mean_us));
  }
  void last(Fault kind, int node, std::uint64_t cut, std::int64_t time);
  void end_all();
  int any_node() { return static_cast<int>(prng_.below(static_cast<std::uint64_t>(size()))); }
  int size() const { return stage_.world.size(); }
  const SimNode& node(int i) const { return stage_.world.node(i); }

  // --- processes and clocks
  void crash(int node);
  void restart(int node);
  void pause(int node);
  void drift(int node);
  void wall_jump(int node);
  void far_jump();
  void mono_jump(int node);
  void shut_down(int node);
  void stop(int node);
  void upgrade(int node);
  void handicap(int node);

  // --- network
  void isolate(int node) { isolate(node, prng_.around(stage_.config.heal_mean_us)); }
  void isolate(int node, std::int64_t time);
  void split();
  void one_way();
  void bridge();
  void ring();
  void swizzle();
  std::uint64_t cut(const PathSet& paths);
  void mend(std::uint64_t number);

  // --- disks
  void slow_disk();
  void full_disk(int node);
  void damage();
  void damage_records(int node);
  void lose_state(int node);
  void kill_head(int node);
  void wipe(int node);
  void old_copy(int node);
  void bring_down(int node);

  // --- acts
  // Figure 8 of the Raft paper. Act one: the leader reaches one follower only, and dies as soon as
  // that one holds an entry of the leader's term that nobody else has. Act two: somebody else
  // leads, puts an entry of its own at the same place, and is cut off with it. Act three: the first
  // two are back, one of them leads, and brings the old entry to a majority, but nothing of its own
  // term; then it dies, and the one of act two may lead again.
  struct Figure8 {
    int act = 1;
    int leader{};
    int follower{};
    std::uint64_t term{};   // of the act's leader; in acts two and three: of the one before
    std::uint64_t index{};  // of the entry
    std::uint64_t chain{};
    int rival = -1;
    std::vector<std::uint64_t> cuts;
    std::uint64_t number{};  // of the time-out that ends it
  };
  void begin_figure8();
  void watch_figure8();
  void figure8_act_one();
  void figure8_act_two();
  void figure8_act_three();
  void end_figure8();
  // A leader doesn't know that it is one no longer, and its clients ask it.
  struct StaleLeader {
    enum class Act : std::uint8_t { Late, Stalled, Unheard, Stale };
    Act act{};
    int leader{};
    int other{};  // who campaigns
    std::vector<std::uint64_t> cuts;
    std::uint64_t number{};  // of the time-out that goes on to the next act
  };
  void begin_stale_leader();
  void go_on_in(std::int64_t time);
  void go_on_stale_leader();
  void end_stale_leader();
  void hide_campaign(int node);
  // A candidate's questions, and what it answers, come when another leader has a lease
  // (nemesis_overtaken_vote.cpp).
  struct OvertakenVote {
    enum class Act : std::uint8_t { Lagging, Unheard, Asked, HeardAgain, Overtaken };
    Act act{};
    int leader{};
    std::uint64_t term{};
    int candidate = -1;
    unsigned asked{};  // asks, or has asked, for its own vote; one bit for each
    unsigned early{};  // did so before the candidate's term
    std::vector<std::uint64_t> cuts;
    std::uint64_t number{};  // of the time-out that goes on to the next act
  };
  void begin_overtaken_vote();
  void go_on_overtaken_vote_in(std::int64_t time);
  void go_on_overtaken_vote();
  void watch_overtaken_vote(int node);
  void hide_candidate(int node);
  void overtake_vote();
  void end_overtaken_vote();
  // A leader puts into its log what nobody else gets, and is cut off. When others have gone on at
  // the same places, one of them loses its records there, and the first that it can ask is the
  // former leader.
  struct BadWitness {
    int witness{};
    std::uint64_t cut{};
    std::uint64_t number{};  // of the time-out that ends it
  };
  void begin_bad_witness();
  void watch_bad_witness();
  void end_bad_witness();
  // A follower's acknowledgement to a leader is on its way for so long that others have written
  // over it, and the same node leads again (nemesis_late_ack.cpp). Of five nodes, so that no
  // majority ever held it.
  struct LateAck {
    enum class Act : std::uint8_t { Acknowledged, WrittenOver, LeadsAgain };
    Act act = Act::Acknowledged;
    int leader{};
    int follower{};
    std::uint64_t term{};    // of the act's leader
    std::uint64_t index{};   // up to there it is acknowledged
    std::uint64_t number{};  // of the time-out that ends it
    std::vector<std::uint64_t> cuts;
  };
  void begin_late_ack();
  void watch_late_ack();
  void late_ack_written_over();
  void late_ack_leads_again();
  void end_late_ack();
  // A leader that has taken writes from others dies, is back at once, and gets them once more.
  void begin_echo();
  void watch_echo(int node);
  void end_echo();
  // A leader that has written more than its successor is to stay, and the successor to go. Or a
  // candidate's term is heard by nobody, and the leader goes on.
  struct LastAct {
    enum class Kind : std::uint8_t { FormerLeader, Ahead };
    Kind kind{};
    int leader{};
    std::uint64_t term{};
    int candidate = -1;
    SimTime not_before = 0;  // all others have heard the leader again
    std::uint64_t cut{};
  };
  std::optional<std::uint64_t> former_leader_reached();
  std::optional<std::uint64_t> ahead_reached();
  // One founder doesn't hear how the cluster is founded, and then another one loses its disk.
  struct DeafFounder {
    int node{};
    std::uint64_t cut = 0;
    std::uint64_t number{};  // of the time-out that ends it
  };
  void watch_deaf_founder();
  void end_deaf_founder();
  // Acknowledgements wait for slow disks, while their senders take part in an election.
  struct SlowAck {
    int leader{};
    unsigned slow{};         // one bit for each
    std::uint64_t number{};  // of the time-out that ends it
    bool is_under_way = false;
    SimTime wake_at = 0;  // not before; 0: they are awake
    std::vector<std::uint64_t> cuts;
  };
  void begin_slow_ack();
  void watch_slow_ack();
  void wake_slow_ones();
  void end_slow_ack();
  void strike_new_leader(int node);
  void strike_change(int node);
  // A voter of the configuration to come, with its own disk.
  std::optional<int> any_whole_voter_but(int leader);

  Stage& stage_;
  FaultBudget budget_;
  SimNetwork& network_;
  SimDisk& disk_;
  Prng prng_;
  std::vector<Lasting> lasting_;
  std::uint64_t next_number_ = 1;
  std::optional<Figure8> figure8_;
  std::optional<StaleLeader> stale_leader_;
  std::optional<OvertakenVote> overtaken_vote_;
  std::optional<BadWitness> bad_witness_;
  std::optional<DeafFounder> deaf_founder_;
  std::optional<LateAck> late_ack_;
  std::optional<SlowAck> slow_ack_;
  std::optional<int> echoed_;      // the leader
  std::uint64_t echo_number_ = 0;  // of the time-out that ends it
  std::optional<LastAct> last_act_;
  std::uint64_t changing_term_ = 0;  // of the last leader that was seen in a joint phase
  std::uint64_t changed_at_ = 0;     // where its log names that one
  bool changing_ = false;            // and its disk stalls
  std::uint64_t hidden_term_ = 0;    // of the last campaign that was considered
  std::vector<int> to_deafen_;
  std::vector<std::uint64_t> deaf_;  // the faults that these are
  std::uint64_t struck_term_ = 0;    // the last new leader that was considered
};

}  // namespace confman::sim
