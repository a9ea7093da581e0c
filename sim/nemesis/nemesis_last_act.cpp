#include "sim/nemesis/nemesis.hpp"

namespace confman::sim {

bool Nemesis::begin_last_act() {
  const std::optional<int> leader = stage_.world.leader();
  const std::size_t voters = stage_.world.membership().voters().size();
  if (!leader || voters < 3 || prng_.chance(1, 4)) return false;
  end_all();
  LastAct& act = last_act_.emplace(LastAct{});
  act.kind = prng_.chance(1, 2) ? LastAct::Kind::FormerLeader : LastAct::Kind::Ahead;
  act.leader = *leader;
  act.term = node(*leader).view().hard_state.term.value;
  const unsigned self = 1U << *leader;
  PathSet paths = from_to(self, 0xff);
  if (act.kind == LastAct::Kind::FormerLeader) {
    for (std::size_t i = 0; i < paths.size(); ++i) paths[i] |= from_to(0xff, self)[i];
  }
  act.cut = cut(paths);
  return true;
}

std::optional<std::uint64_t> Nemesis::reached_by_last_act() {
  return last_act_->kind == LastAct::Kind::FormerLeader ? former_leader_reached() : ahead_reached();
}

// The former leader's log is longer, that of those who have elected another one ends in a later
// term. Without that other one only they can be elected.
std::optional<std::uint64_t> Nemesis::former_leader_reached() {
  const LastAct& act = *last_act_;
  const std::optional<int> successor = stage_.world.leader();
  if (!successor || *successor == act.leader || !stage_.world.is_settled()) return std::nullopt;
  const LogImage& longer = node(act.leader).log().durable();
  const consensus::Term term = node(*successor).view().hard_state.term;
  const std::vector<consensus::MemberId> voters = stage_.world.membership().voters();
  std::uint64_t some = 0;
  int electable = -1;
  for (const consensus::MemberId id : voters) {
    const int i = static_cast<int>(id.value) - 1;
    some |= std::uint64_t{1} << i;
    const LogImage& log = node(i).log().durable();
    const bool is_later = !log.entries.empty() && log.entries.back().entry.term == term;
    if (i != *successor && is_later && log.last_index() < longer.last_index()) electable = i;
  }
  if (electable < 0) return std::nullopt;
  some &= ~(std::uint64_t{1} << *successor);
  std::size_t to_spare = (voters.size() - 1) / 2 - 1;
  for (const consensus::MemberId id : voters) {
    const int i = static_cast<int>(id.value) - 1;
    if (to_spare == 0 || i == *successor || i == electable || i == act.leader) continue;
    some &= ~(std::uint64_t{1} << i);
    --to_spare;
  }
  if (stage_.config.drift_lasts != 0) {
    // The node that can be elected is the slowest to notice that it must be.
    const auto most = static_cast<std::uint64_t>(stage_.config.drift_ppm);
    stage_.emit(EventKind::Drift, act.leader, 1'000'000 + most);
    stage_.emit(EventKind::Drift, electable, 1'000'000 - most);
  }
  return some;
}

// Nobody has heard the candidate, and everybody hears the leader again: it must give way.
std::optional<std::uint64_t> Nemesis::ahead_reached() {
  LastAct& act = *last_act_;
  if (act.candidate < 0) {
    for (int i = 0; i < size(); ++i) {
      if (!node(i).up() || node(i).view().role != consensus::Role::Candidate) continue;
      act.candidate = i;
      act.not_before = stage_.now + 4 * stage_.config.heartbeat_us;
      const std::uint64_t silent = cut(from_to(1U << i, 0xff));
      mend(act.cut);
      act.cut = silent;
      break;
    }
    return std::nullopt;
  }
  if (stage_.now < act.not_before) return std::nullopt;
  const SimNode& leader = node(act.leader);
  const bool leads = leader.up() && leader.view().role == consensus::Role::Leader &&
                     leader.view().hard_state.term.value == act.term;
  const bool is_ahead =
      node(act.candidate).up() && node(act.candidate).view().hard_state.term.value > act.term;
  if (!leads || !is_ahead) return std::nullopt;
  return stage_.world.members();
}

}  // namespace confman::sim
