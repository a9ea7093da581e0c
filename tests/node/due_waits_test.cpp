#include "domain/review/changes.hpp"
#include "domain/review/commands.hpp"
#include "tests/node/two_nodes.hpp"

// What is due at a leader that can't give stamps yet.
namespace confman::node {
namespace {

TEST_F(TwoNodes, WhatIsDueWaitsForTheTimeWithoutATurnAfterTheOther) {
  ASSERT_TRUE(run_until([&] {
    return (one_.leads() || two_.leads()) &&
           one_->status().raft.feature_level == kNewestFeatureLevel &&
           two_->status().raft.feature_level == kNewestFeatureLevel &&
           follower()->status().raft.leader;
  }));
  std::uint64_t asks = 0;
  const auto write = [&](domain::CommandBody body) {
    Write asked_for;
    asked_for.command.actor = {domain::ActorType::User, "ann", {}};
    asked_for.command.body = std::move(body);
    OfTwo& asked = leader();
    const std::size_t answers = asked.answers.size();
    asked->submit(now_,
                  {RequestId{++asks}, now_.mono + Duration::seconds(8), std::move(asked_for)});
    EXPECT_TRUE(run_until([&] { return asked.answers.size() > answers; }));
    const auto* done = std::get_if<WriteDone>(&asked.answers.back().outcome);
    EXPECT_TRUE(done != nullptr && !done->reply.refusal);
    return done == nullptr ? domain::Reply{} : done->reply;
  };
  const std::int64_t at_ms = now_.wall.ms + 1'000'000;
  domain::PutEntry put{.path = "/",
                       .key = "k",
                       .content_type = "application/json",
                       .value = "1",
                       .labels = {},
                       .description = {},
                       .precondition = {.if_absent = true}};
  const auto made =
      write(domain::CreateRequest{.title = "later",
                                  .reason = {},
                                  .changes = domain::join_changes({domain::encode_body(put)}),
                                  .publish_at_ms = at_ms,
                                  .submit = true});
  write(domain::StepRequest{.id = made.revision.index,
                            .step = static_cast<std::uint64_t>(domain::RequestStep::Publish),
                            .precondition = {.if_version = made.version},
                            .text = {}});
  // Another one leads, and hears nothing of clocks.
  OfTwo& before = leader();
  no_clocks_ = true;
  before->submit(now_, {RequestId{++asks}, now_.mono + Duration::seconds(8), Transfer{}});
  ASSERT_TRUE(run_until([&] { return !before.leads() && (one_.leads() || two_.leads()); }));
  now_.wall.ms = at_ms + 1;
  int busy = 0;
  for (int i = 0; i < 3000; ++i) {
    turn();
    if (leader()->next_deadline() <= now_.mono) ++busy;
  }
  EXPECT_LT(busy, 30) << "turns that ask for another one at once";
  const auto published = [&] {
    return leader()->status().state.due_requests == 0 &&
           leader()->status().state.open_requests == 0;
  };
  EXPECT_FALSE(published());
  no_clocks_ = false;
  EXPECT_TRUE(run_until(published));
}

}  // namespace
}  // namespace confman::node
