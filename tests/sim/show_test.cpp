#include <gtest/gtest.h>
#include <string>

#include "consensus/status.hpp"
#include "domain/json/value.hpp"
#include "sim/run/run.hpp"
#include "sim/show/page.hpp"
#include "sim/show/template.hpp"

namespace confman::sim {
namespace {

class Show : public testing::Test {
 protected:
  static void SetUpTestSuite() { catch_assertions(); }

  static Recording forged(std::uint64_t seed, Profile profile, std::int64_t at_event) {
    DerivedConfig config = derive(seed, profile);
    config.forge_at_event = at_event;
    Recording recording;
    run_config(seed, profile, config, &recording);
    return recording;
  }
};

TEST_F(Show, WatchingChangesNothing) {
  const Recording recording = forged(3, Profile::Chaos, 3000);
  const Trace trace = trace_of(recording);
  EXPECT_TRUE(reproduces(recording, trace.result));
  EXPECT_EQ(trace.message_of.size(), recording.events.size());
}

TEST_F(Show, EveryDeliveryHasItsMessage) {
  const Recording recording = forged(3, Profile::Chaos, 3000);
  const Trace trace = trace_of(recording);
  std::size_t deliveries = 0;
  for (std::size_t i = 0; i < recording.events.size(); ++i) {
    const Event& event = recording.events[i].event;
    if (event.kind != EventKind::Deliver) continue;
    ++deliveries;
    ASSERT_NE(trace.message_of[i], Trace::kNone);
    const Trace::Message& message = trace.messages[trace.message_of[i]];
    EXPECT_EQ(message.to, event.node);
    EXPECT_EQ(message.from, event.b);
    EXPECT_LT(message.sent, i);
    EXPECT_EQ(message.fields.size(), trace.kinds[message.kind].fields.size());
  }
  EXPECT_GT(deliveries, 100U);
}

TEST_F(Show, NodesAndClientsAreSeenAsTheyWere) {
  const Recording recording = forged(3, Profile::Chaos, 5000);
  const Trace trace = trace_of(recording);
  bool led = false;
  bool was_down = false;
  for (const Trace::NodeState& state : trace.states) {
    led |= state.up && state.role == static_cast<std::uint8_t>(consensus::Role::Leader);
    was_down |= !state.up;
    EXPECT_LE(state.applied, state.last);
    EXPECT_LE(state.durable, state.last);
    EXPECT_EQ(state.last > state.base, !state.terms.empty());
  }
  EXPECT_TRUE(led);
  EXPECT_TRUE(was_down);
  std::size_t done = 0;
  for (const Trace::Operation& operation : trace.operations) {
    if (operation.outcome == "done") ++done;
    EXPECT_EQ(operation.outcome == "open", operation.end == Trace::Operation::kOpen);
  }
  EXPECT_GT(done, 10U);
}

// Some seed of these profiles has each of what can befall a node.
TEST_F(Show, WhatNodesAreAndLackIsSeen) {
  bool learner = false;
  bool lacks = false;
  bool damaged = false;
  bool refused = false;
  for (const Profile profile : {Profile::Members, Profile::Beyond}) {
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
      const Trace trace = trace_of(forged(seed, profile, 6000));
      for (const Trace::NodeState& state : trace.states) {
        learner |= state.standing == static_cast<std::uint8_t>(consensus::Standing::Learner);
        lacks |= state.lacks != 0 && state.lacks <= state.lacks_to;
        damaged |= state.damaged != 0;
        refused |= !state.refusal.empty() && !state.up;
      }
    }
  }
  EXPECT_TRUE(learner);
  EXPECT_TRUE(lacks);
  EXPECT_TRUE(damaged);
  EXPECT_TRUE(refused);
}

// Machines that are added later have their lanes.
TEST_F(Show, SparesAreNodesToo) {
  DerivedConfig config = derive(3, Profile::Members);
  config.nodes = 2;
  config.spares = 2;
  config.forge_at_event = 500;
  settle(config);
  Recording recording;
  run_config(3, Profile::Members, config, &recording);
  const std::string page = page_of(recording, trace_of(recording));
  EXPECT_NE(page.find("\"nodes\":4,"), std::string::npos);
}

TEST_F(Show, ThePageIsWholeAndItsOwn) {
  const Recording recording = forged(3, Profile::Calm, 100);
  const std::string page = page_of(recording, trace_of(recording));
  EXPECT_EQ(page.find("@STYLE@"), std::string::npos);
  EXPECT_EQ(page.find("@SCRIPT@"), std::string::npos);
  EXPECT_EQ(page.find(kDataMark), std::string::npos);
  for (const char* elsewhere : {"http://", "https://", "src=", "@import", "<link", "url("}) {
    EXPECT_EQ(page.find(elsewhere), std::string::npos) << elsewhere;
  }
  EXPECT_NE(page.find("A violation was asked for at event 100."), std::string::npos);
}

TEST_F(Show, TheDataAreJsonWhateverTheSentenceSays) {
  Recording recording = forged(3, Profile::Calm, 40);
  Trace trace = trace_of(recording);
  trace.result.failure->sentence = "</script> \"quoted\" <!-- \\ \x01";
  const std::string page = page_of(recording, trace);
  const std::string_view opening = "<script id=\"data\" type=\"application/json\">";
  const std::size_t begin = page.find(opening) + opening.size();
  const std::string data = page.substr(begin, page.find("</script>", begin) - begin);
  const auto parsed = json::parse(data);
  ASSERT_TRUE(parsed);
  const json::Value* failure = parsed->find("failure");
  ASSERT_NE(failure, nullptr);
  EXPECT_EQ(*failure->find("sentence")->string(), trace.result.failure->sentence);
  EXPECT_EQ(parsed->find("time")->array()->size(), recording.events.size());
}

}  // namespace
}  // namespace confman::sim
