#include "domain/audit/query.hpp"
#include "domain/review/commands.hpp"
#include "tests/node/two_nodes.hpp"

// Secrets of a namespace whose policy wants each reading noted.
namespace confman::node {
namespace {

class NotedReading : public TwoNodes {
 protected:
  // True with a secret "sesame" in "/", whose policy wants to know who reads it.
  bool begin() {
    const bool ready = run_until([&] {
      return (one_.leads() || two_.leads()) &&
             one_->status().raft.feature_level == kNewestFeatureLevel &&
             two_->status().raft.feature_level == kNewestFeatureLevel &&
             follower()->status().raft.leader;
    });
    if (!ready) return false;
    domain::PutEntry put{.path = "/",
                         .key = "k",
                         .content_type = "text/plain",
                         .value = "sesame",
                         .labels = {},
                         .description = {},
                         .precondition = {}};
    put.secrecy = static_cast<std::uint64_t>(domain::Secrecy::Wanted);
    return writes(std::move(put)) && writes(domain::PutPolicy{"/", {}, {.note_readings = true}});
  }
  bool writes(domain::CommandBody body) {
    Write write;
    write.command.actor = {domain::ActorType::User, "ann", {}};
    write.command.body = std::move(body);
    OfTwo& asked = leader();
    asked->submit(now_, {RequestId{++asks_}, in(8), std::move(write)});
    if (!run_until([&] { return has_answer(asked); })) return false;
    const auto* done = std::get_if<WriteDone>(&asked.answers.back().outcome);
    return done != nullptr && !done->reply.refusal;
  }
  void read(OfTwo& asked, Consistency how, std::int64_t seconds) {
    Read read{.query = GetEntry{.path = "/", .key = "k", .version = {}, .as_of = {}}};
    read.consistency = how;
    read.from.actor = {domain::ActorType::User, "bob", {}};
    asked->submit(now_, {RequestId{++asks_}, in(seconds), std::move(read)});
  }
  bool has_answer(const OfTwo& asked) const {
    return !asked.answers.empty() && asked.answers.back().id == RequestId{asks_};
  }
  static bool shows_it(const Response& response) {
    const auto* done = std::get_if<ReadDone>(&response.outcome);
    const auto* row = done == nullptr ? nullptr : std::get_if<domain::EntryRow>(&done->answer);
    return row != nullptr && row->value.contains("sesame");
  }
  // By bob, in the order of the log.
  std::size_t readings(const OfTwo& node) const {
    const auto page = domain::list_audit(
        node.state(), {.path = "/", .action = domain::Action::SecretRead, .limit = 100}, nullptr);
    for (const auto& event : page.items) EXPECT_EQ(event.row.actor.id, "bob");
    return page.items.size();
  }
  Time in(std::int64_t seconds) const { return now_.mono + Duration::seconds(seconds); }

  std::uint64_t asks_ = 0;
};

TEST_F(NotedReading, IsInTheTrailBeforeItIsAnsweredByWhicheverNode) {
  ASSERT_TRUE(begin());
  std::size_t noted = 0;
  for (const Consistency how : {Consistency::Linearizable, Consistency::Stale}) {
    for (OfTwo* asked : {&leader(), &follower()}) {
      run_for_a_while();
      read(*asked, how, 8);
      ASSERT_TRUE(run_until([&] { return has_answer(*asked); }));
      EXPECT_TRUE(shows_it(asked->answers.back()));
      EXPECT_EQ(readings(leader()), ++noted) << "the leader has applied it";
    }
  }
}

TEST_F(NotedReading, ThatCantBeNotedIsNotAnswered) {
  ASSERT_TRUE(begin());
  OfTwo& asked = leader();
  run_for_a_while();
  cut_ = &follower();
  read(asked, Consistency::Stale, 1);
  ASSERT_TRUE(run_until([&] { return has_answer(asked); }));
  const auto* failed = std::get_if<Failed>(&asked.answers.back().outcome);
  ASSERT_NE(failed, nullptr) << "its state has the value, but a majority doesn't know who asked";
  EXPECT_EQ(failed->why, Failure::ReadTimeout) << "and no read is told of unknown outcomes";
}

TEST_F(NotedReading, IsTakenBackByWhoDoesNotWait) {
  ASSERT_TRUE(begin());
  OfTwo& asked = follower();
  run_for_a_while();
  const std::size_t answers = asked.answers.size();
  read(asked, Consistency::Stale, 8);
  turn();
  asked->cancel(RequestId{asks_});
  run_for_a_while();
  EXPECT_EQ(asked.answers.size(), answers);
  EXPECT_EQ(asked->status().open_reads, 0U);
  EXPECT_EQ(asked->status().open_writes, 0U);
}

}  // namespace
}  // namespace confman::node
