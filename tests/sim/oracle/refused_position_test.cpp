#include <gtest/gtest.h>

#include "domain/apply/apply.hpp"
#include "domain/state/memory_store.hpp"
#include "sim/workload/history_recorder.hpp"
#include "tests/sim/oracle/support.hpp"

namespace confman::sim {
namespace {

std::string verdict_on(node::Failure why, domain::Revision told) {
  HistoryRecorder recorder;
  ClientOp before;
  before.request = before.logical = 7;
  before.body = WatchOp{};
  node::Response first;
  first.outcome = node::WatchDone{.page = {}, .from = {}, .to = told};
  recorder.submitted(before, {});
  recorder.answered(before, first, {});
  ClientOp op;
  op.request = op.logical = 1;
  WatchOp watch;
  watch.after = 5;
  watch.term = 2;
  op.body = watch;
  node::Response response;
  response.outcome = node::Failed{why};
  recorder.submitted(op, {});
  recorder.answered(op, response, {});
  domain::MemoryStateStore state;
  domain::initialise(state);
  return violation_of([&] { recorder.judge(state, false); });
}

TEST(RefusedPosition, WhatAnAnswerHadToldIsTaken) {
  constexpr domain::Revision kNamed{2, 5};
  EXPECT_EQ(verdict_on(node::Failure::PositionUnknown, kNamed), "refused_position");
  EXPECT_EQ(verdict_on(node::Failure::NoLeader, kNamed), "");
  EXPECT_EQ(verdict_on(node::Failure::PositionUnknown, {2, 4}), "") << "nobody was told it";
}

}  // namespace
}  // namespace confman::sim
