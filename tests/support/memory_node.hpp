#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "app/node/gateway.hpp"
#include "app/node/node.hpp"
#include "domain/command/reply.hpp"
#include "domain/state/memory_store.hpp"

// A real node of a cluster of one, on ports that live in memory.
namespace confman::testing {

// Everything is durable one turn after it was written.
class MemoryLog final : public consensus::LogStore {
 public:
  void persist(consensus::PersistRequest request) override { upto_ = request.seq; }
  // What has become durable since the last call.
  consensus::PersistSeq take() { return std::exchange(upto_, {}); }
  bool writing() const { return static_cast<bool>(upto_); }

 private:
  consensus::PersistSeq upto_;
};

// These logs never grow to where a snapshot is due.
class NoSnapshots final : public consensus::SnapshotStore {
 public:
  void build() override {}
  std::optional<Bytes> read(consensus::LogId, std::uint64_t, std::size_t) override { return {}; }
  std::uint64_t stage(const consensus::SnapshotMeta&, std::uint64_t, ByteView) override {
    return 0;
  }
  void install(const consensus::SnapshotMeta&) override {}
};

class NoPeers final : public node::Transport {
 public:
  bool send(node::PeerMessage) override { return false; }
  void set_members(const consensus::Membership&) override {}
};

inline constexpr consensus::MemberId kSelf{1};

class MemoryNode final : private node::ClientSink {
 public:
  using Adjust = void (*)(node::NodeConfig&);

  // With members() == 3 the others never answer: there is no leader.
  explicit MemoryNode(
      std::uint64_t members = 1, Adjust adjust = [](node::NodeConfig&) {},
      consensus::Restored restored = {}, node::Checks* checks = nullptr,
      domain::Sealer* secrets = nullptr)
      : founders_(membership(members)),
        node_(std::make_unique<node::Node>(
            config(members, adjust), std::move(restored),
            node::Node::Ports{log_, snapshots_, state_, peers_, *this, checks, secrets}, Now{})) {}

  static consensus::Membership membership(std::uint64_t members) {
    consensus::Membership result;
    for (std::uint64_t i = 1; i <= members; ++i) {
      const std::string n = std::to_string(i);
      result.members.push_back({.id = consensus::MemberId{i},
                                .role = consensus::MemberRole::Voter,
                                .name = "node" + n,
                                // Nobody listens there.
                                .peer_address = "127.0.0.1:" + n,
                                .api_address = "127.0.0.1:1" + n});
    }
    return result;
  }

  node::Node& node() { return *node_; }
  const domain::StateStore& state() const { return state_; }
  bool writing() const { return log_.writing(); }

  // One turn of the node's loop; returns the answers of it.
  std::vector<node::Response> turn(Now now) {
    if (const auto upto = log_.take()) node_->persisted(now, upto);
    if (node_->next_deadline() <= now.mono) node_->tick(now);
    node_->end_turn(now);
    return std::exchange(responses_, {});
  }

  node::StatusReport report(Time now) const {
    return {.taken_at = now,
            .node = node_->status(),
            .membership = node_->membership().members.empty() ? founders_ : node_->membership(),
            .storage = {.log_bytes = 1, .state_bytes = 2, .snapshot_bytes = 3, .free_bytes = 4},
            .shutting_down = false};
  }

 private:
  static node::NodeConfig config(std::uint64_t members, Adjust adjust) {
    node::NodeConfig result;
    result.raft.self = {.member = kSelf, .incarnation = 1};
    result.raft.founders = membership(members);
    adjust(result);
    return result;
  }
  void respond(node::Response response) override { responses_.push_back(std::move(response)); }

  const consensus::Membership founders_;
  MemoryLog log_;
  NoSnapshots snapshots_;
  NoPeers peers_;
  domain::MemoryStateStore state_;
  std::vector<node::Response> responses_;
  std::unique_ptr<node::Node> node_;
};

}  // namespace confman::testing
