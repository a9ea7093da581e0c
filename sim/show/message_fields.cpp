#include "sim/show/message_fields.hpp"

#include <algorithm>

namespace confman::sim {
namespace {

using Visit = std::function<void(std::string_view, std::uint64_t)>;

void fields(const consensus::VoteRequest& body, const Visit& visit) {
  visit("pre-vote", body.pre_vote);
  visit("last index", body.last.index.value);
  visit("last term", body.last.term.value);
  visit("transfer", body.transfer);
}
void fields(const consensus::VoteReply& body, const Visit& visit) {
  visit("pre-vote", body.pre_vote);
  visit("granted", body.granted);
}
void fields(const consensus::AppendRequest& body, const Visit& visit) {
  visit("prev index", body.prev.index.value);
  visit("prev term", body.prev.term.value);
  visit("entries", body.entries.size());
  visit("of terms from", body.entries.empty() ? 0 : body.entries.front().term.value);
  visit("to", body.entries.empty() ? 0 : body.entries.back().term.value);
  visit("commit", body.commit.value);
  visit("round", body.round);
}
void fields(const consensus::AppendReply& body, const Visit& visit) {
  visit("success", body.success);
  visit("match", body.match.value);
  visit("hint index", body.hint.index.value);
  visit("hint term", body.hint.term.value);
  visit("round", body.round);
  visit("condition", static_cast<std::uint64_t>(body.condition));
}
void fields(const consensus::Heartbeat& body, const Visit& visit) {
  visit("commit", body.commit.value);
  visit("match", body.match.value);
  visit("round", body.round);
}
void fields(const consensus::HeartbeatReply& body, const Visit& visit) {
  visit("round", body.round);
  visit("condition", static_cast<std::uint64_t>(body.condition));
  visit("feature level", body.feature_level);
}
void fields(const consensus::ReadIndexRequest& body, const Visit& visit) {
  visit("id", body.id.value);
}
void fields(const consensus::ReadIndexReply& body, const Visit& visit) {
  visit("id", body.id.value);
  visit("ok", body.ok);
  visit("index", body.index.value);
}
void fields(const consensus::SnapshotChunk& body, const Visit& visit) {
  visit("last index", body.meta.last.index.value);
  visit("last term", body.meta.last.term.value);
  visit("offset", body.offset);
  visit("bytes", body.data->size());
  visit("of", body.meta.size);
  visit("for repair", body.repair_id);
}
void fields(const consensus::SnapshotReply& body, const Visit& visit) {
  visit("last index", body.last.index.value);
  visit("next offset", body.next_offset);
  visit("status", static_cast<std::uint64_t>(body.status));
}
void fields(const consensus::TimeoutNow&, const Visit&) {}
void fields(const consensus::Introduction& body, const Visit& visit) {
  const auto met = std::ranges::count_if(
      body.founders, [](const consensus::NodeId& founder) { return founder.incarnation != 0; });
  visit("wants answer", body.wants_answer);
  visit("founders met", static_cast<std::uint64_t>(met));
  visit("of", body.founders.size());
  visit("committed", body.committed.value);
  visit("you are a member", body.member);
}
void fields(const consensus::RepairRequest& body, const Visit& visit) {
  visit("id", body.id);
  visit("from", body.from.value);
  visit("to", body.to.value);
  visit("of snapshot", body.snapshot ? body.snapshot->index.value : 0);
  visit("offset", body.offset);
}
void fields(const consensus::RepairReply& body, const Visit& visit) {
  visit("id", body.id);
  visit("from", body.from.value);
  visit("verdict", static_cast<std::uint64_t>(body.verdict));
  visit("entries", body.entries.size());
  visit("leads", body.leads);
  visit("whole", body.whole);
  visit("last index", body.last.index.value);
  visit("last term", body.last.term.value);
  visit("snapshot", body.snapshot.index.value);
}
void fields(const node::ForwardWrite& body, const Visit& visit) {
  visit("term", body.term.value);
  visit("id", body.id);
  visit("bytes", body.command->size());
}
void fields(const node::ForwardReply& body, const Visit& visit) {
  visit("id", body.id);
  visit("outcome", static_cast<std::uint64_t>(body.outcome));
  visit("revision term", body.reply.revision.term);
  visit("revision index", body.reply.revision.index);
  visit("version", body.reply.version);
}
void fields(const node::ClockQuestion& body, const Visit& visit) {
  visit("id", body.id);
}
void fields(const node::ClockAnswer& body, const Visit& visit) {
  visit("id", body.id);
  visit("milliseconds", static_cast<std::uint64_t>(body.wall.ms));
}
void fields(const consensus::Message& message, const Visit& visit) {
  visit("term", message.term.value);
  std::visit([&](const auto& body) { fields(body, visit); }, message.body);
}

struct Name {
  std::string_view operator()(const consensus::Message& message) const {
    return consensus::name_of(message.body);
  }
  std::string_view operator()(const node::ForwardWrite&) const { return "forward_write"; }
  std::string_view operator()(const node::ForwardReply&) const { return "forward_reply"; }
  std::string_view operator()(const node::ClockQuestion&) const { return "clock_question"; }
  std::string_view operator()(const node::ClockAnswer&) const { return "clock_answer"; }
};

}  // namespace

std::string_view kind_name(const node::PeerMessage& message) {
  return std::visit(Name{}, message.body);
}

void visit_fields(const node::PeerMessage& message, const Visit& visit) {
  std::visit([&](const auto& body) { fields(body, visit); }, message.body);
}

}  // namespace confman::sim
