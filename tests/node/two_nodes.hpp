#pragma once

#include <gtest/gtest.h>
#include <optional>
#include <utility>
#include <vector>

#include "tests/support/counting_sealer.hpp"
#include "tests/support/memory_node.hpp"

// Two nodes of a cluster of two, whose messages take a millisecond, or wait.
namespace confman::node {

using Mail = std::vector<PeerMessage>;

constexpr std::uint64_t kFull = 0;
constexpr std::uint64_t kNeeded = 1000;
constexpr std::uint64_t kMuch = 1'000'000;

class OfTwo final : Transport, ClientSink {
 public:
  OfTwo(std::uint64_t number, Mail& mail)
      : mail_(mail),
        node_(config(number), consensus::Restored{},
              Node::Ports{log_, snapshots_, state_, *this, *this, nullptr, &sealer_}, Now{}) {}

  Node* operator->() { return &node_; }
  bool leads() const { return node_.status().raft.role == consensus::Role::Leader; }

  void turn(Now now) {
    if (const auto upto = log_.take()) node_.persisted(now, upto);
    if (node_.next_deadline() <= now.mono) node_.tick(now);
    node_.end_turn(now);
  }

  const domain::StateStore& state() const { return state_; }

  std::vector<Response> answers;

 private:
  static NodeConfig config(std::uint64_t number) {
    NodeConfig config;
    config.raft.self = {.member = consensus::MemberId{number}, .incarnation = number};
    config.raft.founders = testing::MemoryNode::membership(2);
    config.raft.seed = number;
    config.raft.min_free_bytes = kNeeded;
    config.raft.resume_free_bytes = kNeeded;
    return config;
  }
  bool send(PeerMessage message) override {
    mail_.push_back(std::move(message));
    return true;
  }
  void set_members(const consensus::Membership&) override {}
  void respond(Response response) override { answers.push_back(std::move(response)); }

  Mail& mail_;
  testing::MemoryLog log_;
  testing::NoSnapshots snapshots_;
  domain::MemoryStateStore state_;
  testing::CountingSealer sealer_{{"m1"}, 1};
  Node node_;
};

class TwoNodes : public ::testing::Test {
 protected:
  TwoNodes() {
    tell_space(one_, kMuch);
    tell_space(two_, kMuch);
  }

  OfTwo& leader() { return one_.leads() ? one_ : two_; }
  OfTwo& follower() { return one_.leads() ? two_ : one_; }
  void tell_space(OfTwo& node, std::uint64_t bytes) { node->disk_space(now_, bytes); }

  // False if it doesn't come about in ten seconds of theirs.
  template <class Condition>
  bool run_until(Condition condition) {
    for (int i = 0; i < 10'000; ++i) {
      turn();
      if (condition()) return true;
    }
    return false;
  }
  // Until the leader has heard, or asked, and asked again.
  void run_for_a_while() {
    for (int i = 0; i < 500; ++i) turn();
  }
  // Everything takes a millisecond.
  void turn() {
    now_.mono = now_.mono + Duration::millis(1);
    for (PeerMessage& message : std::exchange(mail_, {})) {
      OfTwo& to = message.to == consensus::MemberId{1} ? one_ : two_;
      if (cut_ == &to) continue;
      if (late_ == &to && std::holds_alternative<consensus::Message>(message.body)) continue;
      to->receive(now_, std::move(message));
    }
    one_.turn(now_);
    two_.turn(now_);
  }

  Now now_;
  Mail mail_;
  OfTwo one_{1, mail_};
  OfTwo two_{2, mail_};
  OfTwo* cut_ = nullptr;   // hears nothing
  OfTwo* late_ = nullptr;  // hears nothing of the log
};

}  // namespace confman::node
