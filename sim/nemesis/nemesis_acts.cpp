#include <algorithm>

#include "sim/nemesis/nemesis.hpp"

// Stories in several acts: what random faults would bring about too seldom.
namespace confman::sim {

void Nemesis::after(int number) {
  if (stage_.healed) return;
  if (deaf_founder_ && deaf_founder_->cut == 0) watch_deaf_founder();
  if (bad_witness_) watch_bad_witness();
  if (late_ack_) watch_late_ack();
  if (slow_ack_) watch_slow_ack();
  if (overtaken_vote_) watch_overtaken_vote(number);
  if (echoed_ == number) watch_echo(number);
  if (stage_.config.admin_mean_us > 0) strike_change(number);
  if (figure8_) watch_figure8();
  if (stage_.config.strike_new_leader_ppm > 0) strike_new_leader(number);
  if (stage_.config.stale_leader_weight > 0 && !overtaken_vote_) hide_campaign(number);
}

void Nemesis::strike_new_leader(int number) {
  const SimNode& fresh = node(number);
  if (!fresh.up() || fresh.led_term <= struck_term_) return;
  struck_term_ = fresh.led_term;
  if (!prng_.per_million(stage_.config.strike_new_leader_ppm)) return;
  if (prng_.chance(2, 3)) return crash(number);
  isolate(number);
}

// One of two things may happen in the joint phase of a change. The leader's disk stalls, so that
// the entry which ends the phase gets to others first; and then the leader forgets it. Or another
// voter isn't there, so that the phase lasts; mostly so where the vote of a lost disk is taken
// away: the new disk has time to catch up, and must not be counted for the old one.
void Nemesis::strike_change(int number) {
  const SimNode& subject = node(number);
  if (!subject.up() || subject.view().role != consensus::Role::Leader) return;
  const std::uint64_t term = subject.led_term;
  const bool joint = subject.core().membership().joint();
  if (!joint && (!changing_ || changing_term_ != term)) return;
  const std::uint64_t named_at = subject.core().status().membership_index.value;
  if (joint) {
    if (changing_term_ == term && changed_at_ == named_at) return;
    changing_term_ = term;
    changed_at_ = named_at;
    const std::optional<int> other = any_whole_voter_but(number);
    const bool lost = stage_.world.has_lost_voter();
    changing_ = prng_.chance(1, lost ? 6 : 3);
    if (changing_) {
      disk_.stall_next_sync(number, 2 * stage_.config.election_max_us);
    } else if (other && prng_.chance(lost ? 3 : 1, 4)) {
      constexpr std::int64_t kPatience = 6;
      isolate(*other, kPatience * stage_.config.election_max_us);
    }
    return;
  }
  const LogImage& log = subject.log().durable();
  if (log.last_index() >= named_at) {
    changing_ = false;  // it is on the disk
    return;
  }
  for (int i = 0; i < size(); ++i) {
    const auto theirs = node(i).log().durable().chain_at(named_at);
    if (i == number || !theirs || theirs != subject.log().written().chain_at(named_at)) continue;
    changing_ = false;
    stage_.emit(EventKind::Crash, number, crash_a(0, 0),
                crash_b(subject.applied().durable(), false));
    last(Fault::Crash, number);
    return;
  }
}

std::optional<int> Nemesis::any_whole_voter_but(int leader) {
  std::vector<int> found;
  for (const consensus::MemberId voter : stage_.world.membership().voters()) {
    const int number = static_cast<int>(voter.value) - 1;
    if (number != leader && !stage_.world.is_lost_voter(number)) found.push_back(number);
  }
  if (found.empty()) return std::nullopt;
  return found[prng_.below(found.size())];
}

// --- Figure 8

void Nemesis::begin_figure8() {
  const std::optional<int> leader = stage_.world.leader();
  if (figure8_ || !leader || size() < 3) return;
  const int follower =
      (*leader + 1 + static_cast<int>(prng_.below(static_cast<std::uint64_t>(size()) - 1))) %
      size();
  figure8_.emplace(Figure8{});
  figure8_->leader = *leader;
  figure8_->follower = follower;
  figure8_->term = node(*leader).view().hard_state.term.value;
  figure8_->number = next_number_++;
  const unsigned pair = 1U << *leader | 1U << follower;
  figure8_->cuts.push_back(cut(from_to(1U << *leader, 0xff & ~pair)));
  constexpr std::int64_t kPatience = 8;
  stage_.queue.wake(stage_.now + kPatience * stage_.config.election_max_us, Due::What::FaultEnds,
                    figure8_->number);
}

void Nemesis::watch_figure8() {
  switch (figure8_->act) {
    case 1:
      return figure8_act_one();
    case 2:
      return figure8_act_two();
    default:
      return figure8_act_three();
  }
}

void Nemesis::figure8_act_one() {
  Figure8& act = *figure8_;
  const SimNode& leader = node(act.leader);
  if (!leader.up() || leader.led_term != act.term ||
      leader.view().role != consensus::Role::Leader) {
    return end_figure8();
  }
  const LogImage& log = node(act.follower).log().durable();
  const bool has_one = !log.entries.empty() && log.entries.back().entry.term.value == act.term &&
                       log.last_index() > leader.view().commit.value;
  if (!has_one) return;
  act.index = log.last_index();
  act.chain = log.entries.back().chain;
  act.act = 2;
  // The entry is to survive with both.
  stage_.emit(EventKind::Crash, act.leader, crash_a(leader.log().pending(), 0),
              crash_b(leader.applied().durable(), false));
  act.cuts.push_back(cut(from_to(1U << act.follower, 0xff)));
  act.cuts.push_back(cut(from_to(0xff, 1U << act.follower)));
}

void Nemesis::figure8_act_two() {
  Figure8& act = *figure8_;
  const std::optional<int> leader = stage_.world.leader();
  if (!leader || *leader == act.follower || *leader == act.leader) return;
  const std::uint64_t term = node(*leader).view().hard_state.term.value;
  if (term <= act.term) return;
  // Cut off the moment it leads: what it has put into its log stays with it.
  act.rival = *leader;
  act.term = term;
  act.act = 3;
  act.cuts.push_back(cut(from_to(1U << act.rival, 0xff)));
  act.cuts.push_back(cut(from_to(0xff, 1U << act.rival)));
  const SimNode& rival = node(act.rival);
  stage_.emit(EventKind::Crash, act.rival, crash_a(rival.log().pending(), 0),
              crash_b(rival.applied().durable(), false));
  // All cuts so far are mended but the rival's.
  const std::vector<std::uint64_t> kept(act.cuts.end() - 2, act.cuts.end());
  act.cuts.resize(act.cuts.size() - 2);
  for (const std::uint64_t number : act.cuts) mend(number);
  act.cuts = kept;
  restart(act.leader);
}

void Nemesis::figure8_act_three() {
  Figure8& act = *figure8_;
  const std::optional<int> leader = stage_.world.leader();
  if (!leader || *leader == act.rival) return;
  const SimNode& third = node(*leader);
  const consensus::NodeView view = third.view();
  if (view.hard_state.term.value <= act.term) return;
  if (third.log().written().chain_at(act.index) != act.chain) return end_figure8();
  std::size_t with_entry = 0;
  std::size_t with_term = 0;
  for (int i = 0; i < size(); ++i) {
    const LogImage& log = node(i).log().durable();
    with_entry += log.chain_at(act.index) == act.chain ? 1 : 0;
    with_term += !log.entries.empty() && log.entries.back().entry.term == view.hard_state.term;
  }
  const std::size_t majority = static_cast<std::size_t>(size()) / 2 + 1;
  if (with_term >= majority) return end_figure8();  // committed, by its own entry
  if (with_entry < majority) return;
  if (act.act == 3) {
    // From now on it hears the others, and isn't heard: it learns that the old entry is on a
    // majority.
    act.act = 4;
    act.cuts.push_back(cut(from_to(1U << *leader, 0xff)));
    stage_.queue.wake(stage_.now + 20 * stage_.config.delay_mean_us, Due::What::FaultEnds,
                      act.number);
    return;
  }
}

void Nemesis::end_figure8() {
  const Figure8 act = *figure8_;
  figure8_.reset();
  if (act.act == 4) {
    // The rival may win the next election: its last entry is of a later term.
    if (const auto leader = stage_.world.leader(); leader && *leader != act.rival) crash(*leader);
    restart(act.rival);
    for (const std::uint64_t number : act.cuts) mend(number);
    return;
  }
  for (const std::uint64_t number : act.cuts) mend(number);
  if (!node(act.leader).up()) restart(act.leader);
  if (act.rival >= 0 && !node(act.rival).up()) restart(act.rival);
}

// --- a leader that is one no longer

// Three stories. All that is said to the leader is late, and then nobody hears it any more: its
// last questions are answered when somebody else may lead. Or the others' disks stall, one node
// doesn't hear the leader and campaigns, and then the others lose their memory and the leader
// everybody's ear: whoever campaigns has as much of the log as they, and they must know better than
// to elect it. Or its vote is overtaken.
void Nemesis::begin_stale_leader() {
  const DerivedConfig& c = stage_.config;
  if (c.lease_reads != 0 && prng_.chance(1, 3)) return begin_overtaken_vote();
  const std::optional<int> leader = stage_.world.leader();
  if (stale_leader_ || !leader || size() < 3) return;
  StaleLeader& story = stale_leader_.emplace(StaleLeader{});
  story.leader = *leader;
  story.other =
      (*leader + 1 + static_cast<int>(prng_.below(static_cast<std::uint64_t>(size()) - 1))) %
      size();
  story.number = next_number_++;
  if (prng_.chance(1, 2)) {
    story.act = StaleLeader::Act::Late;
    const std::int64_t lag = prng_.between(3, 9) * c.election_min_us / 10;
    network_.set_lag(story.leader, lag);
    return go_on_in(2 * lag + prng_.around(c.election_min_us));
  }
  story.act = StaleLeader::Act::Stalled;
  for (int i = 0; i < size(); ++i) {
    if (i == story.leader || i == story.other) continue;
    disk_.stall_next_sync(i, 4 * c.election_max_us);
  }
  go_on_in(4 * (c.delay_mean_us + c.sync_mean_us));
}

void Nemesis::go_on_in(std::int64_t time) {
  stage_.queue.wake(stage_.now + time, Due::What::FaultEnds, stale_leader_->number);
}

void Nemesis::go_on_stale_leader() {
  const DerivedConfig& c = stage_.config;
  StaleLeader& story = *stale_leader_;
  const unsigned leader = 1U << story.leader;
  const unsigned other = 1U << story.other;
  switch (story.act) {
    case StaleLeader::Act::Late:
      story.act = StaleLeader::Act::Stale;
      story.cuts.push_back(cut(from_to(leader, 0xff)));
      return go_on_in(3 * c.election_max_us);
    case StaleLeader::Act::Stalled:
      story.act = StaleLeader::Act::Unheard;
      story.cuts.push_back(cut(from_to(leader, other)));
      story.cuts.push_back(cut(from_to(other, leader)));
      return go_on_in(c.election_min_us + prng_.between(0, c.election_max_us));
    case StaleLeader::Act::Unheard:
      story.act = StaleLeader::Act::Stale;
      story.cuts.push_back(cut(from_to(leader, 0xff)));
      story.cuts.push_back(cut(from_to(0xff, leader)));
      for (int i = 0; i < size(); ++i) {
        if (i == story.leader || i == story.other || !node(i).up()) continue;
        stage_.emit(EventKind::Crash, i, crash_a(0, 0),
                    crash_b(node(i).applied().durable(), false));
        restart(i);
      }
      return go_on_in(3 * c.election_max_us);
    case StaleLeader::Act::Stale:
      return end_stale_leader();
  }
}

void Nemesis::end_stale_leader() {
  const StaleLeader story = *stale_leader_;
  stale_leader_.reset();
  network_.set_lag(story.leader, 0);
  for (const std::uint64_t number : story.cuts) mend(number);
}

// Somebody campaigns, and the leader doesn't hear of it.
void Nemesis::hide_campaign(int number) {
  const SimNode& candidate = node(number);
  if (!candidate.up()) return;
  const consensus::NodeView view = candidate.view();
  const std::uint64_t term = view.hard_state.term.value;
  if (view.role != consensus::Role::Candidate || term <= hidden_term_) return;
  hidden_term_ = term;
  const std::optional<int> leader = stage_.world.leader();
  if (!leader || *leader == number || !prng_.chance(1, 2)) return;
  last(Fault::OneWay, *leader, cut(from_to(0xff, 1U << *leader)));
}

// --- an echo

void Nemesis::begin_echo() {
  echoed_ = echoed_ ? echoed_ : stage_.world.leader();
  if (!echoed_) return;
  network_.set_echo(*echoed_, 10 * stage_.config.delay_mean_us);
  echo_number_ = next_number_++;
  stage_.queue.wake(stage_.now + stage_.config.election_max_us, Due::What::FaultEnds, echo_number_);
}

void Nemesis::watch_echo(int number) {
  const SimNode& leader = node(number);
  if (!leader.up() || leader.view().role != consensus::Role::Leader) return end_echo();
  // Its last writes are on their way to the others, who may well commit them.
  const bool has_more = leader.log().written().last_index() > leader.view().commit.value;
  if (!has_more || !prng_.chance(1, 4)) return;
  stage_.emit(EventKind::Crash, number, crash_a(leader.log().pending(), 0),
              crash_b(leader.applied().durable(), true));
  if (!leader.up()) stage_.emit(EventKind::Restart, number);
  end_echo();
}

void Nemesis::end_echo() {
  network_.set_echo(*echoed_, 0);
  echoed_.reset();
}

// --- a witness of another log

void Nemesis::begin_bad_witness() {
  const std::optional<int> leader = stage_.world.leader();
  if (bad_witness_ || !leader || size() < 3) return;
  BadWitness& story = bad_witness_.emplace(BadWitness{});
  story.witness = *leader;
  story.cut = cut(from_to(1U << *leader, 0xff));
  story.number = next_number_++;
  stage_.queue.wake(stage_.now + 6 * stage_.config.election_max_us, Due::What::FaultEnds,
                    story.number);
}

void Nemesis::watch_bad_witness() {
  const BadWitness& story = *bad_witness_;
  const std::optional<int> leader = stage_.world.leader();
  const SimNode& witness = node(story.witness);
  if (!leader || *leader == story.witness || !witness.up()) return;
  const LogImage& theirs = witness.log().durable();
  const LogImage& ours = node(*leader).log().durable();
  // The index at which the two logs part.
  std::uint64_t first = std::min(theirs.last_index(), ours.last_index());
  const auto differs = [&](std::uint64_t i) {
    const auto chain = theirs.chain_at(i);
    return chain && ours.chain_at(i) && chain != ours.chain_at(i);
  };
  if (!differs(first) || first > stage_.world.committed()) return;
  const std::uint64_t last = first;
  while (differs(first - 1)) --first;
  const int victim = *leader;
  if (node(victim).applied().durable() >= last) return;  // nothing to miss
  const bool spared = stage_.config.damage_everywhere == 0 || stage_.config.beyond_budget != 0;
  if (spared && !budget_.may_damage(victim)) return end_bad_witness();
  for (std::uint64_t i = first; i <= last; ++i) {
    if (!spared && !stage_.world.is_whole_elsewhere(victim, i)) return end_bad_witness();
  }
  for (int i = 0; i < size(); ++i) {
    if (i != story.witness) crash(i);
  }
  stage_.emit(EventKind::Damage, victim, last, static_cast<std::uint64_t>(Scar::Missing));
  end_bad_witness();
  restart(victim);
}

void Nemesis::end_bad_witness() {
  const BadWitness story = *bad_witness_;
  bad_witness_.reset();
  mend(story.cut);
}

// --- a founder that doesn't hear

// Within the budget it goes deaf once it has met all the others, so that they can found the
// cluster; beyond it at once. The others know it either way.
void Nemesis::watch_deaf_founder() {
  const int deaf = deaf_founder_->node;
  if (stage_.config.beyond_budget == 0) {
    const auto& record = node(deaf).log().written().founders;
    if (!record || record->founded) return;
    for (const consensus::Member& founder : record->members.members) {
      if (founder.incarnation == 0) return;
    }
  }
  deaf_founder_->cut = cut(from_to(0xff, 1U << deaf));
}

void Nemesis::end_deaf_founder() {
  const DeafFounder story = *deaf_founder_;
  deaf_founder_.reset();
  if (story.cut == 0) return;
  const int other = (story.node + 1) % static_cast<int>(stage_.config.nodes);
  if (!stage_.healed) {
    wipe(other);
    restart(other);
  }
  mend(story.cut);
}

}  // namespace confman::sim
