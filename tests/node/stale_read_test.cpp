#include <gtest/gtest.h>
#include <vector>

#include "tests/support/memory_node.hpp"

// A read of this node's own state that names both a version to wait for and an age not to exceed.
namespace confman::node {
namespace {

using testing::MemoryNode;

class StaleRead : public ::testing::Test {
 protected:
  std::vector<Response> run_for(Duration time) {
    std::vector<Response> all;
    for (const Time until = now_.mono + time; now_.mono < until;) {
      now_.mono = now_.mono + Duration::millis(10);
      for (Response& response : node_.turn(now_)) all.push_back(std::move(response));
    }
    return all;
  }
  void submit(std::uint64_t id, decltype(Request::operation) operation) {
    node_.node().submit(now_,
                        {RequestId{id}, now_.mono + Duration::seconds(20), std::move(operation)});
  }
  static Read read() {
    Read read;
    read.query = GetNamespace{"/"};
    read.consistency = Consistency::Stale;
    return read;
  }
  static Write write() {
    Write write;
    write.command.actor = {domain::ActorType::User, "alice", {}};
    write.command.body = domain::PutNamespace{
        .path = "/", .description = "d", .owner = {}, .labels = {}, .precondition = {}};
    return write;
  }

  // As request 2; the next write is the version that it waits for.
  void submit_one_that_waits() {
    run_for(Duration::seconds(2));
    submit(1, read());  // learns how old the state is
    ASSERT_EQ(run_for(Duration::millis(100)).size(), 1);
    Read both = read();
    both.max_staleness = Duration::millis(500);
    both.min_version = domain::Revision{1, node_.node().status().state.applied.index + 1};
    submit(2, both);
  }

  Now now_;
  MemoryNode node_;
};

TEST_F(StaleRead, ThatHasWaitedIsNotAnsweredFromAnOlderStateThanItAskedFor) {
  ASSERT_NO_FATAL_FAILURE(submit_one_that_waits());
  EXPECT_TRUE(run_for(Duration::seconds(5)).empty()) << "nothing has been written yet";
  submit(3, write());
  const std::vector<Response> answers = run_for(Duration::seconds(1));
  ASSERT_EQ(answers.size(), 2);
  for (const Response& answer : answers) {
    if (answer.id != RequestId{2}) continue;
    const auto* done = std::get_if<ReadDone>(&answer.outcome);
    ASSERT_NE(done, nullptr);
    EXPECT_LE(done->staleness.value_or(Duration{}), Duration::millis(500));
  }
}

TEST_F(StaleRead, ThatIsFoundTooOldIsConfirmedAtOnceAndNotAtTheNextEvent) {
  ASSERT_NO_FATAL_FAILURE(submit_one_that_waits());
  run_for(Duration::seconds(5));
  submit(3, write());
  now_.mono = now_.mono + Duration::millis(10);
  std::vector<Response> answers = node_.turn(now_);
  while (answers.empty()) {
    ASSERT_TRUE(node_.writing() || node_.node().next_deadline() <= now_.mono) << "it waits";
    answers = node_.turn(now_);
  }
  ASSERT_EQ(answers.size(), 1) << "the write's; the read has been found too old";
  ASSERT_EQ(answers[0].id, RequestId{3});
  EXPECT_LE(node_.node().next_deadline(), now_.mono);
  EXPECT_EQ(node_.turn(now_).size(), 1);
}

}  // namespace
}  // namespace confman::node
