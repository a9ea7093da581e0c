#include <gtest/gtest.h>
#include <utility>
#include <vector>

#include "domain/bindings/commands.hpp"
#include "domain/bindings/stamp.hpp"
#include "tests/support/memory_node.hpp"

// Writes that are held to schemas on their way from a client into the log.
namespace confman::node {
namespace {

using testing::MemoryNode;

// Verdicts are what the test says, when it says so.
class HeldBack final : public Checks {
 public:
  void judge(std::uint64_t job, domain::Held held) override {
    out.emplace_back(job, std::move(held));
  }
  std::vector<std::pair<std::uint64_t, domain::Held>> out;
};

domain::Verdict bad() {
  domain::Verdict verdict;
  verdict.kind = domain::VerdictKind::Violates;
  verdict.findings.push_back({.path = "/", .pointer = "/k", .keyword = "type"});
  verdict.total = 1;
  return verdict;
}

class HeldWrites : public ::testing::Test {
 protected:
  HeldWrites() {
    pass(Duration::seconds(5));  // a leader, and the newest feature level
    EXPECT_EQ(node().status().raft.feature_level, kNewestFeatureLevel);
    write(domain::PutSchema{"/", "s", "{}", {}});
    bind("k*");
  }

  Node& node() { return node_.node(); }
  Now now() const { return {.mono = time_, .wall = {1'700'000'000'000 + time_.us / 1000}}; }

  void turn() {
    for (Response& response : node_.turn(now())) answers_.push_back(std::move(response));
  }
  void pass(Duration time) {
    const Time end = time_ + time;
    for (;;) {
      for (int i = 0; i < 4; ++i) turn();
      const Time next = std::max(time_ + Duration::micros(1), node().next_deadline());
      if (next > end) break;
      time_ = next;
    }
    time_ = end;
  }
  RequestId start(domain::CommandBody body, std::string key = {}) {
    Write write;
    write.command.actor = {domain::ActorType::User, "alice", {}};
    write.command.idempotency_key = std::move(key);
    write.command.body = std::move(body);
    const RequestId id{next_++};
    node().submit(now(), {.id = id, .deadline = time_ + Duration::seconds(5), .operation = write});
    pass(Duration::millis(5));
    return id;
  }
  RequestId put(std::string key) {
    return start(domain::PutEntry{
        .path = "/", .key = std::move(key), .content_type = "application/json", .value = "1"});
  }
  void judge(domain::Verdict verdict = {}) {
    for (const auto& [job, held] : std::exchange(checks_.out, {})) {
      node().judged(now(), job, verdict);
    }
    pass(Duration::millis(5));
  }
  void write(domain::CommandBody body) {
    const RequestId id = start(std::move(body));
    if (!checks_.out.empty()) judge();
    const Response* answer = find(id);
    ASSERT_NE(answer, nullptr);
    ASSERT_TRUE(std::holds_alternative<WriteDone>(answer->outcome));
    ASSERT_FALSE(std::get<WriteDone>(answer->outcome).reply.refusal);
  }
  void bind(std::string keys) {
    const std::vector<domain::BoundSchema> bound{{{"/", "s"}, 1, std::move(keys)}};
    write(domain::PutBinding{.path = "/", .bound = domain::join_bindings(bound)});
  }
  const Response* find(RequestId id) const {
    for (const Response& answer : answers_) {
      if (answer.id == id) return &answer;
    }
    return nullptr;
  }
  bool is_done(RequestId id) const {
    const Response* answer = find(id);
    const auto* done = answer ? std::get_if<WriteDone>(&answer->outcome) : nullptr;
    return done != nullptr && !done->reply.refusal;
  }

  HeldBack checks_;
  MemoryNode node_{1, [](NodeConfig& config) { config.max_judging = 2; }, {}, &checks_};
  Time time_ = Time{Duration::seconds(1000).us};
  std::uint64_t next_ = 1;
  std::vector<Response> answers_;
};

TEST_F(HeldWrites, AreProposedOnceTheyAreFoundGood) {
  const RequestId id = put("k");
  EXPECT_EQ(find(id), nullptr);
  ASSERT_EQ(checks_.out.size(), 1U);
  EXPECT_EQ(checks_.out[0].second.namespaces[0].changes[0].key, "k");
  judge();
  EXPECT_TRUE(is_done(id));
}

TEST_F(HeldWrites, ThatNothingIsBoundToGoTheirWay) {
  EXPECT_TRUE(is_done(put("other")));
  EXPECT_TRUE(checks_.out.empty());
}

TEST_F(HeldWrites, AreNotDoneWhereTheyAreFoundBad) {
  const RequestId id = put("k");
  judge(bad());
  const Response* answer = find(id);
  ASSERT_NE(answer, nullptr);
  const auto* judged = std::get_if<Judged>(&answer->outcome);
  ASSERT_NE(judged, nullptr);
  EXPECT_FALSE(judged->of_binding);
  EXPECT_EQ(judged->verdict.total, 1U);
}

// What was bound when it was gathered isn't any more: neither verdict says anything then.
TEST_F(HeldWrites, AreHeldToWhatIsBoundByThenWhateverWasFoundBefore) {
  for (const bool good : {true, false}) {
    SCOPED_TRACE(good);
    const RequestId id = put("k");
    auto first = std::exchange(checks_.out, {});
    ASSERT_EQ(first.size(), 1U);
    bind("k*");
    node().judged(now(), first[0].first, good ? domain::Verdict{} : bad());
    pass(Duration::millis(5));
    EXPECT_EQ(find(id), nullptr) << "it is held to it again";
    ASSERT_EQ(checks_.out.size(), 1U);
    judge();
    EXPECT_TRUE(is_done(id));
  }
}

TEST_F(HeldWrites, AreGivenUpWhereWhatTheyAreHeldToNeverStands) {
  const RequestId id = put("k");
  for (std::size_t i = 0; i < NodeConfig().max_check_attempts; ++i) {
    auto first = std::exchange(checks_.out, {});
    ASSERT_EQ(first.size(), 1U) << i;
    bind("k*");
    node().judged(now(), first[0].first, {});
    pass(Duration::millis(5));
  }
  const Response* answer = find(id);
  ASSERT_NE(answer, nullptr);
  EXPECT_EQ(std::get<WriteDone>(answer->outcome).reply.refusal, domain::Refusal::SchemaMoved);
  EXPECT_TRUE(checks_.out.empty());
}

TEST_F(HeldWrites, AreOutToBeJudgedNoMoreThanSoManyAtATime) {
  std::vector<RequestId> ids;
  for (const char* key : {"k1", "k2", "k3"}) ids.push_back(put(key));
  EXPECT_EQ(checks_.out.size(), 2U);
  judge();
  EXPECT_EQ(checks_.out.size(), 1U);
  judge();
  for (const RequestId id : ids) EXPECT_TRUE(is_done(id));
}

TEST_F(HeldWrites, ThatNobodyJudgesInTimeAreNotDone) {
  const RequestId id = put("k");
  auto late = std::exchange(checks_.out, {});
  pass(Duration::seconds(6));
  const Response* answer = find(id);
  ASSERT_NE(answer, nullptr);
  EXPECT_EQ(std::get<Failed>(answer->outcome).why, Failure::Busy);
  node().judged(now(), late[0].first, {});
  pass(Duration::millis(5));
  EXPECT_TRUE(is_done(put("other")));
}

TEST_F(HeldWrites, OfBindingsAreTriedFirstAndMayOnlyBeTried) {
  Write tried;
  tried.command.actor = {domain::ActorType::User, "alice", {}};
  tried.command.body = domain::PutBinding{.path = "/", .bound = {}};
  tried.dry_run = true;
  const RequestId id{next_++};
  node().submit(now(), {.id = id, .deadline = time_ + Duration::seconds(5), .operation = tried});
  pass(Duration::millis(5));
  ASSERT_EQ(checks_.out.size(), 1U);
  const auto before = domain::meta_of(node_.state()).applied.index;
  judge();
  const Response* answer = find(id);
  ASSERT_NE(answer, nullptr);
  EXPECT_TRUE(std::get<Judged>(answer->outcome).dry_run);
  EXPECT_EQ(domain::meta_of(node_.state()).applied.index, before);
}

}  // namespace
}  // namespace confman::node
