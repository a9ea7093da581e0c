#include "sim/reference/answers.hpp"

#include <functional>
#include <gtest/gtest.h>
#include <utility>
#include <vector>

#include "domain/apply/apply.hpp"
#include "domain/state/memory_store.hpp"
#include "tests/sim/oracle/support.hpp"

// Each answer as production gives it is taken, and each with one thing wrong in it is not.
namespace confman::sim {
namespace {

using domain::Revision;
using node::Consistency;
using node::Failure;
using node::Request;
using node::Response;

domain::PutEntry put(std::string path, std::string key, std::string value) {
  return {.path = std::move(path),
          .key = std::move(key),
          .content_type = "text/plain",
          .value = std::move(value),
          .labels = {{"env", "prod"}},
          .description = "about it",
          .precondition = {}};
}

// A log of some commands, applied by production and by the reference.
class AnswersTest : public testing::Test {
 protected:
  AnswersTest() {
    domain::initialise(state_);
    add(domain::PutNamespace{
        .path = "/a", .description = "d", .owner = "o", .labels = {}, .precondition = {}});
    add(domain::PutNamespace{
        .path = "/a/b", .description = {}, .owner = {}, .labels = {}, .precondition = {}});
    add(put("/a", "k1", "one"));
    add(put("/a", "k1", "two"), "key");
    add(put("/a/b", "k2", "three"));
    add(put("/a", "k1", "two"), "key");  // once more: a replay
    add(domain::DeleteEntry{"/a", "k1", {.if_version = 7}});
    add(domain::DeleteEntry{"/a", "k1", {}});
    add(put("/a", "k3", "four"));
    context_.committed_when_asked = context_.applied_when_asked = index_;
    context_.applied_least = context_.applied_most = index_;
  }

  void add(domain::CommandBody body, std::string key = {}) {
    domain::Command command;
    command.stamp = {1000 + static_cast<std::int64_t>(index_), 0};
    command.actor = {domain::ActorType::User, "ann", "10.0.0.1"};
    command.idempotency_key = std::move(key);
    command.request_id = "req" + std::to_string(++index_);
    command.body = std::move(body);
    const Entry entry{LogIndex{index_}, Term{1}, EntryKind::Command,
                      make_payload(domain::encode(command))};
    replies_.push_back(domain::apply(state_, {1, index_, index_}, command, kFirstFeatureLevel));
    commands_.push_back(command);
    answers_.committed(entry);
  }

  std::string verdict(const Request& request, const Response& response) {
    return violation_of([&] { answers_.judge(request, response, context_); });
  }

  Response answer(decltype(Response::outcome) outcome) const {
    return {node::RequestId{1}, std::move(outcome), {1, index_}, std::nullopt};
  }
  static Request asking(decltype(Request::operation) operation) {
    return {node::RequestId{1}, Time{1'000'000}, std::move(operation)};
  }
  Request write(std::size_t number) const {
    return asking(node::Write{commands_.at(number - 1), true});
  }
  Response written(std::size_t number) const {
    Response response = answer(node::WriteDone{replies_.at(number - 1)});
    response.revision = replies_.at(number - 1).revision;
    return response;
  }
  domain::EntryPage entries(const domain::ListEntries& list) const {
    return *domain::list_entries(state_, list);
  }

  domain::MemoryStateStore state_;
  Answers answers_{{}};
  std::uint64_t index_ = 0;
  std::vector<domain::Command> commands_;
  std::vector<domain::Reply> replies_;
  AnswerContext context_;
};

TEST_F(AnswersTest, TheStateIsWhatTheLogMakes) {
  EXPECT_EQ(violation_of([&] { answers_.judge_state(state_); }), "");
  const Bytes key = domain::keys::of_entry("/a", "k3");
  domain::EntryRow row = *domain::decode_entry_row(*state_.get(domain::Table::Entry, key));
  row.created_at.wall_ms += 1;
  state_.put(domain::Table::Entry, key, domain::encode(row));
  EXPECT_EQ(violation_of([&] { answers_.judge_state(state_); }), "state");
}

TEST_F(AnswersTest, EachFieldOfAReply) {
  for (std::size_t number = 1; number <= commands_.size(); ++number) {
    EXPECT_EQ(verdict(write(number), written(number)), "") << number;
  }
  const std::vector<std::pair<const char*, std::function<void(domain::Reply&)>>> forgeries = {
      {"refusal", [](auto& reply) { reply.refusal = domain::Refusal::EntryExists; }},
      {"version", [](auto& reply) { reply.version += 1; }},
      {"created", [](auto& reply) { reply.created = !reply.created; }},
      {"replayed", [](auto& reply) { reply.replayed = !reply.replayed; }},
  };
  for (const std::size_t number : {3, 4, 6, 7, 8}) {
    for (const auto& [what, forge] : forgeries) {
      Response forged = written(number);
      forge(std::get<node::WriteDone>(forged.outcome).reply);
      EXPECT_EQ(verdict(write(number), forged), "answer-reply") << number << " " << what;
    }
    Response older = written(number);
    older.revision.index -= 1;
    EXPECT_EQ(verdict(write(number), older), "answer-revision") << number;
  }
}

TEST_F(AnswersTest, WhatWasCalledNotDoneIsNeverDone) {
  EXPECT_EQ(verdict(write(3), answer(node::Failed{Failure::OutcomeUnknown})), "");
  EXPECT_EQ(verdict(write(3), answer(node::Failed{Failure::Busy})), "answer-busy");
  context_.may_be_busy = true;
  EXPECT_EQ(verdict(write(3), answer(node::Failed{Failure::Busy})), "answer-not-done");
  Request later = write(3);
  std::get<node::Write>(later.operation).command.request_id = "req10";
  EXPECT_EQ(verdict(later, answer(node::Failed{Failure::Busy})), "");
  EXPECT_EQ(violation_of([&] { add(put("/a", "k4", "five")); }), "answer-not-done");
}

TEST_F(AnswersTest, WhatHasNoKeyIsInTheLogOnce) {
  domain::Command again = commands_.at(2);
  const auto apply = [&] {
    const Entry entry{LogIndex{++index_}, Term{1}, EntryKind::Command,
                      make_payload(domain::encode(again))};
    return violation_of([&] { answers_.committed(entry); });
  };
  again.idempotency_key = "mine";
  EXPECT_EQ(apply(), "");
  again.idempotency_key.clear();
  EXPECT_EQ(apply(), "answer-once");
}

TEST_F(AnswersTest, EachFieldOfAnEntry) {
  const Request request = asking(node::Read{node::GetEntry{"/a", "k3", {}}, {}, {}, {}});
  const domain::EntryRow right = *domain::find_entry(state_, "/a", "k3");
  EXPECT_EQ(verdict(request, answer(node::ReadDone{right, {}})), "");
  const std::vector<std::function<void(domain::EntryRow&)>> forgeries = {
      [](auto& row) { row.version += 1; },
      [](auto& row) { row.content_type = "x"; },
      [](auto& row) { row.revision.index -= 1; },
      [](auto& row) { row.value = "x"; },
      [](auto& row) { row.labels.clear(); },
      [](auto& row) { row.description.clear(); },
      [](auto& row) { row.author.ip.clear(); },
      [](auto& row) { row.created_at.wall_ms -= 1; },
      [](auto& row) { row.updated_at.counter += 1; },
  };
  for (const auto& forge : forgeries) {
    domain::EntryRow row = right;
    forge(row);
    EXPECT_EQ(verdict(request, answer(node::ReadDone{row, {}})), "answer-content");
  }
  EXPECT_EQ(verdict(request, answer(node::ReadDone{domain::QueryFault::EntryNotFound, {}})),
            "answer-content");
  const Request gone = asking(node::Read{node::GetEntry{"/a", "k1", {}}, {}, {}, {}});
  EXPECT_EQ(verdict(gone, answer(node::ReadDone{domain::QueryFault::EntryNotFound, {}})), "");
  EXPECT_EQ(verdict(gone, answer(node::ReadDone{domain::QueryFault::NamespaceNotFound, {}})),
            "answer-content");
}

TEST_F(AnswersTest, APageHasAllThatIsThereAndAReasonToEnd) {
  domain::ListEntries list{.path = "/a",
                           .recursive = true,
                           .key_prefix = {},
                           .labels = {"env"},
                           .after = {},
                           .limit = 5};
  const Request all = asking(node::Read{list, {}, {}, {}});
  const domain::EntryPage right = entries(list);
  ASSERT_EQ(right.items.size(), 2U);
  EXPECT_EQ(verdict(all, answer(node::ReadDone{right, {}})), "");
  domain::EntryPage forged = right;
  forged.items.pop_back();
  EXPECT_EQ(verdict(all, answer(node::ReadDone{forged, {}})), "answer-content") << "one is missing";
  forged.resume = {"/a", "k3"};
  EXPECT_EQ(verdict(all, answer(node::ReadDone{forged, {}})), "answer-content") << "ends early";
  forged = right;
  std::swap(forged.items[0], forged.items[1]);
  EXPECT_EQ(verdict(all, answer(node::ReadDone{forged, {}})), "answer-content") << "out of order";
  list.limit = 1;
  const Request first = asking(node::Read{list, {}, {}, {}});
  EXPECT_EQ(verdict(first, answer(node::ReadDone{entries(list), {}})), "");
  EXPECT_EQ(verdict(first, answer(node::ReadDone{right, {}})), "answer-content") << "too many";
  list.after = {"/a", "k3"};
  EXPECT_EQ(verdict(asking(node::Read{list, {}, {}, {}}), answer(node::ReadDone{right, {}})),
            "answer-content")
      << "from before where it begins";
}

TEST_F(AnswersTest, TheAuditTrailByEachFilter) {
  domain::ListAudit list{.path = "/a",
                         .newest_first = true,
                         .after = {},
                         .actor_id = "ann",
                         .action = domain::Action::ConfigDeleted,
                         .limit = 10};
  const Request request = asking(node::Read{list, {}, {}, {}});
  const domain::AuditPage right = domain::list_audit(state_, list);
  ASSERT_EQ(right.items.size(), 2U);
  EXPECT_EQ(verdict(request, answer(node::ReadDone{right, {}})), "");
  domain::AuditPage forged = right;
  forged.items.erase(forged.items.begin());
  EXPECT_EQ(verdict(request, answer(node::ReadDone{forged, {}})), "answer-content");
  forged = right;
  forged.items[0].row.request_id = "another";
  EXPECT_EQ(verdict(request, answer(node::ReadDone{forged, {}})), "answer-content");
  forged = right;
  forged.items[0].previous.reset();
  EXPECT_EQ(verdict(request, answer(node::ReadDone{forged, {}})), "answer-content");
}

TEST_F(AnswersTest, ALinearizableReadMissesNothing) {
  context_.applied_least = 3;
  Request request = asking(node::Read{node::GetNamespace{"/a"}, {}, {}, {}});
  const node::NamespaceView now{.row = *domain::find_namespace(state_, "/a"), .quotas = {}};
  Response old = answer(node::ReadDone{now, {}});
  old.revision.index = 8;
  EXPECT_EQ(verdict(request, old), "answer-fresh");
  EXPECT_EQ(verdict(request, answer(node::ReadDone{now, Duration{1}})), "answer-staleness");
  old.revision = {2, 8};
  EXPECT_EQ(verdict(request, old), "answer-revision") << "never was";
  old.revision = {1, 2};
  EXPECT_EQ(verdict(request, old), "answer-revision") << "older than what the node had applied";
}

TEST_F(AnswersTest, PositionsAreTakenAndRefusedAsTheLogHasThem) {
  node::Read read{node::GetNamespace{"/a"}, Consistency::Stale, Revision{1, 4}, {}};
  const node::NamespaceView now{.row = *domain::find_namespace(state_, "/a"), .quotas = {}};
  const node::ReadDone done{now, Duration{5}};
  EXPECT_EQ(verdict(asking(read), answer(done)), "");
  EXPECT_EQ(verdict(asking(read), answer(node::Failed{Failure::PositionUnknown})),
            "answer-position");
  read.min_version = Revision{2, 4};
  EXPECT_EQ(verdict(asking(read), answer(done)), "answer-position");
  EXPECT_EQ(verdict(asking(read), answer(node::Failed{Failure::PositionUnknown})), "");
  read.min_version = Revision{1, 4};
  context_.now = Time{1'000'000};
  EXPECT_EQ(verdict(asking(read), answer(node::Failed{Failure::VersionWaitTimeout})),
            "answer-position");
  read.min_version = Revision{1, 40};
  EXPECT_EQ(verdict(asking(read), answer(node::Failed{Failure::VersionWaitTimeout})), "");
  context_.now = Time{};
  EXPECT_EQ(verdict(asking(read), answer(node::Failed{Failure::VersionWaitTimeout})),
            "answer-early");
}

TEST_F(AnswersTest, AWatchHasAllChangesUpToWhereItGot) {
  const node::Watch watch{.scope = {"/a", {}}, .after = Revision{1, 2}};
  const auto told = [&](auto&& forge) {
    node::WatchDone done;
    done.page = domain::changes_after(state_, watch.scope, 2, index_, 100);
    done.from = {1, 2};
    done.to = {1, index_};
    forge(done);
    return verdict(asking(watch), answer(done));
  };
  EXPECT_EQ(told([](auto&) {}), "");
  EXPECT_EQ(told([](auto& done) { done.page.changes.pop_back(); }), "answer-changes");
  EXPECT_EQ(told([](auto& done) { done.page.changes.front().stamp.wall_ms += 1; }),
            "answer-changes");
  EXPECT_EQ(told([](auto& done) { done.page.changes.front().entry.reset(); }), "answer-changes");
  EXPECT_EQ(told([](auto& done) { done.from = {1, 3}; }), "answer-from");
  EXPECT_EQ(told([](auto& done) { done.to = {2, 5}; }), "answer-to");
  EXPECT_EQ(told([](auto& done) { done.to = {1, 1}; }), "answer-to");
  EXPECT_EQ(told([](auto& done) { done.page.through = 5; }), "answer-to");
}

TEST_F(AnswersTest, FailuresSayWhatIsTrue) {
  const Request read = asking(node::Read{node::GetNamespace{"/a"}, {}, {}, {}});
  const auto says = [&](const Request& request, Failure why) {
    return verdict(request, answer(node::Failed{why}));
  };
  context_.valid = context_.may_be_busy = context_.may_lack_space = false;
  Request put = write(1);
  std::get<node::Write>(put.operation).command.request_id = "req99";
  EXPECT_EQ(says(put, Failure::InvalidCommand), "");
  context_.valid = true;
  EXPECT_EQ(says(put, Failure::InvalidCommand), "answer-invalid");
  context_.may_lack_space = false;
  EXPECT_EQ(says(put, Failure::NoSpace), "answer-space");
  EXPECT_EQ(says(put, Failure::FeatureLevel), "answer-feature");
  EXPECT_EQ(says(put, Failure::Removed), "answer-removed");
  EXPECT_EQ(says(put, Failure::ShuttingDown), "answer-stopping");
  EXPECT_EQ(says(put, Failure::NoLeader), "answer-early");
  EXPECT_EQ(says(read, Failure::NoState), "answer-state");
  EXPECT_EQ(says(read, Failure::ReadTimeout), "answer-early");
  EXPECT_EQ(says(read, Failure::OutcomeUnknown), "answer-kind");
  context_.now = read.deadline;
  EXPECT_EQ(says(read, Failure::ReadTimeout), "answer-leader") << "nobody is known to be asked";
  EXPECT_EQ(says(read, Failure::NoLeader), "");
  Response timeout = answer(node::Failed{Failure::ReadTimeout});
  timeout.leader = MemberId{1};
  EXPECT_EQ(verdict(read, timeout), "");
  timeout.outcome = node::Failed{Failure::NoLeader};
  EXPECT_EQ(verdict(read, timeout), "answer-leader");
  EXPECT_EQ(says(put, Failure::NoLeader), "");
  EXPECT_EQ(verdict(put, answer(node::Redirect{})), "answer-redirect");
}

}  // namespace
}  // namespace confman::sim
