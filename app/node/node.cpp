#include "app/node/node.hpp"

#include "app/node/service.hpp"

namespace confman::node {

Node::Node(NodeConfig config, consensus::Restored restored, Ports ports, Now now)
    : service_(std::make_unique<Service>(std::move(config), std::move(restored), ports, now)) {}
Node::~Node() = default;

void Node::submit(Now now, Request request) {
  service_->submit(now, std::move(request));
}
void Node::cancel(RequestId id) {
  service_->cancel(id);
}
void Node::receive(Now now, PeerMessage message) {
  service_->receive(now, std::move(message));
}
void Node::tick(Now now) {
  service_->tick(now);
}
void Node::end_turn(Now now) {
  service_->end_turn(now);
}
Time Node::next_deadline() const {
  return service_->next_deadline();
}

void Node::persisted(Now now, consensus::PersistSeq upto) {
  service_->drive(now, [&](consensus::Driver& driver) { driver.persisted(now.mono, upto); });
}
void Node::state_durable(Now now, consensus::LogIndex index) {
  service_->drive(now, [&](consensus::Driver& driver) { driver.state_durable(now.mono, index); });
}
void Node::snapshot_built(Now now, consensus::SnapshotMeta meta) {
  service_->drive(now, [&](consensus::Driver& d) { d.snapshot_built(now.mono, std::move(meta)); });
}
void Node::snapshot_failed(Now now) {
  service_->drive(now, [&](consensus::Driver& driver) { driver.snapshot_failed(now.mono); });
}
void Node::snapshot_installed(Now now, consensus::SnapshotMeta meta) {
  service_->drive(now,
                  [&](consensus::Driver& d) { d.snapshot_installed(now.mono, std::move(meta)); });
}
void Node::snapshot_rejected(Now now, consensus::SnapshotMeta meta) {
  service_->drive(now,
                  [&](consensus::Driver& d) { d.snapshot_rejected(now.mono, std::move(meta)); });
}

void Node::disk_space(Now now, std::uint64_t free_bytes) {
  service_->drive(now, [&](consensus::Driver& d) { d.disk_space(now.mono, free_bytes); });
}

void Node::judged(Now now, std::uint64_t job, domain::Verdict verdict) {
  service_->judged(now, job, std::move(verdict));
}

const std::optional<consensus::Halt>& Node::halted() const {
  return service_->halted();
}

void Node::begin_shutdown() {
  service_->begin_shutdown();
}
bool Node::idle() const {
  return service_->idle();
}
NodeStatus Node::status() const {
  return service_->status();
}
std::vector<MemberChanged> Node::take_member_changes() {
  return service_->take_member_changes();
}
const consensus::Membership& Node::membership() const {
  return service_->driver().membership();
}
const consensus::Driver& Node::driver() const {
  return service_->driver();
}

}  // namespace confman::node
