#include <algorithm>

#include "tests/node/two_nodes.hpp"

// A write that is tried again, while its API key is revoked in between.
namespace confman::node {
namespace {

class RevokedKey : public TwoNodes {
 protected:
  // Asks the follower for a write with a key of either sort.
  void ask() {
    ASSERT_TRUE(run_until([&] { return one_.leads() || two_.leads(); }));
    ASSERT_TRUE(run_until([&] { return follower()->status().raft.leader.has_value(); }));
    asked_ = &follower();
    Write write;
    write.command.actor = {domain::ActorType::User, "ann", {}};
    write.command.idempotency_key = "once";
    write.command.api_key = sha256("ann's");
    write.command.body = domain::PutNamespace{
        .path = "/a", .description = {}, .owner = {}, .labels = {}, .precondition = {}};
    (*asked_)->submit(now_, {RequestId{1}, now_.mono + Duration::seconds(8), write});
  }
  // Loses the write on its way to the leader; its number.
  std::uint64_t lose() {
    auto passed_on = mail_.end();
    const auto is_sent = [&] {
      passed_on = std::ranges::find_if(mail_, [](const PeerMessage& message) {
        return std::holds_alternative<ForwardWrite>(message.body);
      });
      return passed_on != mail_.end();
    };
    const bool sent = is_sent() || run_until(is_sent);
    EXPECT_TRUE(sent);
    if (!sent) return 0;
    const std::uint64_t id = std::get<ForwardWrite>(passed_on->body).id;
    mail_.erase(passed_on);
    return id;
  }
  void answer(std::uint64_t id, ForwardOutcome outcome) {
    PeerMessage message{{}, (*asked_)->status().raft.self.member, {}};
    message.body = ForwardReply{id, outcome, {.refusal = domain::Refusal::ApiKeyRevoked}};
    (*asked_)->receive(now_, message);
    turn();
  }
  bool is_unknown() const {
    if (asked_->answers.size() != 1) return false;
    const auto* failed = std::get_if<Failed>(&asked_->answers[0].outcome);
    return failed != nullptr && failed->why == Failure::OutcomeUnknown;
  }

  OfTwo* asked_ = nullptr;
};

TEST_F(RevokedKey, ALaterTryThatIsRefusedForItSaysNothingOfAnEarlierOne) {
  ask();
  lose();
  answer(lose(), ForwardOutcome::Decided);
  EXPECT_TRUE(is_unknown());
}

TEST_F(RevokedKey, NorDoesALaterTryThatTheLeaderDenies) {
  ask();
  lose();
  answer(lose(), ForwardOutcome::Denied);
  EXPECT_TRUE(is_unknown());
}

TEST_F(RevokedKey, TheFirstTryIsCertainlyNotDone) {
  ask();
  answer(lose(), ForwardOutcome::Denied);
  ASSERT_EQ(asked_->answers.size(), 1U);
  EXPECT_TRUE(std::holds_alternative<Denied>(asked_->answers[0].outcome));
}

}  // namespace
}  // namespace confman::node
