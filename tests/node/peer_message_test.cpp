#include "app/node/peer_message.hpp"

#include <gtest/gtest.h>
#include <vector>

namespace confman::node {
namespace {

PeerMessage forward_write() {
  PeerMessage message{{consensus::MemberId{2}, 77}, consensus::MemberId{1}, {}};
  message.body = ForwardWrite{99, consensus::Term{5}, make_payload("command bytes")};
  return message;
}

PeerMessage forward_reply() {
  PeerMessage message{{consensus::MemberId{1}, 66}, consensus::MemberId{2}, {}};
  message.body =
      ForwardReply{99,
                   ForwardOutcome::Decided,
                   {domain::Refusal::VersionMismatch, domain::Revision{5, 1234}, 12, false, false}};
  return message;
}

PeerMessage heartbeat() {
  PeerMessage message{{consensus::MemberId{1}, 66}, consensus::MemberId{2}, {}};
  message.body =
      consensus::Message{consensus::GroupId{0},
                         message.from,
                         {message.to, 0},
                         consensus::Term{5},
                         consensus::Heartbeat{consensus::LogIndex{7}, consensus::LogIndex{6}, 3}};
  return message;
}

PeerMessage clock_question() {
  PeerMessage message{{consensus::MemberId{1}, 66}, consensus::MemberId{2}, {}};
  message.body = ClockQuestion{123};
  return message;
}

PeerMessage clock_answer() {
  PeerMessage message{{consensus::MemberId{2}, 77}, consensus::MemberId{1}, {}};
  message.body = ClockAnswer{123, {1'800'000'000'000}};
  return message;
}

std::vector<PeerMessage> one_of_each() {
  return {forward_write(), forward_reply(), heartbeat(), clock_question(), clock_answer()};
}

TEST(PeerMessage, ComesBackAsSent) {
  for (const PeerMessage& message : one_of_each()) {
    const Bytes bytes = encode(message);
    const auto decoded = decode_peer_message(bytes);
    ASSERT_TRUE(decoded.has_value());
    EXPECT_EQ(decoded->from, message.from);
    EXPECT_EQ(decoded->to, message.to);
    EXPECT_EQ(encode(*decoded), bytes);
  }
}

TEST(PeerMessage, TheReplysFieldsSurvive) {
  const auto decoded = decode_peer_message(encode(forward_reply()));
  const auto& reply = std::get<ForwardReply>(decoded->body);
  EXPECT_EQ(reply.id, 99u);
  EXPECT_EQ(reply.outcome, ForwardOutcome::Decided);
  EXPECT_EQ(reply.reply, std::get<ForwardReply>(forward_reply().body).reply);
}

// The client of a follower is told that its write was replayed, as the leader's own is.
TEST(PeerMessage, AReplayIsToldToTheFollower) {
  PeerMessage message = forward_reply();
  auto& sent = std::get<ForwardReply>(message.body).reply;
  sent = {{}, domain::Revision{5, 1234}, 12, true, true};
  const auto decoded = decode_peer_message(encode(message));
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(std::get<ForwardReply>(decoded->body).reply, sent);
}

// Nodes of two builds in one cluster: fields that this one doesn't know are skipped, and a reply
// without the newest field is a whole one.
TEST(PeerMessage, RepliesOfOtherBuildsAreTaken) {
  Bytes replayed = domain::encode(domain::Reply{{}, domain::Revision{5, 1234}, 12, true, true});
  const Bytes before =
      domain::encode(domain::Reply{{}, domain::Revision{5, 1234}, 12, true, false});
  EXPECT_TRUE(replayed.starts_with(before)) << "what older builds read is as it was";
  EXPECT_FALSE(domain::decode_reply(before)->replayed);
  replayed += Bytes("\x07\x01\x01", 3);  // a field of a later build
  EXPECT_TRUE(domain::decode_reply(replayed)->replayed);
}

TEST(PeerMessage, WhatAClockSaysSurvives) {
  const auto question = decode_peer_message(encode(clock_question()));
  EXPECT_EQ(std::get<ClockQuestion>(question->body).id, 123u);
  const auto answer = decode_peer_message(encode(clock_answer()));
  EXPECT_EQ(std::get<ClockAnswer>(answer->body).id, 123u);
  EXPECT_EQ(std::get<ClockAnswer>(answer->body).wall, (WallTime{1'800'000'000'000}));
}

TEST(PeerMessage, EveryTruncationIsRefused) {
  for (const PeerMessage& message : one_of_each()) {
    const Bytes bytes = encode(message);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      EXPECT_FALSE(decode_peer_message(ByteView(bytes).substr(0, size)).has_value()) << size;
    }
    EXPECT_FALSE(decode_peer_message(bytes + "x").has_value());
  }
}

TEST(PeerMessage, WhatIsWrongIsToldByName) {
  const auto code = [](const Bytes& bytes) {
    return std::string(code_of(decode_peer_message(bytes).error()));
  };
  EXPECT_EQ(code("\x09rest"), "unknown_kind");
  EXPECT_EQ(code(""), "unknown_kind");
  EXPECT_EQ(code(encode(forward_write()) + "x"), "bad_forward");
  EXPECT_EQ(code(encode(heartbeat()) + "x"), "bad_length") << "as consensus calls it";
}

}  // namespace
}  // namespace confman::node
