#include <algorithm>
#include <array>
#include <gtest/gtest.h>
#include <memory>
#include <utility>
#include <vector>

#include "domain/audit/query.hpp"
#include "domain/limits.hpp"
#include "tests/support/memory_node.hpp"

// Three nodes whose clocks differ: what becomes of stamps, of what lives as long as they say, and
// of who leads (app/node/clocks.cpp).
namespace confman::node {
namespace {

using consensus::MemberId;

constexpr std::int64_t kNoon = 1'800'000'000'000;
constexpr std::int64_t kDays = 3 * 24 * 3600 * std::int64_t{1000};
constexpr std::int64_t kBound = 500;

class Machine final : Transport, ClientSink {
 public:
  Machine(std::uint64_t number, std::uint64_t level, std::vector<PeerMessage>& mail)
      : mail_(mail),
        node_(config(number, level), consensus::Restored{},
              Node::Ports{log_, snapshots_, state_, *this, *this}, Now{{}, {kNoon}}) {}

  Node* operator->() { return &node_; }
  bool leads() const {
    const consensus::Status status = node_.status().raft;
    return status.role == consensus::Role::Leader && status.can_serve_reads;
  }
  const domain::StateStore& state() const { return state_; }

  void turn(Time at) {
    const Now now = read(at);
    if (const auto upto = log_.take()) node_.persisted(now, upto);
    if (node_.next_deadline() <= now.mono) node_.tick(now);
    node_.end_turn(now);
  }
  Now read(Time at) const { return {at, {kNoon + at.us / 1000 + ahead_ms}}; }

  std::int64_t ahead_ms = 0;
  std::vector<Response> responses;

 private:
  static NodeConfig config(std::uint64_t number, std::uint64_t level) {
    NodeConfig config;
    config.raft.self = {.member = MemberId{number}, .incarnation = number};
    config.raft.founders = testing::MemoryNode::membership(3);
    config.raft.seed = number;
    config.raft.max_feature_level = level;
    return config;
  }
  bool send(PeerMessage message) override {
    mail_.push_back(std::move(message));
    return true;
  }
  void set_members(const consensus::Membership&) override {}
  void respond(Response response) override { responses.push_back(std::move(response)); }

  std::vector<PeerMessage>& mail_;
  testing::MemoryLog log_;
  testing::NoSnapshots snapshots_;
  domain::MemoryStateStore state_;
  Node node_;
};

class Clocks : public ::testing::Test {
 protected:
  void found(std::uint64_t level = kNewestFeatureLevel) {
    for (std::uint64_t i = 0; i < 3; ++i) {
      nodes_[i] = std::make_unique<Machine>(i + 1, level, mail_);
    }
  }
  // Until somebody leads, and has answers of the others.
  void settle() {
    ASSERT_TRUE(run_until([&] { return leader() != nullptr; }));
    run_for(Duration::seconds(2));
  }

  Machine* leader() {
    for (const auto& node : nodes_) {
      if (node->leads()) return node.get();
    }
    return nullptr;
  }
  Machine& other() { return nodes_[0].get() == leader() ? *nodes_[1] : *nodes_[0]; }

  // Everything takes a millisecond.
  void turn() {
    at_ = at_ + Duration::millis(1);
    for (PeerMessage& message : std::exchange(mail_, {})) {
      if (std::holds_alternative<ClockQuestion>(message.body)) ++questions_;
      Machine& to = *nodes_[message.to.value - 1];
      to->receive(to.read(at_), std::move(message));
    }
    for (const auto& node : nodes_) node->turn(at_);
  }
  template <class Condition>
  bool run_until(Condition condition) {
    for (int i = 0; i < 10'000; ++i) {
      turn();
      if (condition()) return true;
    }
    return false;
  }
  void run_for(Duration time) {
    for (std::int64_t i = 0; i < time.to_millis(); ++i) turn();
  }

  RequestId submit(Machine& node, decltype(Request::operation) operation) {
    const RequestId id{next_request_++};
    node->submit(node.read(at_), {id, at_ + Duration::seconds(10), std::move(operation)});
    return id;
  }
  // The answer, once it is there.
  Response answer(Machine& node, RequestId id) {
    const auto is_it = [id](const Response& response) { return response.id == id; };
    EXPECT_TRUE(run_until([&] { return std::ranges::any_of(node.responses, is_it); }));
    return *std::ranges::find_if(node.responses, is_it);
  }
  domain::Reply write(Machine& node, std::string key = {}) {
    Write write;
    write.command.actor = {domain::ActorType::User, "alice", {}};
    write.command.idempotency_key = std::move(key);
    write.command.body = domain::PutEntry{.path = "/",
                                          .key = "k",
                                          .content_type = "text/plain",
                                          .value = "v",
                                          .labels = {},
                                          .description = {},
                                          .precondition = {}};
    const Response response = answer(node, submit(node, std::move(write)));
    const auto* done = std::get_if<WriteDone>(&response.outcome);
    EXPECT_NE(done, nullptr);
    return done != nullptr ? done->reply : domain::Reply{};
  }
  // Of the last stamp, from the true time.
  std::int64_t log_time_ahead(Machine& node) {
    return node->status().state.last_stamp.wall_ms - (kNoon + at_.us / 1000);
  }
  // Newest first.
  std::vector<domain::AuditRow> events(Machine& node) {
    domain::ListAudit query;
    query.path = "/";
    query.limit = domain::kMaxPageSize;
    std::vector<domain::AuditRow> rows;
    for (auto& event : domain::list_audit(node.state(), query).items) {
      rows.push_back(std::move(event.row));
    }
    return rows;
  }

  Time at_;
  std::vector<PeerMessage> mail_;
  std::array<std::unique_ptr<Machine>, 3> nodes_;
  std::uint64_t next_request_ = 1;
  int questions_ = 0;
};

TEST_F(Clocks, AWriteIsNotMadeTwiceBecauseTheLeadersClockGoesDaysAhead) {
  found();
  settle();
  const domain::Reply first = write(*leader(), "once");
  leader()->ahead_ms = kDays;
  const domain::Reply second = write(*leader(), "once");
  EXPECT_TRUE(second.replayed);
  EXPECT_EQ(second.version, first.version);
  EXPECT_LE(log_time_ahead(*leader()), kBound + 20);
}

TEST_F(Clocks, AWriteIsNotMadeTwiceBecauseALeaderWasDaysBehind) {
  found();
  settle();
  Machine& behind = *leader();
  behind.ahead_ms = -kDays;
  const domain::Reply first = write(behind, "once");
  EXPECT_GE(log_time_ahead(behind), -kBound - 20);
  ASSERT_TRUE(run_until([&] { return leader() != nullptr && leader() != &behind; }));
  const domain::Reply second = write(*leader(), "once");
  EXPECT_TRUE(second.replayed);
  EXPECT_EQ(second.version, first.version);
}

TEST_F(Clocks, TheFirstWriteOfAClusterWaitsUntilItsLeaderKnowsTheTime) {
  for (const std::int64_t wrong : {kDays, -kDays}) {
    mail_.clear();
    found();
    ASSERT_TRUE(run_until([&] { return leader() != nullptr; }));
    leader()->ahead_ms = wrong;
    write(*leader());
    EXPECT_LE(std::abs(log_time_ahead(*leader())), kBound + 20);
  }
}

TEST_F(Clocks, ALeaderWhoseClockIsOffHandsOverToOneWhoseClockIsRight) {
  found();
  settle();
  Machine* const off = leader();
  other().ahead_ms = kDays;  // two clocks of three: this one agrees with the leader's
  off->ahead_ms = kDays;
  run_for(Duration::seconds(3));
  EXPECT_EQ(leader(), off) << "the majority's clocks say so";
  EXPECT_FALSE((*off)->status().clock.off);
  other().ahead_ms = 0;
  ASSERT_TRUE(run_until([&] { return leader() != nullptr && leader() != off; }));
  run_for(Duration::seconds(60));
  EXPECT_NE(leader(), off);
  EXPECT_TRUE((*off)->status().clock.off);
  EXPECT_GE((*off)->status().clock.offset, Duration::millis(kDays - kBound));
  EXPECT_FALSE((*leader())->status().clock.off);
}

TEST_F(Clocks, WhoLeadsAmongClocksThatAreAllDifferentLeadsOn) {
  found();
  nodes_[0]->ahead_ms = -kDays;
  nodes_[2]->ahead_ms = kDays;
  settle();
  run_for(Duration::seconds(3));
  Machine* const first = leader();
  ASSERT_EQ(first, nodes_[1].get()) << "whose clock is the median";
  run_for(Duration::seconds(100));
  EXPECT_EQ(leader(), first);
}

TEST_F(Clocks, StampsOfWhatIsAppliedIncreaseThoughLogTimeWasFarAhead) {
  found();
  for (const auto& node : nodes_) node->ahead_ms = kDays;
  settle();
  write(*leader());
  EXPECT_GE(log_time_ahead(*leader()), kDays - kBound);
  for (const auto& node : nodes_) node->ahead_ms = 0;
  run_for(Duration::seconds(2));
  for (int i = 0; i < 3; ++i) write(*leader());
  const std::vector<domain::AuditRow> trail = events(*leader());
  ASSERT_EQ(trail.size(), 4);
  for (std::size_t i = 1; i < trail.size(); ++i) {
    EXPECT_LT(trail[i].stamp, trail[i - 1].stamp) << "newest first";
  }
  EXPECT_GE(log_time_ahead(*leader()), kDays - kBound - 3000) << "it waits for the clocks";
}

TEST_F(Clocks, BelowTheirLevelClocksAreNotAskedForAndALeaderStampsByItsOwn) {
  found(kCommonTime - 1);
  settle();
  leader()->ahead_ms = kDays;
  write(*leader());
  EXPECT_GE(log_time_ahead(*leader()), kDays - 20);
  EXPECT_EQ(questions_, 0);
  EXPECT_EQ((*leader())->status().clock.offset, std::nullopt);
}

// --- what a leader refuses

TEST_F(Clocks, ARefusedChangeOfMembersIsAnEventAndIsAnsweredOnceItIs) {
  found();
  settle();
  Machine& node = *leader();
  const RequestId id = submit(
      node,
      ChangeMembers{
          consensus::Remove{MemberId{9}}, "node9", {domain::ActorType::User, "bob", {}}, "r1"});
  const Response response = answer(node, id);
  const auto* refused = std::get_if<AdminRefused>(&response.outcome);
  ASSERT_NE(refused, nullptr);
  EXPECT_EQ(refused->why, consensus::ChangeRefusal::UnknownMember);
  const std::vector<domain::AuditRow> trail = events(node);
  ASSERT_EQ(trail.size(), 1);
  EXPECT_EQ(trail[0].action, domain::Action::MemberRemoved);
  EXPECT_EQ(trail[0].refusal, domain::Refusal::MemberNotFound);
  EXPECT_EQ(trail[0].actor.id, "bob");
  EXPECT_EQ(trail[0].request_id, "r1");
  EXPECT_EQ(trail[0].path, "/");
  EXPECT_EQ(trail[0].key, "node9") << "as the request has it, since there is no such member";
}

TEST_F(Clocks, BelowTheirLevelARefusedChangeOfMembersIsNoEvent) {
  found(kRefusedChanges - 1);
  settle();
  Machine& node = *leader();
  const RequestId id = submit(
      node,
      ChangeMembers{
          consensus::Remove{MemberId{9}}, "node9", {domain::ActorType::User, "bob", {}}, "r1"});
  EXPECT_TRUE(std::holds_alternative<AdminRefused>(answer(node, id).outcome));
  run_for(Duration::seconds(1));
  EXPECT_EQ(events(node).size(), 0);
}

}  // namespace
}  // namespace confman::node
