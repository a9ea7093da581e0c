#include "adapters/peer/resolver.hpp"

#include <future>
#include <gtest/gtest.h>
#include <vector>

namespace confman::peer {
namespace {

const std::string kSilent = "silent.example:1";
const std::string kThere = "127.0.0.1:7";

// A name server that has no answer for one name yet.
struct NameServer {
  std::promise<void> answers;
  const std::shared_future<void> answered = answers.get_future().share();

  Resolver::LookUp look_up() const {
    return [answered = answered](const std::string& address) -> Resolver::Found {
      if (address != kSilent) return peer::look_up(address);
      answered.wait();
      return Resolver::Found();
    };
  }
};

TEST(Resolver, FindsAnAddressAndSaysWhereThereIsNone) {
  net::IoLoop loop;
  Resolver resolver(loop, look_up);
  std::vector<Resolver::Found> found;
  const auto note = [&](const Resolver::Found& answer) {
    found.push_back(answer);
    if (found.size() == 2) loop.stop();
  };
  const auto there = resolver.find(kThere, note);
  const auto nowhere = resolver.find("127.0.0.1", [&](const Resolver::Found& answer) {
    EXPECT_FALSE(answer) << "an address without a port";
    note(answer);
  });
  EXPECT_TRUE(found.empty()) << "not before the loop has turned";
  loop.run();
  EXPECT_EQ(found[0].has_value() + found[1].has_value(), 1);
}

TEST(Resolver, AsManyLookUpsAsThereMayBeThenNone) {
  net::IoLoop loop;
  NameServer server;
  Resolver resolver(loop, server.look_up());
  int told = 0;
  std::vector<Resolver::Question> questions;
  for (int i = 0; i < Resolver::kMaxLookUps; ++i) {
    questions.push_back(resolver.find(kSilent, [&](const Resolver::Found& found) {
      EXPECT_FALSE(found);
      if (++told == Resolver::kMaxLookUps) loop.stop();
    }));
  }
  const auto one_more = resolver.find(kThere, [&](const Resolver::Found& found) {
    EXPECT_FALSE(found);
    EXPECT_EQ(told, 0);
    loop.stop();
  });
  loop.run();
  server.answers.set_value();
  loop.run();
  EXPECT_EQ(told, Resolver::kMaxLookUps);
}

TEST(Resolver, WhoeverHasGivenUpTheQuestionIsNotTold) {
  net::IoLoop loop;
  NameServer server;
  Resolver resolver(loop, server.look_up());
  bool told = false;
  auto question = resolver.find(kSilent, [&](const Resolver::Found&) { told = true; });
  int others = 0;
  std::vector<Resolver::Question> questions;
  for (int i = 1; i < Resolver::kMaxLookUps; ++i) {
    questions.push_back(resolver.find(kSilent, [&](const Resolver::Found&) {
      if (++others == Resolver::kMaxLookUps - 1) loop.stop();
    }));
  }
  question.reset();
  server.answers.set_value();
  loop.run();
  EXPECT_FALSE(told);
}

}  // namespace
}  // namespace confman::peer
