#include "domain/command/command.hpp"
#include "domain/review/changes.hpp"
#include "domain/review/commands.hpp"
#include "tests/node/two_nodes.hpp"

// A request whose changes start from what is live at the node that takes it.
namespace confman::node {
namespace {

domain::PutEntry put(Bytes value) {
  return {.path = "/",
          .key = "k",
          .content_type = "application/json",
          .value = std::move(value),
          .labels = {},
          .description = {},
          .precondition = {}};
}

Write by_ann(domain::CommandBody body) {
  Write write;
  write.command.actor = {domain::ActorType::User, "ann", {}};
  write.command.body = std::move(body);
  return write;
}

TEST_F(TwoNodes, ARequestStartsFromWhatItsNodeHasAnsweredThoughThatIsntAppliedThereYet) {
  ASSERT_TRUE(run_until([&] { return one_.leads() || two_.leads(); }));
  ASSERT_TRUE(run_until([&] {
    return one_->status().raft.feature_level == kNewestFeatureLevel &&
           two_->status().raft.feature_level == kNewestFeatureLevel &&
           follower()->status().raft.leader;
  }));
  OfTwo& asked = follower();
  const auto before = leader()->status().state.applied.index;
  asked->submit(now_, {RequestId{1}, now_.mono + Duration::seconds(8), by_ann(put("1"))});
  ASSERT_TRUE(run_until([&] { return leader()->status().state.applied.index > before; }));
  late_ = &asked;
  ASSERT_TRUE(run_until([&] { return !asked.answers.empty(); }));
  const auto* written = std::get_if<WriteDone>(&asked.answers[0].outcome);
  ASSERT_NE(written, nullptr);
  ASSERT_LT(asked->status().state.applied.index, written->reply.revision.index)
      << "the leader's answer is here before the news that it is committed";

  domain::PutEntry change = put("2");
  change.precondition.if_absent = true;
  Write open =
      by_ann(domain::CreateRequest{.title = "two",
                                   .reason = {},
                                   .changes = domain::join_changes({domain::encode_body(change)}),
                                   .publish_at_ms = 0,
                                   .submit = true});
  open.from_live = {0};
  asked->submit(now_, {RequestId{2}, now_.mono + Duration::seconds(8), std::move(open)});
  late_ = nullptr;
  ASSERT_TRUE(run_until([&] { return asked.answers.size() == 2; }));
  const auto* made = std::get_if<WriteDone>(&asked.answers[1].outcome);
  ASSERT_NE(made, nullptr);
  EXPECT_FALSE(made->reply.refusal) << "base_moved, where it started from the time before";
}

// As a client does whose answer was lost.
TEST_F(TwoNodes, ARequestThatIsAskedForAgainIsTheOneThatWasMadeThoughAnotherVersionIsLive) {
  ASSERT_TRUE(run_until([&] {
    return (one_.leads() || two_.leads()) &&
           one_->status().raft.feature_level == kNewestFeatureLevel &&
           two_->status().raft.feature_level == kNewestFeatureLevel &&
           follower()->status().raft.leader;
  }));
  OfTwo& asked = follower();
  Write open = by_ann(domain::CreateRequest{
      .title = "two", .changes = domain::join_changes({domain::encode_body(put("2"))})});
  open.command.idempotency_key = "once";
  open.from_live = {0};
  std::uint64_t asks = 0;
  const auto answer_to = [&](Write write) {
    asked->submit(now_, {RequestId{++asks}, now_.mono + Duration::seconds(8), std::move(write)});
    EXPECT_TRUE(run_until([&] { return asked.answers.size() == asks; }));
    const auto* done = std::get_if<WriteDone>(&asked.answers.back().outcome);
    EXPECT_NE(done, nullptr);
    return done != nullptr ? done->reply : domain::Reply{};
  };
  const domain::Reply made = answer_to(open);
  EXPECT_FALSE(made.refusal);
  EXPECT_FALSE(answer_to(by_ann(put("1"))).refusal);
  const domain::Reply again = answer_to(open);
  EXPECT_FALSE(again.refusal) << "idempotency_key_reused, where the base was part of it";
  EXPECT_TRUE(again.replayed);
  EXPECT_EQ(again.revision, made.revision);
}

TEST_F(TwoNodes, ARequestThatWaitsForItsNodeCanBeTakenBackAndGivenUp) {
  ASSERT_TRUE(run_until([&] {
    return (one_.leads() || two_.leads()) &&
           one_->status().raft.feature_level == kNewestFeatureLevel &&
           two_->status().raft.feature_level == kNewestFeatureLevel &&
           follower()->status().raft.leader;
  }));
  OfTwo& asked = follower();
  const auto before = leader()->status().state.applied.index;
  asked->submit(now_, {RequestId{1}, now_.mono + Duration::seconds(8), by_ann(put("1"))});
  ASSERT_TRUE(run_until([&] { return leader()->status().state.applied.index > before; }));
  late_ = &asked;
  ASSERT_TRUE(run_until([&] { return !asked.answers.empty(); }));
  cut_ = &asked;  // so that it stays behind
  domain::PutEntry change = put("2");
  change.precondition.if_absent = true;
  Write open =
      by_ann(domain::CreateRequest{.title = "two",
                                   .reason = {},
                                   .changes = domain::join_changes({domain::encode_body(change)}),
                                   .publish_at_ms = 0,
                                   .submit = true});
  open.from_live = {0};
  asked->submit(now_, {RequestId{2}, now_.mono + Duration::seconds(1), open});
  asked->submit(now_, {RequestId{3}, now_.mono + Duration::seconds(1), open});
  asked->cancel(RequestId{2});
  ASSERT_TRUE(run_until([&] { return asked.answers.size() == 2; }));
  EXPECT_EQ(asked.answers[1].id, RequestId{3});
  EXPECT_TRUE(std::holds_alternative<Failed>(asked.answers[1].outcome)) << "certainly not done";
  cut_ = late_ = nullptr;
  run_for_a_while();
  EXPECT_EQ(asked.answers.size(), 2U);
}

}  // namespace
}  // namespace confman::node
