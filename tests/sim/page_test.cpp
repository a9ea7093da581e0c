#include "sim/show/page.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>
#include <string>
#include <vector>

#include "domain/json/value.hpp"
#include "sim/run/build_id.hpp"
#include "sim/run/run.hpp"
#include "tests/support/paths/paths.hpp"

// The page's own scripts, run by Node.js with nothing behind them: page/probe.js.
namespace confman::sim {
namespace {

namespace fs = std::filesystem;

class Page : public testing::Test {
 protected:
  static void SetUpTestSuite() { catch_assertions(); }
  void SetUp() override {
    file_ = fs::path(testing::TempDir()) /
            ("page-" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()) +
             ".html");
    DerivedConfig config = derive(3, Profile::Chaos);
    config.forge_at_event = 4000;
    run_config(3, Profile::Chaos, config, &recording_);
    trace_ = trace_of(recording_);
  }
  void TearDown() override { fs::remove(file_); }

  // The page of a violation with that sentence.
  void accuse(const std::string& sentence, FailureKind kind = FailureKind::Correctness) {
    recording_.failure = trace_.result.failure = RunFailure{kind, "some-oracle", sentence};
    write();
  }
  void write() { std::ofstream(file_) << page_of(recording_, trace_); }

  // A line for each step.
  std::vector<std::string> probe(const std::vector<std::string>& steps) {
    std::string command = "node '" + (test::source_dir() / "tests/sim/page/probe.js").string() +
                          "' '" + file_.string() + "'";
    for (const std::string& step : steps) command += " '" + step + "'";
    FILE* pipe = popen((command + " 2>&1").c_str(), "r");
    std::string text;
    for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) text += static_cast<char>(c);
    EXPECT_EQ(pclose(pipe), 0) << text;
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    EXPECT_EQ(lines.size(), steps.size()) << text;
    lines.resize(steps.size());
    return lines;
  }
  // The events that a search finds.
  std::vector<std::size_t> found(const std::string& words) {
    const auto parsed = json::parse(probe({"search:" + words}).front());
    std::vector<std::size_t> events;
    if (!parsed) return events;
    for (const json::Value& event : *parsed->find("events")->array()) {
      events.push_back(static_cast<std::size_t>(std::stoul(std::string(event.number()->text))));
    }
    return events;
  }

  // A number that a retry has as well names two.
  bool names_one(const Trace::Operation& op) const {
    return std::ranges::count(trace_.operations, number(op),
                              [](const auto& other) { return number(other); }) == 1;
  }
  // Two that were done on one key, far from the end.
  std::pair<const Trace::Operation*, const Trace::Operation*> two() const {
    for (const auto& a : trace_.operations) {
      if (a.outcome != "done" || !a.label.starts_with("put ") || !names_one(a)) continue;
      for (const auto& b : trace_.operations) {
        const bool same_key =
            a.label.substr(4) == b.label.substr(std::min<std::size_t>(b.label.size(), 4));
        if (b.outcome == "done" && b.label.starts_with("get ") && same_key && b.begin > a.end &&
            names_one(b)) {
          return {&a, &b};
        }
      }
    }
    return {};
  }
  static std::string number(const Trace::Operation& op) { return std::to_string(op.op.logical); }
  static std::string selected(const Trace::Operation& op) {
    return "{\"operation\":" + number(op) + "}";
  }
  static std::string selected(std::size_t event) {
    return "{\"event\":" + std::to_string(event) + "}";
  }

  fs::path file_;
  Recording recording_;
  Trace trace_;
};

TEST_F(Page, AViolationIsAboutTheOperationsItsSentenceNumbers) {
  const auto [put, get] = two();
  ASSERT_TRUE(put != nullptr);
  accuse("The read #" + number(*get) + " of session 1 on '/k1' came after the put #" +
         number(*put) + " of session 1 on '/k1', which made version 3 at 1:7.");
  EXPECT_EQ(probe({"accused"}).front(), "[" + number(*get) + "," + number(*put) + "]");
}

TEST_F(Page, OfALongSearchWhatHadToComeNextIsFirst) {
  const auto [put, get] = two();
  ASSERT_TRUE(put != nullptr);
  accuse(
      "Key '/k1': no order explains the answers. The longest order found places 5 of 9 "
      "completed operations, at last #" +
      number(*put) +
      " put of value 4 [1, 2], and leads to absent; one of these had to come next: #" +
      number(*get) + " read that found nothing [3, 4].");
  EXPECT_EQ(probe({"accused"}).front(), "[" + number(*get) + "," + number(*put) + "]");
}

TEST_F(Page, AVersionIsTheOperationThatMadeIt) {
  const auto [put, get] = two();
  ASSERT_TRUE(put != nullptr);
  // "version 3 at 1:7, reflects …"
  const std::string made = put->answer.substr(0, put->answer.find(','));
  const std::string version = made.substr(0, made.find(" at "));
  accuse("The cluster keeps " + version + " of '" + put->label.substr(4) + "' at " +
         made.substr(made.find(" at ") + 4) + " where version 99 was due.");
  EXPECT_EQ(probe({"accused"}).front(), "[" + number(*put) + "]");
}

// v leads along the operations to the event that showed it, and around again; c from an operation
// to what answered it, from there to what that came of, and from the end to the first operation.
TEST_F(Page, KeysLeadToTheOperationsAndTheirCauses) {
  const auto [put, get] = two();
  ASSERT_TRUE(put != nullptr);
  accuse("The read #" + number(*get) + " came after the put #" + number(*put) + ".");
  const std::size_t last = recording_.events.size() - 1;
  const auto went = probe({"key:v", "key:v", "key:v", "key:v", "key:c", "key:Escape",
                           "op:" + number(*put), "key:c", "key:c"});
  EXPECT_EQ(went[0], selected(*get));
  EXPECT_EQ(went[1], selected(*put));
  EXPECT_EQ(went[2], selected(last));
  EXPECT_EQ(went[3], selected(*get));
  EXPECT_EQ(went[4], selected(get->end)) << "what answered it";
  EXPECT_EQ(went[7], selected(put->end));
  const Event& answering = recording_.events[put->end].event;
  const std::size_t cause = answering.kind == EventKind::Deliver
                                ? trace_.messages[trace_.message_of[put->end]].sent
                                : trace_.cause_of[put->end];
  ASSERT_NE(cause, Trace::kNone) << "a write is answered by what others have said";
  EXPECT_EQ(went[8], selected(cause));
}

// From the answer back: each step lies before the one that it brought about.
TEST_F(Page, TheAnswerOfAWriteComesOfAnEarlierEvent) {
  std::size_t followed = 0;
  std::size_t writes = 0;
  for (const Trace::Operation& op : trace_.operations) {
    if (op.outcome != "done" || write_in(op.op) == nullptr) continue;
    ++writes;
    for (std::uint32_t at = op.end; at != Trace::kNone;) {
      ++followed;
      const std::uint32_t cause = trace_.message_of[at] != Trace::kNone
                                      ? trace_.messages[trace_.message_of[at]].sent
                                      : trace_.cause_of[at];
      ASSERT_TRUE(cause == Trace::kNone || cause < at) << "causes lie before";
      at = cause;
    }
  }
  ASSERT_GT(writes, 3U);
  EXPECT_GT(followed, writes) << "an answer comes of what others have said before";
}

TEST_F(Page, LivenessIsAboutWhoAskedTheHealedCluster) {
  DerivedConfig config = derive(2, Profile::Calm);
  config.nodes = 3;
  config.serve_within_us = 1'000'000;
  config.delay_mean_us = 2'000'000;
  run_config(2, Profile::Calm, config, &recording_);
  ASSERT_TRUE(recording_.failure);
  ASSERT_EQ(recording_.failure->kind, FailureKind::Liveness) << recording_.failure->sentence;
  trace_ = trace_of(recording_);
  write();
  const std::string accused = probe({"accused"}).front();
  EXPECT_NE(accused, "[]") << recording_.failure->sentence;
}

TEST_F(Page, ASearchFindsWhatItsWordsMean) {
  write();
  for (const std::size_t i : found("node 2")) {
    EXPECT_EQ(recording_.events[i].event.node, 1U);
  }
  const auto votes = found("vote");
  ASSERT_FALSE(votes.empty());
  for (const std::size_t i : votes) {
    ASSERT_EQ(recording_.events[i].event.kind, EventKind::Deliver);
    const auto& message = trace_.messages[trace_.message_of[i]];
    EXPECT_TRUE(trace_.kinds[message.kind].name.starts_with("vote_"));
  }
  const auto of_term = found("term 2");
  ASSERT_FALSE(of_term.empty());
  for (const std::size_t i : of_term) {
    const auto& message = trace_.messages[trace_.message_of[i]];
    const auto& fields = trace_.kinds[message.kind].fields;
    const auto term = std::ranges::find(fields, "term") - fields.begin();
    EXPECT_EQ(message.fields[static_cast<std::size_t>(term)], 2U);
  }
  EXPECT_EQ(found("#123").front(), 123U);
  EXPECT_LE(found("#123").size(), 3U) << "the event, and the operation of that number";
  const auto [put, get] = two();
  ASSERT_TRUE(put != nullptr);
  const auto of_key = found(put->label.substr(4));
  ASSERT_FALSE(of_key.empty());
  for (const std::size_t i : of_key) {
    ASSERT_TRUE(recording_.events[i].op);
    EXPECT_TRUE(about(*recording_.events[i].op).ends_with(put->label.substr(4)));
  }
  EXPECT_EQ(found("commit").size(), 0U) << "a field that every message has is not a word";
}

TEST_F(Page, VotersAndTheDurableIndexOfNodesAreTold) {
  write();
  std::uint64_t durable = 0;
  std::string voters;
  for (const Trace::NodeState& state : trace_.states) {
    if (state.node != 0 || state.event > 3999) continue;
    durable = state.durable;
    voters = state.voters;
  }
  EXPECT_GT(durable, 0U);
  EXPECT_EQ(probe({"state:1:3999"}).front(),
            "{\"voters\":\"" + voters + "\",\"durable\":" + std::to_string(durable) + "}");
  EXPECT_TRUE(std::ranges::any_of(
      trace_.states, [](const auto& state) { return state.voters.starts_with("1 2"); }));
}

TEST_F(Page, WhatAnotherBuildRecordedIsNoViolationHere) {
  recording_.program ^= 1;
  recording_.build = "0123456789";
  recording_.failure = RunFailure{FailureKind::Correctness, "phantom", "A value out of nowhere."};
  write();
  const auto said = probe({"header", "accused", "key:v"});
  EXPECT_NE(said[0].find("no fault of this build"), std::string::npos) << said[0];
  EXPECT_EQ(said[0].find("was asked for"), std::string::npos) << "the leftover's own sentence";
  EXPECT_EQ(said[1], "[]");
  EXPECT_EQ(said[2], "{}") << "there is no violation to go to";
}

}  // namespace
}  // namespace confman::sim
