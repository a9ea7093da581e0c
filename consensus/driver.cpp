#include "consensus/driver.hpp"

#include <algorithm>
#include <utility>

#include "consensus/overloaded.hpp"
#include "domain/base/hash.hpp"

namespace confman::consensus {

Driver::Driver(GroupId group, std::unique_ptr<Engine> engine, Ports ports)
    : engine_(std::move(engine)), group_(group), self_(engine_->status().self), ports_(ports) {}

Driver::~Driver() = default;

void Driver::receive(Time now, Message message) {
  step(now, Received{std::move(message)});
}
void Driver::tick(Time now) {
  step(now, TimePassed{});
}
Time Driver::next_deadline() const {
  return engine_->next_deadline();
}

void Driver::propose(Time now, std::vector<Proposal> proposals) {
  step(now, Propose{std::move(proposals)});
}

void Driver::request_read(Time now, ReadId id) {
  step(now, ReadRequested{id});
}

void Driver::transfer_leadership(Time now, ChangeId id, std::optional<MemberId> to) {
  step(now, TransferLeadership{id, to});
}

void Driver::change_membership(Time now, ChangeId id, MemberChange change, Bytes note) {
  step(now, ChangeMembership{id, std::move(change), std::move(note)});
}

void Driver::disk_space(Time now, std::uint64_t free_bytes) {
  step(now, DiskSpace{free_bytes});
}

void Driver::persisted(Time now, PersistSeq upto) {
  persisted_ = std::max(persisted_, upto);
  release_durable();
  step(now, Persisted{upto});
}

void Driver::state_durable(Time now, LogIndex index) {
  step(now, StateDurable{index});
}

void Driver::snapshot_built(Time now, SnapshotMeta meta) {
  step(now, SnapshotBuilt{std::move(meta)});
}

void Driver::snapshot_failed(Time now) {
  step(now, SnapshotFailed{});
}

void Driver::snapshot_installed(Time now, SnapshotMeta meta) {
  ports_.machine.restored(meta.last);
  step(now, SnapshotInstalled{std::move(meta)});
}

void Driver::snapshot_rejected(Time now, SnapshotMeta meta) {
  step(now, SnapshotRejected{std::move(meta)});
}

Status Driver::status() const {
  return engine_->status();
}
Membership Driver::contacts() const {
  return engine().contacts();
}

const Membership& Driver::membership() const {
  return engine_->membership();
}

// Executing an effect may produce an event at once; it is stepped after all effects before it. An
// event produces at most one more, and the chains are two long.
void Driver::step(Time now, Event event) {
  run(now, std::move(event));
  while (!follow_ups_.empty()) {
    Event next = std::move(follow_ups_.front());
    follow_ups_.pop_front();
    run(now, std::move(next));
  }
}

void Driver::run(Time now, Event event) {
  engine_->step(now, std::move(event), effects_);
  for (Effect& effect : effects_) execute(effect);
  effects_.clear();
}

void Driver::execute(Effect& effect) {
  Listener& listener = ports_.listener;
  std::visit(Overloaded{
                 [&](Persist& e) { ports_.log.persist(std::move(e.request)); },
                 [&](Send& e) { send(e); },
                 [&](Apply& e) { ports_.machine.apply(e.entries); },
                 [&](ProposalAppended& e) { listener.proposal_appended(e.id, e.at); },
                 [&](ProposalRefused& e) { listener.proposal_refused(e.id, e.why); },
                 [&](ReadReady& e) { listener.read_ready(e.id, e.index); },
                 [&](ReadFailed& e) { listener.read_failed(e.id); },
                 [&](StatusChanged&) { listener.status_changed(); },
                 [&](MembershipInForce& e) { listener.membership_in_force(e.contacts); },
                 [&](ChangeAppended& e) { listener.change_appended(e.id, e.at); },
                 [&](ChangeRefused& e) { listener.change_refused(e.id, e.why); },
                 [&](TransferGivenUp& e) { listener.transfer_given_up(e.id); },
                 [&](Halt& e) { listener.halted(e); },
                 [&](BuildSnapshot&) { ports_.snapshots.build(); },
                 [&](SendSnapshotChunk& e) { send_chunk(e); },
                 [&](StoreSnapshotChunk& e) {
                   const std::uint64_t next =
                       ports_.snapshots.stage(e.chunk.meta, e.chunk.offset, *e.chunk.data);
                   follow_ups_.push_back(SnapshotChunkStored{std::move(e.chunk.meta), next});
                 },
                 [&](InstallSnapshot& e) { ports_.snapshots.install(e.meta); },
             },
             effect);
}

void Driver::send(Send& effect) {
  if (effect.after <= persisted_) {
    ports_.peers.send(std::move(effect.message));
    return;
  }
  if (waiting_.size() >= kMaxWaitingMessages) return;
  const auto later = std::ranges::upper_bound(waiting_, effect.after, {}, &Waiting::after);
  waiting_.insert(later, Waiting{effect.after, std::move(effect.message)});
}

void Driver::release_durable() {
  while (!waiting_.empty() && waiting_.front().after <= persisted_) {
    ports_.peers.send(std::move(waiting_.front().message));
    waiting_.pop_front();
  }
}

void Driver::send_chunk(const SendSnapshotChunk& e) {
  std::optional<Bytes> data = ports_.snapshots.read(e.meta.last, e.offset, e.max_bytes);
  if (!data) {
    follow_ups_.push_back(SnapshotLost{e.meta.last});
    return;
  }
  const std::uint32_t crc = crc32c(*data);
  ports_.peers.send({.group = group_,
                     .from = self_,
                     .to = e.to,
                     .term = e.term,
                     .body = SnapshotChunk{.meta = e.meta,
                                           .offset = e.offset,
                                           .crc = crc,
                                           .data = make_payload(std::move(*data)),
                                           .round = e.round,
                                           .repair_id = e.repair_id}});
}

}  // namespace confman::consensus
