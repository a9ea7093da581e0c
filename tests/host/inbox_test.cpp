#include "app/confmand/inbox.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <thread>

namespace confman::host {
namespace {

constexpr std::size_t kLetters = 2 * Inbox::kMaxLettersPerTurn + 500;

class InboxTest : public ::testing::Test {
 protected:
  InboxTest() {
    loop_.add_end_of_turn([this] {
      most_in_a_turn_ = std::max(most_in_a_turn_, in_this_turn_);
      in_this_turn_ = 0;
      if (delivered_.size() >= kLetters) loop_.stop();
    });
  }

  static node::RequestId id(std::uint64_t n) { return node::RequestId{n}; }

  net::IoLoop loop_;
  std::vector<std::uint64_t> delivered_;
  std::size_t in_this_turn_ = 0;
  std::size_t most_in_a_turn_ = 0;
  Inbox inbox_{loop_, [this](std::span<Inbox::Letter> letters) {
                 for (const Inbox::Letter& letter : letters) {
                   delivered_.push_back(std::get<node::RequestId>(letter).value);
                 }
                 in_this_turn_ += letters.size();
               }};
};

TEST_F(InboxTest, LettersOfAnotherThreadComeInOrderAndABoundedNumberATurn) {
  std::thread writer([this] {
    for (std::uint64_t i = 0; i < kLetters; ++i) {
      inbox_.put(id(i));
      if (i % 700 == 0) inbox_.hand_over();
    }
    inbox_.hand_over();
  });
  loop_.run();
  writer.join();
  ASSERT_EQ(delivered_.size(), kLetters);
  EXPECT_TRUE(std::ranges::is_sorted(delivered_));
  EXPECT_LE(most_in_a_turn_, 2 * Inbox::kMaxLettersPerTurn);
}

TEST_F(InboxTest, WhatTheLoopItselfPutsInNeedsNoHandOver) {
  for (std::uint64_t i = 0; i < kLetters; ++i) inbox_.put(id(i));
  loop_.run();
  ASSERT_EQ(delivered_.size(), kLetters);
  EXPECT_TRUE(std::ranges::is_sorted(delivered_));
  EXPECT_EQ(most_in_a_turn_, Inbox::kMaxLettersPerTurn);
}

}  // namespace
}  // namespace confman::host
