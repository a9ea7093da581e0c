#include <functional>
#include <gtest/gtest.h>
#include <utility>
#include <vector>

#include "domain/apply.hpp"
#include "domain/cluster.hpp"
#include "domain/command.hpp"
#include "domain/rows.hpp"

// Whatever is kept or sent comes back with every field: what differs in one of them is another
// value, has another encoding, and is read as what it is.
namespace confman::domain {
namespace {

template <class Value>
using Changes = std::vector<std::function<void(Value&)>>;

template <class Value, class Decode>
void expect_every_field(const Value& base, const Changes<Value>& changes, Decode decode) {
  const Bytes bytes = encode(base);
  ASSERT_TRUE(decode(bytes));
  EXPECT_EQ(*decode(bytes), base);
  for (std::size_t i = 0; i < changes.size(); ++i) {
    SCOPED_TRACE("change " + std::to_string(i));
    Value other = base;
    changes[i](other);
    EXPECT_NE(other, base);
    const Bytes others = encode(other);
    EXPECT_NE(others, bytes);
    const auto decoded = decode(others);
    ASSERT_TRUE(decoded);
    EXPECT_EQ(*decoded, other);
  }
}

const Actor kAuthor{ActorType::User, "ada", "10.0.0.1"};
constexpr HlcStamp kStamp{1'700'000'000'000, 3};

TEST(EveryField, OfANamespace) {
  const NamespaceRow base{.description = "d",
                          .owner = "o",
                          .labels = {{"a", "b"}},
                          .version = 2,
                          .revision = {3, 17},
                          .author = kAuthor,
                          .created_at = kStamp,
                          .updated_at = kStamp,
                          .live_entries = 4,
                          .children = 5};
  expect_every_field<NamespaceRow>(
      base,
      {[](auto& r) { r.description = "e"; }, [](auto& r) { r.owner = "p"; },
       [](auto& r) { r.labels[0].second = "c"; }, [](auto& r) { r.version = 3; },
       [](auto& r) { r.revision.term = 4; }, [](auto& r) { r.revision.index = 18; },
       [](auto& r) { r.author.type = ActorType::Service; }, [](auto& r) { r.author.id = "bob"; },
       [](auto& r) { r.author.ip = ""; }, [](auto& r) { r.created_at.wall_ms += 1; },
       [](auto& r) { r.created_at.counter += 1; }, [](auto& r) { r.updated_at.wall_ms += 1; },
       [](auto& r) { r.live_entries = 5; }, [](auto& r) { r.children = 6; }},
      [](ByteView b) { return decode_namespace_row(b); });
}

TEST(EveryField, OfAnEntry) {
  const EntryRow base{.version = 2,
                      .deleted = false,
                      .revision = {3, 17},
                      .content_type = "text/plain",
                      .value = "v",
                      .labels = {{"a", "b"}},
                      .description = "d",
                      .author = kAuthor,
                      .created_at = kStamp,
                      .updated_at = kStamp};
  expect_every_field<EntryRow>(
      base,
      {[](auto& r) { r.version = 3; },
       [](auto& r) {
         r.deleted = true;
         r.content_type = r.value = "";
         r.labels.clear();
       },
       [](auto& r) { r.revision.index = 18; }, [](auto& r) { r.content_type = "text/html"; },
       [](auto& r) { r.value = "w"; }, [](auto& r) { r.labels[0].first = "c"; },
       [](auto& r) { r.description = ""; }, [](auto& r) { r.author.id = "bob"; },
       [](auto& r) { r.created_at.counter = 0; }, [](auto& r) { r.updated_at.counter = 0; }},
      [](ByteView b) { return decode_entry_row(b); });
}

TEST(EveryField, OfAnAuditEvent) {
  Sha256Digest digest{};
  digest[0] = 1;
  AuditRow base{.revision = {3, 17},
                .ordinal = 1,
                .stamp = kStamp,
                .action = Action::ConfigUpdated,
                .refusal = {},
                .actor = kAuthor,
                .path = "/a",
                .key = "k",
                .previous_version = 1,
                .new_version = 2,
                .previous_value = digest,
                .new_value = digest,
                .request_id = "r",
                .chain = digest};
  expect_every_field<AuditRow>(
      base,
      {[](auto& r) { r.revision.term = 4; }, [](auto& r) { r.ordinal = 2; },
       [](auto& r) { r.stamp.counter = 4; }, [](auto& r) { r.action = Action::ConfigCreated; },
       [](auto& r) { r.refusal = Refusal::VersionMismatch; }, [](auto& r) { r.actor.ip = "::1"; },
       [](auto& r) { r.path = "/b"; }, [](auto& r) { r.key = "l"; },
       [](auto& r) { r.previous_version = 0; }, [](auto& r) { r.new_version = 3; },
       [](auto& r) { r.previous_value.reset(); }, [](auto& r) { (*r.new_value)[31] = 1; },
       [](auto& r) { r.request_id = "s"; }, [](auto& r) { r.chain[1] = 1; }},
      [](ByteView b) { return decode_audit_row(b); });
}

TEST(EveryField, OfTheRest) {
  expect_every_field<OutcomeRow>(
      {.fingerprint = 1, .expires_at = kStamp, .reply = "r"},
      {[](auto& r) { r.fingerprint = 2; }, [](auto& r) { r.expires_at.wall_ms += 1; },
       [](auto& r) { r.reply = "s"; }},
      [](ByteView b) { return decode_outcome_row(b); });
  Sha256Digest digest{};
  digest[0] = 1;
  const MetaRow meta{.applied = {3, 17},
                     .log_chain = 1,
                     .last_stamp = kStamp,
                     .digest_low = 2,
                     .digest_high = 3,
                     .audit_head = digest,
                     .audit_events = 4,
                     .live_entries = 5,
                     .namespaces = 6,
                     .outcomes = 7,
                     .oldest_outcome_ms = 8};
  expect_every_field<MetaRow>(
      meta,
      {[](auto& r) { r.applied.index = 18; }, [](auto& r) { r.log_chain = 2; },
       [](auto& r) { r.last_stamp.counter = 4; }, [](auto& r) { r.digest_low = 3; },
       [](auto& r) { r.digest_high = 4; }, [](auto& r) { r.audit_head[0] = 2; },
       [](auto& r) { r.audit_events = 5; }, [](auto& r) { r.live_entries = 6; },
       [](auto& r) { r.namespaces = 7; }, [](auto& r) { r.outcomes = 8; },
       [](auto& r) { r.oldest_outcome_ms = 9; }},
      [](ByteView b) { return decode_meta_row(b); });
  expect_every_field<ClusterRow>(
      {.membership = "m", .named_at = {3, 17}, .feature_level = 2},
      {[](auto& r) { r.membership = "n"; }, [](auto& r) { r.named_at.index = 18; },
       [](auto& r) { r.feature_level = 3; }},
      [](ByteView b) { return decode_cluster_row(b); });
  expect_every_field<MemberNote>(
      {.stamp = kStamp,
       .actor = kAuthor,
       .request_id = "r",
       .action = Action::MemberAdded,
       .member = "node4"},
      {[](auto& n) { n.stamp.counter = 4; }, [](auto& n) { n.actor.id = "bob"; },
       [](auto& n) { n.request_id = "s"; }, [](auto& n) { n.action = Action::MemberRemoved; },
       [](auto& n) { n.member = "node5"; }},
      [](ByteView b) { return decode_member_note(b); });
  expect_every_field<Reply>({.refusal = {}, .revision = {3, 17}, .version = 2, .created = false},
                            {[](auto& r) { r.refusal = Refusal::EntryExists; },
                             [](auto& r) { r.revision.term = 4; }, [](auto& r) { r.version = 3; },
                             [](auto& r) { r.created = true; }, [](auto& r) { r.replayed = true; }},
                            [](ByteView b) { return decode_reply(b); });
}

TEST(EveryField, OfACommand) {
  const Command base{.stamp = kStamp,
                     .actor = kAuthor,
                     .idempotency_key = "i",
                     .request_id = "r",
                     .body = PutEntry{.path = "/a",
                                      .key = "k",
                                      .content_type = "text/plain",
                                      .value = "v",
                                      .labels = {{"a", "b"}},
                                      .description = "d",
                                      .precondition = {}}};
  const auto put = [](Command& c) -> PutEntry& { return std::get<PutEntry>(c.body); };
  const auto decode = [](ByteView b) { return decode_command(b); };
  expect_every_field<Command>(
      base,
      {[](auto& c) { c.stamp.wall_ms += 1; }, [](auto& c) { c.actor.type = ActorType::System; },
       [](auto& c) { c.idempotency_key = ""; }, [](auto& c) { c.request_id = "s"; },
       [&](auto& c) { put(c).path = "/b"; }, [&](auto& c) { put(c).key = "l"; },
       [&](auto& c) { put(c).content_type = "text/html"; }, [&](auto& c) { put(c).value = ""; },
       [&](auto& c) { put(c).labels.clear(); }, [&](auto& c) { put(c).description = ""; },
       [&](auto& c) { put(c).precondition.if_version = 7; },
       [&](auto& c) { put(c).precondition.if_absent = true; },
       [&](auto& c) { put(c).precondition.if_exists = true; },
       [](auto& c) { c.body = DeleteEntry{.path = "/a", .key = "k", .precondition = {}}; }},
      decode);
  Command space = base;
  space.body = PutNamespace{
      .path = "/a", .description = "d", .owner = "o", .labels = {{"a", "b"}}, .precondition = {}};
  const auto put_space = [](Command& c) -> PutNamespace& { return std::get<PutNamespace>(c.body); };
  expect_every_field<Command>(
      space,
      {[&](auto& c) { put_space(c).path = "/b"; }, [&](auto& c) { put_space(c).description = ""; },
       [&](auto& c) { put_space(c).owner = ""; }, [&](auto& c) { put_space(c).labels.clear(); },
       [&](auto& c) { put_space(c).precondition.if_absent = true; },
       [](auto& c) { c.body = DeleteNamespace{.path = "/a", .precondition = {}}; }},
      decode);
  Command note = base;
  note.body = NoteRefusedChange{Action::MemberAdded, "node4", Refusal::AlreadyMember};
  const auto refused = [](Command& c) -> NoteRefusedChange& {
    return std::get<NoteRefusedChange>(c.body);
  };
  expect_every_field<Command>(note,
                              {[&](auto& c) { refused(c).action = Action::MemberRemoved; },
                               [&](auto& c) { refused(c).member = "node5"; },
                               [&](auto& c) { refused(c).refusal = Refusal::WouldLoseQuorum; }},
                              decode);
}

}  // namespace
}  // namespace confman::domain
