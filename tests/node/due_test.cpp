#include <gtest/gtest.h>
#include <utility>
#include <vector>

#include "domain/command/command.hpp"
#include "domain/review/changes.hpp"
#include "domain/review/commands.hpp"
#include "tests/support/memory_node.hpp"

// What is published at a time is proposed by the leader when that has come, though nobody writes.
namespace confman::node {
namespace {

constexpr std::int64_t kStartMs = 1'767'225'600'000;

class Due : public ::testing::Test {
 protected:
  void SetUp() override { now_.wall.ms = kStartMs; }

  void turn() {
    now_.mono = now_.mono + Duration::millis(1);
    ++now_.wall.ms;
    for (Response& response : node_.turn(now_)) answers_.push_back(std::move(response));
  }
  // False: not within so many milliseconds.
  template <class Condition>
  bool run_until(Condition holds, int ms = 5000) {
    for (int i = 0; i < ms; ++i) {
      turn();
      if (holds()) return true;
    }
    return false;
  }
  bool serves(std::uint64_t level) {
    return run_until([&] {
      const auto raft = node_.node().status().raft;
      return raft.can_serve_reads && raft.feature_level == level;
    });
  }
  decltype(Response::outcome) ask(decltype(Request::operation) operation) {
    answers_.clear();
    node_.node().submit(now_, {.id = RequestId{++last_id_},
                               .deadline = now_.mono + Duration::seconds(4),
                               .operation = std::move(operation)});
    EXPECT_TRUE(run_until([&] { return !answers_.empty(); }));
    return std::move(answers_.at(0).outcome);
  }
  domain::Reply write(domain::CommandBody body, std::vector<std::uint32_t> from_live = {}) {
    Write write;
    write.command.actor = {domain::ActorType::User, "ada", {}};
    write.command.body = std::move(body);
    write.from_live = std::move(from_live);
    const auto outcome = ask(std::move(write));
    const auto* done = std::get_if<WriteDone>(&outcome);
    EXPECT_NE(done, nullptr);
    return done == nullptr ? domain::Reply{} : done->reply;
  }
  domain::RequestView request(std::uint64_t id) {
    Read read;
    read.query = GetRequest{id};
    const auto outcome = ask(std::move(read));
    const auto* done = std::get_if<ReadDone>(&outcome);
    const auto* view = done == nullptr ? nullptr : std::get_if<domain::RequestView>(&done->answer);
    EXPECT_NE(view, nullptr);
    return view == nullptr ? domain::RequestView{} : *view;
  }
  domain::RequestPhase phase(std::uint64_t id) { return request(id).request.phase; }
  std::uint64_t index() { return node_.node().status().state.applied.index; }

  static domain::PutEntry put(std::string key) {
    return {.path = "/",
            .key = std::move(key),
            .content_type = "application/json",
            .value = "1",
            .labels = {},
            .description = {},
            .precondition = {.if_absent = true}};
  }
  // A request that was published ahead of its time; its id.
  std::uint64_t scheduled(std::string key, std::int64_t at_ms) {
    const auto made = write(domain::CreateRequest{
        .title = "later",
        .reason = {},
        .changes = domain::join_changes({domain::encode_body(put(std::move(key)))}),
        .publish_at_ms = at_ms,
        .submit = true});
    const std::uint64_t id = made.revision.index;
    const auto done =
        write(domain::StepRequest{.id = id,
                                  .step = static_cast<std::uint64_t>(domain::RequestStep::Publish),
                                  .precondition = {.if_version = request(id).request.row.version},
                                  .text = {}});
    EXPECT_FALSE(done.refusal);
    return id;
  }

  Now now_;
  testing::MemoryNode node_;
  std::uint64_t last_id_ = 0;
  std::vector<Response> answers_;
};

TEST_F(Due, ARequestIsPublishedWhenItsTimeHasComeThoughNobodyWrites) {
  ASSERT_TRUE(serves(kNewestFeatureLevel));
  const std::int64_t at = now_.wall.ms + 3000;
  const std::uint64_t id = scheduled("later", at);
  EXPECT_EQ(phase(id), domain::RequestPhase::Scheduled);
  const std::uint64_t before = index();
  ASSERT_TRUE(run_until([&] { return now_.wall.ms >= at - 1; }));
  EXPECT_EQ(index(), before) << "nothing is proposed ahead of its time";
  ASSERT_TRUE(run_until([&] { return index() > before; }, 100));
  EXPECT_EQ(phase(id), domain::RequestPhase::Published);
  EXPECT_FALSE(run_until([&] { return index() > before + 1; }, 3000)) << "once is enough";
}

TEST_F(Due, AllThatIsDueAtOnceIsPublishedOneAfterTheOther) {
  ASSERT_TRUE(serves(kNewestFeatureLevel));
  const std::int64_t at = now_.wall.ms + 2000;
  std::vector<std::uint64_t> ids;
  for (const char* key : {"a", "b", "c"}) ids.push_back(scheduled(key, at));
  ASSERT_TRUE(run_until([&] { return now_.wall.ms >= at + 100; }));
  for (const std::uint64_t id : ids) EXPECT_EQ(phase(id), domain::RequestPhase::Published) << id;
}

TEST_F(Due, WhatCantBePublishedIsTriedOnce) {
  ASSERT_TRUE(serves(kNewestFeatureLevel));
  const std::int64_t at = now_.wall.ms + 1000;
  const std::uint64_t id = scheduled("moved", at);
  write(put("moved"));
  const std::uint64_t before = index();
  ASSERT_TRUE(run_until([&] { return now_.wall.ms >= at + 3000; }));
  EXPECT_EQ(index(), before + 1);
  const auto view = request(id);
  ASSERT_FALSE(view.notes.empty());
  EXPECT_EQ(view.notes.back().row.refusal, domain::Refusal::BaseMoved);
}

TEST_F(Due, AChangeThatNamesNoVersionStartsFromWhatIsLive) {
  ASSERT_TRUE(serves(kNewestFeatureLevel));
  write(put("there"));
  const auto made = write(
      domain::CreateRequest{.title = "both",
                            .reason = {},
                            .changes = domain::join_changes({domain::encode_body(put("there")),
                                                             domain::encode_body(put("new"))}),
                            .publish_at_ms = 0},
      {0, 1});
  const auto view = request(made.revision.index);
  ASSERT_EQ(view.changes.size(), 2U);
  EXPECT_EQ(view.changes[0].base, 1U);
  EXPECT_EQ(view.changes[1].base, 0U);
  EXPECT_FALSE(view.changes[0].has_moved());
}

// --- chores

TEST_F(Due, AChoreIsDoneByTheLeaderAndNotAgainBeforeItsTime) {
  ASSERT_TRUE(serves(kNewestFeatureLevel));
  auto body = put("k");
  body.precondition = {};
  for (int i = 0; i < 3; ++i) write(body);
  ASSERT_FALSE(write(domain::PutRetention{"/", {}, 1, 0}).refusal);
  const std::uint64_t before = index();
  ASSERT_TRUE(run_until([&] { return index() > before; }, 100));
  Read read;
  read.query = GetEntry{"/", "k", 1, {}};
  const auto outcome = ask(std::move(read));
  const auto* done = std::get_if<ReadDone>(&outcome);
  ASSERT_NE(done, nullptr);
  const auto* fault = std::get_if<domain::QueryFault>(&done->answer);
  ASSERT_NE(fault, nullptr);
  EXPECT_EQ(*fault, domain::QueryFault::VersionPruned);
  EXPECT_FALSE(run_until([&] { return index() > before + 1; }, 3000)) << "once is enough";
  now_.wall.ms += domain::kRetentionPassMs;
  EXPECT_TRUE(run_until([&] { return index() > before + 1; }, 70'000)) << "the next pass";
}

TEST_F(Due, ARequestThatIsDueGoesBeforeAChore) {
  ASSERT_TRUE(serves(kNewestFeatureLevel));
  const std::int64_t at = now_.wall.ms + 1000;
  const std::uint64_t id = scheduled("later", at);
  write(domain::PutRetention{"/", {}, 1, 0});
  ASSERT_TRUE(run_until([&] { return now_.wall.ms >= at + 100; }));
  EXPECT_EQ(phase(id), domain::RequestPhase::Published);
}

}  // namespace
}  // namespace confman::node
