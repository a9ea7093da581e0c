#include <gtest/gtest.h>
#include <utility>
#include <vector>

#include "domain/bindings/commands.hpp"
#include "domain/bindings/stamp.hpp"
#include "domain/bindings/verdict.hpp"
#include "domain/command/command.hpp"
#include "domain/entries/entry.hpp"
#include "domain/review/changes.hpp"
#include "domain/review/commands.hpp"
#include "tests/support/memory_node.hpp"
#include "tests/support/plain_judge.hpp"

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

// With a judge of their own, as production has it.
class JudgedWrites : public HeldWrites {
 protected:
  JudgedWrites() { forget(); }

  // The judge forgets what it has compiled, as one that has seen much else.
  void forget() {
    judge_ = std::make_unique<domain::Judge>(std::make_shared<testing::NoPatterns>(), yaml_);
  }

  struct Course {
    std::size_t jobs = 0;       // that were out
    std::size_t questions = 0;  // of these, of what texts refer to
    std::size_t turns = 0;
    std::size_t most_questions = 0;  // at once
  };
  // Until it is answered.
  Course follow(RequestId id) {
    Course course;
    while (find(id) == nullptr && course.turns < 1000) {
      for (const auto& [job, held] : std::exchange(checks_.out, {})) {
        ++course.jobs;
        course.questions += held.questions.empty() ? 0 : 1;
        course.most_questions = std::max(course.most_questions, held.questions.size());
        node().judged(now(), job, judge_->judge(held));
      }
      turn();
      ++course.turns;
    }
    return course;
  }
  // pass() of the tests above would wait for verdicts that nobody gives.
  RequestId begin(domain::CommandBody body) { return start(std::move(body)); }
  RequestId put_schema(std::string name, std::string text) {
    return begin(domain::PutSchema{"/", std::move(name), std::move(text), {}});
  }
  Course bind_all(const std::vector<domain::BoundSchema>& bound) {
    const RequestId id =
        begin(domain::PutBinding{.path = "/", .bound = domain::join_bindings(bound)});
    const Course course = follow(id);
    EXPECT_TRUE(is_done(id));
    return course;
  }
  // Of 1 MiB together, and each but one could refer to more.
  void put_documents() {
    for (int i = 0; i < 62; ++i) {
      const RequestId id = put_schema("d" + std::to_string(i),
                                      R"({"$ref":"#/$defs/a","$defs":{"a":true},"description":")" +
                                          std::string(16 * 1024, 'x') + R"("})");
      follow(id);
      ASSERT_TRUE(is_done(id));
    }
  }
  std::string refers_to_all() {
    std::string text = R"({"allOf":[)";
    for (int i = 0; i < 62; ++i) text += R"({"$ref":"d)" + std::to_string(i) + R"(@1"},)";
    return text + "true]}";
  }

  testing::NoYaml yaml_;
  std::unique_ptr<domain::Judge> judge_;
};

TEST_F(JudgedWrites, WhatTheirSchemasReferToIsGatheredInStepsAndOnlyForWhomItLacks) {
  put_documents();
  std::vector<domain::BoundSchema> bound;
  for (int i = 0; i < 16; ++i) {
    const std::string name = "b" + std::to_string(i);
    const RequestId id = put_schema(name, refers_to_all());
    const Course course = follow(id);
    ASSERT_TRUE(is_done(id));
    EXPECT_EQ(course.questions, i == 0 ? 2U : 1U) << "what a version refers to is asked once";
    bound.push_back({{"/", name}, 1, "k*"});
  }
  const Course tried = bind_all(bound);
  EXPECT_EQ(tried.questions, 1U) << "the sixteen";
  EXPECT_EQ(tried.most_questions, 16U);

  const RequestId first = put("k1");
  const Course at_once = follow(first);
  EXPECT_TRUE(is_done(first));
  EXPECT_EQ(at_once.jobs, 1U) << "all are compiled";

  forget();
  const RequestId again = put("k2");
  const Course whole = follow(again);
  EXPECT_TRUE(is_done(again));
  EXPECT_EQ(whole.jobs, 2U) << "the first says what it lacks, and the second is complete";
  EXPECT_EQ(whole.questions, 0U);
  EXPECT_GE(whole.turns - at_once.turns, 3U) << "1 MiB, of which a turn takes a quarter";
}

TEST_F(JudgedWrites, OfSchemasEndHoweverLongTheChainIs) {
  follow(put_schema("c1", "true"));
  for (int i = 2; i <= 65; ++i) {
    const RequestId id =
        put_schema("c" + std::to_string(i), R"({"$ref":"c)" + std::to_string(i - 1) + R"(@1"})");
    const Course course = follow(id);
    EXPECT_LE(course.jobs, 3U);
    const Response* answer = find(id);
    ASSERT_NE(answer, nullptr);
    const auto* judged = std::get_if<Judged>(&answer->outcome);
    EXPECT_EQ(is_done(id), i <= 64) << i;
    ASSERT_EQ(judged != nullptr, i > 64) << i;
    if (judged == nullptr) continue;
    ASSERT_TRUE(judged->verdict.fault);
    EXPECT_EQ(judged->verdict.fault->kind, schema::FaultKind::TooManyDocuments);
  }
}

// Reads go the same way, and only where there may be something to say.
TEST_F(JudgedWrites, ReadsAreToldWhatIsDeprecatedByWhatASchemaRefersTo) {
  const auto read = [this](Course& course) {
    const RequestId id{next_++};
    node().submit(now(), {.id = id,
                          .deadline = time_ + Duration::seconds(5),
                          .operation = Read{.query = GetEntry{"/", "k", {}},
                                            .consistency = Consistency::Stale}});
    course = follow(id);
    return std::get<ReadDone>(find(id)->outcome).deprecated;
  };
  Course course;
  follow(put("k"));
  EXPECT_EQ(read(course), std::nullopt);
  EXPECT_EQ(course.jobs, 1U);
  EXPECT_EQ(read(course), std::nullopt);
  EXPECT_EQ(course.jobs, 0U) << "it is known to deprecate nothing";

  follow(
      put_schema("inner", R"({"$ref":"#/$defs/a","$defs":{"a":{"x-confman-deprecated":"old"}}})"));
  follow(put_schema("outer", R"({"$ref":"inner@1"})"));
  bind_all({{{"/", "outer"}, 1, "k*"}});
  EXPECT_EQ(read(course), "old");
  EXPECT_EQ(course.jobs, 1U);
  forget();
  EXPECT_EQ(read(course), "old");
  EXPECT_EQ(course.jobs, 2U);

  forget();
  put("k");
  const auto others = std::exchange(checks_.out, {});
  EXPECT_EQ(others.size(), 1U);
  EXPECT_EQ(read(course), std::nullopt) << "others are judged";
  EXPECT_EQ(course.jobs, 1U);
}

TEST_F(JudgedWrites, WhatIsDueIsGatheredTheSameWay) {
  follow(put_schema("inner", R"({"$ref":"#/$defs/a","$defs":{"a":{"maximum":9}}})"));
  follow(put_schema("outer", R"({"$ref":"inner@1"})"));
  bind_all({{{"/", "outer"}, 1, "k*"}});
  domain::PutEntry change{
      .path = "/", .key = "k", .content_type = "application/json", .value = "1"};
  change.precondition.if_absent = true;
  const RequestId made =
      begin(domain::CreateRequest{.title = "later",
                                  .reason = {},
                                  .changes = domain::join_changes({domain::encode_body(change)}),
                                  .publish_at_ms = now().wall.ms + 2000,
                                  .submit = true});
  follow(made);
  ASSERT_TRUE(is_done(made));
  const RequestId published =
      begin(domain::StepRequest{.id = std::get<WriteDone>(find(made)->outcome).reply.revision.index,
                                .step = static_cast<std::uint64_t>(domain::RequestStep::Publish),
                                .precondition = {.if_version = 1},
                                .text = {}});
  follow(published);
  ASSERT_TRUE(is_done(published));
  const auto is_live = [this] {
    return node_.state().get(domain::Table::Entry, domain::keys::of_entry("/", "k")).has_value();
  };
  EXPECT_FALSE(is_live());
  forget();
  std::size_t jobs = 0;
  for (int ms = 0; ms < 4000 && !is_live(); ++ms) {
    time_ = time_ + Duration::millis(1);
    for (const auto& [job, held] : std::exchange(checks_.out, {})) {
      ++jobs;
      node().judged(now(), job, judge_->judge(held));
    }
    turn();
  }
  EXPECT_TRUE(is_live());
  EXPECT_EQ(jobs, 2U);
}

}  // namespace
}  // namespace confman::node
