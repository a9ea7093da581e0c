#include "sim/run/origin.hpp"

#include <gtest/gtest.h>
#include <string>

#include "sim/run/build_id.hpp"

namespace confman::sim {
namespace {

class Origin : public testing::Test {
 protected:
  static void SetUpTestSuite() { catch_assertions(); }

  static Recording forged() {
    DerivedConfig config = derive(3, Profile::Calm);
    config.forge_at_event = 300;
    Recording recording;
    run_config(3, Profile::Calm, config, &recording);
    return recording;
  }
  static Recording of_another_build() {
    Recording recording = forged();
    recording.program ^= 1;
    recording.build = "0123456789";
    return recording;
  }
  static std::string all(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    return text;
  }
  static bool says(const std::vector<std::string>& lines, std::string_view what) {
    return all(lines).find(what) != std::string::npos;
  }
};

TEST_F(Origin, ARecordingOfThisProgramIsTakenAtItsWord) {
  const auto recording = parse_recording(to_text(forged()));
  ASSERT_TRUE(recording) << recording.error();
  EXPECT_NE(recording->program, 0U);
  EXPECT_TRUE(is_of_this_program(*recording));
  EXPECT_TRUE(caveats(*recording).empty()) << all(caveats(*recording));
  const auto said = verdict(*recording, replay(*recording));
  EXPECT_TRUE(said.back().starts_with("reproduced after 300 of 300 events")) << all(said);
  EXPECT_TRUE(says(said, "correctness forged: A violation was asked for"));
}

TEST_F(Origin, AnotherBuildIsNamedAndWhatThatMeans) {
  const Recording recording = of_another_build();
  EXPECT_FALSE(is_of_this_program(recording));
  const auto said = caveats(recording);
  ASSERT_EQ(said.size(), 1U);
  EXPECT_TRUE(says(said, "0123456789"));
  EXPECT_TRUE(says(said, build_id()));
  EXPECT_TRUE(says(said, "no fault of this build"));
}

TEST_F(Origin, AnotherBuildWithTheSameNameIsAnotherToo) {
  Recording recording = of_another_build();
  recording.build = build_id();
  EXPECT_FALSE(is_of_this_program(recording));
  EXPECT_TRUE(says(caveats(recording), "Another build of " + recording.build))
      << all(caveats(recording));
}

TEST_F(Origin, ARecordingThatDoesntTellIsOfAnotherBuild) {
  Recording recording = forged();
  recording.program = 0;
  const auto read = parse_recording(to_text(recording));
  ASSERT_TRUE(read) << read.error();
  EXPECT_FALSE(is_of_this_program(*read));
  EXPECT_TRUE(says(caveats(*read), "no fault of this build"));
}

TEST_F(Origin, WhatStillFailsWithThisBuildIsSaidToBeTheSame) {
  const Recording recording = of_another_build();
  const auto said = verdict(recording, replay(recording));
  EXPECT_TRUE(said.back().starts_with("reproduced, with this build too,")) << all(said);
}

// Its healing was another one's: that it doesn't serve here says nothing.
TEST_F(Origin, LeftoverEventsOfAnotherBuildAccuseNobody) {
  DerivedConfig config = derive(2, Profile::Calm);
  config.nodes = 3;
  config.serve_within_us = 1;
  Recording recording;
  RunResult here = run_config(2, Profile::Calm, config, &recording);
  ASSERT_TRUE(here.failure);
  ASSERT_EQ(here.failure->kind, FailureKind::Liveness);
  recording.program ^= 1;
  recording.failure = RunFailure{FailureKind::Correctness, "phantom", "A value out of nowhere."};
  const auto said = verdict(recording, here);
  EXPECT_FALSE(says(said, "did not serve")) << all(said);
  EXPECT_TRUE(says(said, "accuses nobody")) << all(said);
  EXPECT_TRUE(says(said, "A value out of nowhere.")) << "what was recorded is told";
  EXPECT_TRUE(said.back().starts_with("not reproduced after")) << all(said);

  recording.program ^= 1;
  EXPECT_TRUE(says(verdict(recording, here), "did not serve"))
      << "of this very program it would be news";
}

TEST_F(Origin, TheSameFailureAtAnotherMomentIsNamedAsThat) {
  Recording recording = of_another_build();
  const RunResult here = replay(recording);
  recording.hash ^= 1;
  EXPECT_TRUE(verdict(recording, here).back().ends_with("fails in the same way with this build"))
      << all(verdict(recording, here));
}

TEST_F(Origin, KnobsThatAreUnknownOrMissingAreNamed) {
  std::string text = to_text(forged());
  const std::size_t knob = text.find("knob keys ");
  ASSERT_NE(knob, std::string::npos);
  text.replace(knob, 10, "knob doors ");
  const auto recording = parse_recording(text);
  ASSERT_TRUE(recording) << recording.error();
  EXPECT_TRUE(says(caveats(*recording), "left out: doors.")) << all(caveats(*recording));
  EXPECT_TRUE(says(caveats(*recording), "stand as usual: keys.")) << all(caveats(*recording));
  EXPECT_EQ(recording->config.keys, DerivedConfig{}.keys);
}

TEST_F(Origin, WhatCantBeReadIsNamed) {
  const std::string good = to_text(forged());
  const auto error_with = [&](std::string_view from, std::string_view to) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    const auto read = parse_recording(text);
    return read ? std::string("no error") : read.error();
  };
  EXPECT_NE(error_with("confman-recording 1", "confman-recording 2").find("version '2'"),
            std::string::npos)
      << error_with("confman-recording 1", "confman-recording 2");
  EXPECT_NE(error_with(" restart ", " explode ").find("'explode'"), std::string::npos);
  EXPECT_NE(error_with("profile calm", "profile odd").find("'odd'"), std::string::npos);
  EXPECT_NE(error_with("failure correctness", "failure bad").find("'bad'"), std::string::npos);
  EXPECT_NE(error_with("hash ", "rehash ").find("'rehash'"), std::string::npos);
}

TEST(Program, ItsNameDoesntCountAndEverythingElseDoes) {
  const std::string one("code\0name-of-one\0\0more", 22);
  const std::string two("code\0name-of-two\0\0more", 22);
  const std::string_view name_one(one.data() + 5, 13);
  const std::string_view name_two(two.data() + 5, 13);
  EXPECT_EQ(hash_of_program(one, name_one), hash_of_program(two, name_two));
  std::string changed = one;
  changed.back() = 'E';
  EXPECT_NE(hash_of_program(changed, name_one), hash_of_program(one, name_one));
  changed = one;
  changed.front() = 'K';
  EXPECT_NE(hash_of_program(changed, name_one), hash_of_program(one, name_one));
}

TEST(Program, IsKnown) {
  EXPECT_NE(program_hash(), 0U);
  EXPECT_FALSE(build_id().empty());
}

}  // namespace
}  // namespace confman::sim
