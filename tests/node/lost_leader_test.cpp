#include <algorithm>

#include "tests/node/two_nodes.hpp"

// A write that was passed on to a leader that is lost then.
namespace confman::node {
namespace {

TEST_F(TwoNodes, AWriteThatIsCertainlyNotDoneLooksForALeaderUntilItsDeadline) {
  ASSERT_TRUE(run_until([&] { return one_.leads() || two_.leads(); }));
  OfTwo& asked = follower();
  const consensus::MemberId self = asked->status().raft.self.member;
  ASSERT_TRUE(run_until([&] { return asked->status().raft.leader.has_value(); }));
  Write write;
  write.command.actor = {domain::ActorType::User, "ann", {}};
  write.command.body = domain::PutNamespace{
      .path = "/a", .description = {}, .owner = {}, .labels = {}, .precondition = {}};
  asked->submit(now_, {RequestId{1}, now_.mono + Duration::seconds(8), write});
  const auto passed_on = std::ranges::find_if(mail_, [](const PeerMessage& message) {
    return std::holds_alternative<ForwardWrite>(message.body);
  });
  ASSERT_NE(passed_on, mail_.end());
  const std::uint64_t id = std::get<ForwardWrite>(passed_on->body).id;
  mail_.erase(passed_on);

  cut_ = &asked;
  ASSERT_TRUE(run_until([&] { return !asked->status().raft.leader; }));
  // Its answer was late: the node has given itself half a second to learn the outcome.
  PeerMessage late{{}, self, {}};
  late.body = ForwardReply{id, ForwardOutcome::NotLeader, {}};
  asked->receive(now_, late);
  for (int i = 0; i < 2000; ++i) turn();
  EXPECT_TRUE(asked.answers.empty()) << "a leader may be found yet";
  ASSERT_TRUE(run_until([&] { return !asked.answers.empty(); }));
  const auto* failed = std::get_if<Failed>(&asked.answers[0].outcome);
  ASSERT_NE(failed, nullptr);
  EXPECT_EQ(failed->why, Failure::NoLeader);
}

}  // namespace
}  // namespace confman::node
