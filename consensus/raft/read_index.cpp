#include <cstdint>
#include <optional>
#include <utility>

#include "consensus/raft/fail_reads.hpp"
#include "consensus/raft/reads.hpp"
#include "domain/base/marks.hpp"

// Linearizable reads without a log entry (thesis §6.4), on the leader: remember the commit index,
// make sure by a majority that nobody else leads, answer.
namespace confman::consensus {

void Reads::on(ReadRequested&& event) {
  const ReadRequest request{.id = event.id, .asker = {}};
  if (context_.perturbed(Perturbation::FailedRead)) return fail_read(request, out_);
  if (auto* leading = roles_.leading()) {
    if (leading->waiting_reads.size() >= kMaxWaitingReads) return fail_read(request, out_);
    leading->waiting_reads.push_back(request);
    return;
  }
  auto* follower = roles_.following();
  const bool can_ask = follower && follower->leader;
  if (!can_ask || follower->waiting_reads.size() >= kMaxWaitingReads)
    return fail_read(request, out_);
  follower->waiting_reads.push_back(event.id);
}

void Reads::recv(const Message& m, ReadIndexRequest& body) {
  const ReadRequest request{.id = body.id, .asker = m.from};
  auto* leading = roles_.leading();
  if (!leading || leading->waiting_reads.size() >= kMaxWaitingReads)
    return fail_read(request, out_);
  leading->waiting_reads.push_back(request);
}

// At the end of a step. While as many rounds are under way as may be, requests gather for the next.
void Reads::begin_read_round(Leader& leading) {
  if (leading.waiting_reads.empty()) return;
  if (lease_holds(leading)) {
    CONFMAN_MARK("read: answered under the lease");
    for (const ReadRequest& request : std::exchange(leading.waiting_reads, {})) {
      answer_read(request, log_.commit());
    }
    return;
  }
  if (leading.rounds.size() >= kMaxReadRounds) return;
  // Until an entry of its own term is committed, a leader doesn't know all that is committed
  // (https://github.com/etcd-io/etcd/issues/7331). The no-op will tell; so long reads wait.
  if (!leading.committed_in_term(log_.commit())) {
    CONFMAN_MARK("read: waits for the leader's first commit");
    return;
  }
  begin_lease_round(leading);
  leading.rounds.push_back({.number = leading.round,
                            .index = log_.commit(),
                            .requests = std::exchange(leading.waiting_reads, {})});
  replication_.send_heartbeats(leading);
  confirm_reads(leading);
}

// A round's number means something only within this leadership: answers of another term have been
// dropped before, so a late one can't confirm a round that merely has the same number
// (https://github.com/etcd-io/etcd/issues/20418).
void Reads::confirm_reads(Leader& leading) {
  if (leading.rounds.empty() && leading.lease_rounds.empty()) return;
  const std::uint64_t confirmed = log_.quorum().reached([&](MemberId id) {
    if (id == context_.self()) return leading.round;
    const Progress* follower = find_peer(leading, id);
    return follower ? follower->round : 0;
  });
  extend_lease(leading, confirmed);
  while (!leading.rounds.empty() && leading.rounds.front().number <= confirmed) {
    const ReadRound& round = leading.rounds.front();
    for (const ReadRequest& request : round.requests) answer_read(request, round.index);
    leading.rounds.pop_front();
  }
}

// --- the lease (thesis §6.4.1)
//
// Whoever has answered a leader gives nobody a vote until an election time-out has passed since, by
// its own clock (hears_live_leader, also over a restart); so a leader that a majority has answered
// knows that until then nobody else can have been elected. It counts from when it asked, by its own
// monotonic clock, and less by what both clocks may be wrong. What it must not do is ask a
// successor to campaign, which voters don't hold against it: from that moment on there is no lease
// in this term, even if the transfer seems to have come to nothing, because the request may be late
// (https://github.com/databendlabs/openraft/issues/1747). A process that was paused finds its lease
// expired, if the clock it is given counts the pause.

std::optional<Time> Reads::lease_end(const Leader& leading) const {
  const bool may_rely_on_it = context_.config.lease_reads &&
                              leading.committed_in_term(log_.commit()) && !leading.lease_void &&
                              !leading.transfer;
  return may_rely_on_it ? leading.lease_until : std::nullopt;
}

bool Reads::lease_holds(const Leader& leading) const {
  const std::optional<Time> end = lease_end(leading);
  return end && context_.now < *end;
}

void Reads::begin_lease_round(Leader& leading) {
  ++leading.round;
  if (!context_.config.lease_reads) return;
  leading.lease_rounds.push_back({.number = leading.round, .begun_at = context_.now});
  // Of more the oldest would be too old when they are confirmed.
  if (leading.lease_rounds.size() > kMaxLeaseRounds) leading.lease_rounds.pop_front();
}

void Reads::extend_lease(Leader& leading, std::uint64_t confirmed) {
  constexpr std::int64_t kMillion = 1'000'000;
  const Duration lease = context_.config.election_timeout_min *
                         (kMillion - context_.config.max_clock_drift_ppm) /
                         (kMillion + context_.config.max_clock_drift_ppm);
  while (!leading.lease_rounds.empty() && leading.lease_rounds.front().number <= confirmed) {
    leading.lease_until = leading.lease_rounds.front().begun_at + lease;
    leading.lease_rounds.pop_front();
  }
}

// ---

void Reads::answer_read(const ReadRequest& request, LogIndex index) {
  if (!request.asker) return out_.emit(ReadReady{request.id, index});
  out_.send(*request.asker, ReadIndexReply{.id = request.id, .ok = true, .index = index});
}

}  // namespace confman::consensus
