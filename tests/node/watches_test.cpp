#include "tests/node/two_nodes.hpp"

// Watches where the node can't know what they ask about: their position isn't here yet, or no
// leader is known.
namespace confman::node {
namespace {

class Watching : public TwoNodes {
 protected:
  void SetUp() override {
    ASSERT_TRUE(run_until([&] { return leader()->status().raft.commit.value > 1; }));
  }

  RequestId submit(OfTwo& node, decltype(Request::operation) operation, Duration timeout) {
    const RequestId id{++last_id_};
    node->submit(now_,
                 {.id = id, .deadline = now_.mono + timeout, .operation = std::move(operation)});
    return id;
  }
  RequestId watch(OfTwo& node, Watch watch, Duration timeout = Duration::seconds(30)) {
    watch.scope.path = "/";
    return submit(node, std::move(watch), timeout);
  }
  static const Response* answer_to(const OfTwo& node, RequestId id) {
    for (const Response& response : node.answers) {
      if (response.id == id) return &response;
    }
    return nullptr;
  }
  static std::optional<Failure> failure(const OfTwo& node, RequestId id) {
    const Response* response = answer_to(node, id);
    const auto* failed = response ? std::get_if<Failed>(&response->outcome) : nullptr;
    return failed ? std::optional(failed->why) : std::nullopt;
  }
  static const WatchDone* done(const OfTwo& node, RequestId id) {
    const Response* response = answer_to(node, id);
    return response ? std::get_if<WatchDone>(&response->outcome) : nullptr;
  }

  // Through the leader; committed and applied there, perhaps not elsewhere.
  domain::Revision write() {
    domain::PutEntry put;
    put.path = "/";
    put.key = "k";
    put.content_type = "application/json";
    put.value = "1";
    Write write;
    write.command.body = std::move(put);
    write.command.actor = {domain::ActorType::Anonymous, "anonymous", ""};
    OfTwo& node = leader();
    const RequestId id = submit(node, std::move(write), Duration::seconds(5));
    EXPECT_TRUE(run_until([&] { return answer_to(node, id) != nullptr; }));
    EXPECT_TRUE(std::holds_alternative<WriteDone>(answer_to(node, id)->outcome));
    return answer_to(node, id)->revision;
  }
  // That node hears nothing any more, and has noticed.
  void lose_leader(OfTwo& alone) {
    cut_ = &alone;
    ASSERT_TRUE(run_until([&] { return !alone->status().raft.leader; }));
  }

  std::uint64_t last_id_ = 0;
};

TEST_F(Watching, APositionThatAFollowerHasNotAppliedYetIsWaitedFor) {
  OfTwo& behind = follower();
  const domain::Revision position = write();
  ASSERT_LT(behind->status().state.applied.index, position.index) << "it hears of the commit later";
  const RequestId id = watch(behind, {.after = position, .at_once = true}, Duration::millis(0));
  ASSERT_TRUE(run_until([&] { return answer_to(behind, id) != nullptr; }));
  ASSERT_NE(done(behind, id), nullptr);
  EXPECT_EQ(done(behind, id)->from, position);
  EXPECT_GE(done(behind, id)->to, position);
  EXPECT_TRUE(done(behind, id)->page.changes.empty());
}

TEST_F(Watching, APositionThatNobodyHasIsRefusedAsSoonAsTheLeaderHasSaidSo) {
  for (OfTwo* node : {&leader(), &follower()}) {
    const domain::Revision position{.term = 1, .index = 1'000'000};
    const Time asked = now_.mono;
    const RequestId id = watch(*node, {.after = position});
    ASSERT_TRUE(run_until([&] { return answer_to(*node, id) != nullptr; }));
    EXPECT_EQ(failure(*node, id), Failure::PositionUnknown);
    EXPECT_LT(now_.mono - asked, Duration::millis(100));
  }
}

TEST_F(Watching, APositionOfAnotherTermIsRefused) {
  const domain::Revision position = write();
  OfTwo& node = leader();
  const RequestId id = watch(node, {.after = domain::Revision{position.term + 1, position.index}});
  turn();
  EXPECT_EQ(failure(node, id), Failure::PositionUnknown);
}

TEST_F(Watching, APositionAheadEndsWithItsTimeWhereNobodyCanTell) {
  OfTwo& alone = follower();
  lose_leader(alone);
  const domain::Revision position{.term = 1, .index = 1'000'000};
  const Time asked = now_.mono;
  const RequestId id = watch(alone, {.after = position}, Duration::millis(0));
  ASSERT_TRUE(run_until([&] { return answer_to(alone, id) != nullptr; }));
  EXPECT_EQ(failure(alone, id), Failure::NoLeader);
  EXPECT_EQ(now_.mono - asked, NodeConfig{}.position_wait) << "the bound, though its own was over";
}

// It was remembered for ever, once for each such request.
TEST_F(Watching, AReadOfAVersionThatNeverComesIsForgotten) {
  OfTwo& node = leader();
  Read read{.query = GetNamespace{"/"}, .consistency = Consistency::Stale};
  read.min_version = {.term = 1, .index = 1'000'000};
  const RequestId id = submit(node, read, Duration::millis(5));
  ASSERT_TRUE(run_until([&] { return answer_to(node, id) != nullptr; }));
  EXPECT_EQ(failure(node, id), Failure::VersionWaitTimeout);
  EXPECT_EQ(node->status().open_reads, 0U);
}

TEST_F(Watching, WithoutALeaderAWatchEndsAfterSomeElectionTimeouts) {
  OfTwo& alone = follower();
  const RequestId led = watch(alone, {});
  const RequestId unled = watch(alone, {.without_leader = true});
  lose_leader(alone);
  const Time lost = now_.mono;
  EXPECT_EQ(answer_to(alone, led), nullptr) << "not at once: an election may be under way";
  ASSERT_TRUE(run_until([&] { return answer_to(alone, led) != nullptr; }));
  EXPECT_EQ(failure(alone, led), Failure::NoLeader);
  EXPECT_LE(now_.mono - lost,
            consensus::RaftConfig{}.election_timeout_max * 3 + Duration::millis(1));
  const RequestId late = watch(alone, {});
  turn();
  EXPECT_EQ(failure(alone, late), Failure::NoLeader);
  run_for_a_while();
  EXPECT_EQ(answer_to(alone, unled), nullptr);
  // With a leader again everybody is served.
  cut_ = nullptr;
  ASSERT_TRUE(run_until([&] { return alone->status().raft.leader.has_value(); }));
  const RequestId again = watch(alone, {});
  const domain::Revision change = write();
  ASSERT_TRUE(run_until([&] { return answer_to(alone, again) && answer_to(alone, unled); }));
  for (const RequestId id : {again, unled}) {
    ASSERT_EQ(done(alone, id)->page.changes.size(), 1U);
    EXPECT_EQ(done(alone, id)->page.changes[0].revision, change);
    EXPECT_GE(done(alone, id)->to, change);
  }
}

TEST_F(Watching, AnElectionDoesNotEndWatches) {
  OfTwo& node = follower();
  const RequestId id = watch(node, {});
  leader()->begin_shutdown();
  ASSERT_TRUE(run_until([&] { return node.leads(); }));
  run_for_a_while();
  EXPECT_EQ(answer_to(node, id), nullptr);
}

TEST_F(Watching, ARemovedNodeEndsThem) {
  OfTwo& staying = leader();
  OfTwo& leaving = follower();
  const RequestId id = watch(leaving, {});
  ChangeMembers asked;
  asked.change = consensus::Remove{leaving->status().raft.self.member};
  const RequestId changed = submit(staying, asked, Duration::seconds(5));
  ASSERT_TRUE(run_until([&] { return answer_to(staying, changed) != nullptr; }));
  ASSERT_TRUE(std::holds_alternative<AdminDone>(answer_to(staying, changed)->outcome));
  ASSERT_TRUE(run_until([&] { return answer_to(leaving, id) != nullptr; }));
  // It may be that nobody has told it why it hears nothing.
  const bool knows = leaving->status().raft.standing == consensus::Standing::Removed;
  EXPECT_EQ(failure(leaving, id), knows ? Failure::Removed : Failure::NoLeader);
}

}  // namespace
}  // namespace confman::node
