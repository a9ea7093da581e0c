#include "sim/director/sim_network.hpp"

#include <algorithm>

namespace confman::sim {

SimTime SimNetwork::arrival(int from, int to) {
  const DerivedConfig& c = stage_.config;
  SimTime delay = c.delay_min_us + prng_.around(c.delay_mean_us);
  if (!stage_.healed && prng_.per_million(c.delay_tail_ppm)) delay += prng_.around(c.delay_tail_us);
  if (!stage_.healed) delay += lag_[static_cast<std::size_t>(to)];
  SimTime at = stage_.now + delay;
  if (c.fifo != 0) {
    SimTime& last = last_arrival_[static_cast<std::size_t>(from)][static_cast<std::size_t>(to)];
    at = std::max(at, last);
    last = at;
  }
  return at;
}

std::uint32_t SimNetwork::sent(const Outputs::Sent& message) {
  const DerivedConfig& c = stage_.config;
  if (is_cut(message.from, message.to) && c.hold_when_cut == 0) return 0;
  std::uint32_t copies = 1;
  if (!stage_.healed) {
    if (prng_.per_million(c.loss_ppm)) return 0;
    if (prng_.per_million(c.duplicate_ppm)) copies = 2;
  }
  const node::PeerMessage* sent = stage_.world.message(message.number);
  const bool is_forwarded =
      sent != nullptr && std::holds_alternative<node::ForwardWrite>(sent->body);
  const std::int64_t echo = is_forwarded ? echo_[message.to] : 0;
  if (echo > 0) copies = 2;
  for (std::uint32_t i = 0; i < copies; ++i) {
    const auto* raft = sent != nullptr ? std::get_if<consensus::Message>(&sent->body) : nullptr;
    const bool takeover =
        raft != nullptr && std::holds_alternative<consensus::TimeoutNow>(raft->body);
    // A duplicate may be very late: sent again by a lower layer, or stuck in a buffer, perhaps
    // until others have led in between.
    SimTime late = 0;
    if (i > 0 && echo > 0) {
      late = prng_.between(1, echo);
    } else if (i > 0) {
      const bool ages = !takeover && prng_.chance(1, 4);
      late = prng_.around(ages ? 4 * c.election_max_us : c.election_min_us);
    }
    // A request to take over may, too, when the one who asked has given that up.
    if (takeover && c.stale_leader_weight > 0 && prng_.chance(1, 2)) {
      late += c.election_max_us + prng_.around(c.election_min_us);
    }
    // Once faults are healed a leader must last.
    if (takeover && stage_.now + late + c.election_max_us >= c.chaos_us) late = 0;
    stage_.queue.add(arrival(message.from, message.to) + late, EventKind::Deliver, message.to,
                     message.number, message.from);
  }
  return copies;
}

SimNetwork::Fate SimNetwork::due(const Due& delivery, int from) {
  const int to = delivery.node;
  if (is_cut(from, to) && stage_.config.hold_when_cut == 0) return Fate::Discard;
  if (is_cut(from, to) || is_kept(from, to)) {
    held_.push_back({delivery, from});
    return Fate::Later;
  }
  if (!stage_.world.node(to).up()) return Fate::Discard;
  if (stage_.world.node(to).paused) {
    waiting_[static_cast<std::size_t>(to)].push_back(delivery);
    return Fate::Later;
  }
  return Fate::Deliver;
}

std::uint64_t SimNetwork::cut(const PathSet& paths) {
  cuts_.push_back({next_cut_, paths});
  recompute();
  return next_cut_++;
}

void SimNetwork::mend(std::uint64_t number) {
  std::erase_if(cuts_, [&](const Cut& cut) { return cut.number == number; });
  recompute();
  release_mended();
}

void SimNetwork::release(int from, int to) {
  kept_[static_cast<std::size_t>(from)] &= static_cast<std::uint8_t>(~bit(to));
  release_mended();
}

void SimNetwork::release_last_first(int from, int to) {
  kept_[static_cast<std::size_t>(from)] &= static_cast<std::uint8_t>(~bit(to));
  const auto is_on_path = [&](const Held& held) {
    return held.from == from && held.delivery.node == to;
  };
  SimTime at = stage_.now;
  for (std::size_t i = held_.size(); i-- > 0;) {
    if (!is_on_path(held_[i])) continue;
    Due delivery = held_[i].delivery;
    delivery.at = ++at;
    stage_.queue.add(delivery);
  }
  std::erase_if(held_, is_on_path);
}

void SimNetwork::recompute() {
  cut_ = {};
  for (const Cut& cut : cuts_) {
    for (std::size_t i = 0; i < cut_.size(); ++i) cut_[i] |= cut.paths[i];
  }
}

void SimNetwork::release_mended() {
  std::erase_if(held_, [&](const Held& held) {
    if (is_cut(held.from, held.delivery.node) || is_kept(held.from, held.delivery.node)) {
      return false;
    }
    Due delivery = held.delivery;
    delivery.at = stage_.now + prng_.around(stage_.config.delay_mean_us);
    stage_.queue.add(delivery);
    return true;
  });
}

void SimNetwork::resumed(int node) {
  std::vector<Due>& waiting = waiting_[static_cast<std::size_t>(node)];
  for (Due delivery : waiting) {
    delivery.at = stage_.now;
    stage_.queue.add(delivery);
  }
  waiting.clear();
}

}  // namespace confman::sim
