#include <gtest/gtest.h>
#include <string>

#include "sim/run/recording.hpp"
#include "sim/run/run.hpp"

namespace confman::sim {
namespace {

class Replay : public testing::Test {
 protected:
  static void SetUpTestSuite() { catch_assertions(); }

  static Recording forged(std::uint64_t seed, Profile profile) {
    DerivedConfig config = derive(seed, profile);
    config.forge_at_event = 2000;
    Recording recording;
    run_config(seed, profile, config, &recording);
    return recording;
  }
};

TEST_F(Replay, AFailureComesAgainFromTheEventsAlone) {
  for (const Profile profile : {Profile::Chaos, Profile::Snapshot, Profile::Clocks}) {
    const Recording recording = forged(3, profile);
    ASSERT_TRUE(recording.failure);
    EXPECT_EQ(recording.failure->oracle, "forged");
    EXPECT_EQ(recording.events.size(), 2000U);
    const RunResult result = replay(recording);
    EXPECT_EQ(result.failure, recording.failure);
    EXPECT_EQ(result.hash, recording.hash);
    EXPECT_TRUE(reproduces(recording, result));
  }
}

TEST_F(Replay, AWholeRunComesAgainToo) {
  Recording recording;
  const RunResult run = run_seed(11, Profile::Chaos, &recording);
  EXPECT_FALSE(run.failure);
  EXPECT_TRUE(reproduces(recording, replay(recording)));
}

TEST_F(Replay, NothingIsDrawnFromTheSeed) {
  Recording recording = forged(3, Profile::Chaos);
  recording.events.resize(1000);
  const RunResult result = replay(recording);
  EXPECT_EQ(result.events, 1000U);
  EXPECT_FALSE(result.failure) << "the violation lies behind the last event";
  EXPECT_FALSE(reproduces(recording, result));
}

TEST_F(Replay, AnotherEventIsAnotherRun) {
  Recording recording = forged(3, Profile::Chaos);
  recording.events[500].event.at += 1;
  EXPECT_FALSE(reproduces(recording, replay(recording)));
}

TEST_F(Replay, TextKeepsEverything) {
  Recording recording = forged(4, Profile::Chaos);
  recording.build = "release, some compiler";
  recording.sentences = {"First.", "Second."};
  const auto read = parse_recording(to_text(recording));
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(*read, recording);
}

TEST_F(Replay, EventsThatMakeNoSenseAreIgnored) {
  Recording recording = forged(3, Profile::Chaos);
  recording.config.forge_at_event = 0;
  std::erase_if(recording.events, [](const RecordedEvent& recorded) {
    return recorded.event.kind == EventKind::Restart && recorded.event.at > 0;
  });
  const RunResult result = replay(recording);
  EXPECT_FALSE(result.failure) << result.failure->sentence;
  EXPECT_EQ(result.events, recording.events.size());
}

TEST_F(Replay, BadTextIsRefusedWithItsLine) {
  const std::string good = to_text(forged(3, Profile::Calm));
  EXPECT_FALSE(parse_recording(""));
  EXPECT_FALSE(parse_recording("something else\n"));
  EXPECT_FALSE(parse_recording(good.substr(0, good.size() - 5)));
  EXPECT_FALSE(parse_recording(good + "e 1 deliver 0 0 0\n")) << "more events than announced";
  EXPECT_FALSE(parse_recording(good + "x\n"));

  std::string nodes = good;
  nodes.replace(nodes.find("knob nodes "), 12, "knob nodes 99");
  EXPECT_FALSE(parse_recording(nodes));
  std::string spares = good;
  spares.replace(spares.find("knob spares "), 13, "knob spares 8");
  EXPECT_FALSE(parse_recording(spares)) << "founders and spares together are too many";

  std::string kind = good;
  kind.replace(kind.find(" restart "), 9, " explode ");
  const auto refused = parse_recording(kind);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().find("line "), std::string::npos);
}

}  // namespace
}  // namespace confman::sim
