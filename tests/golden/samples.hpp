#pragma once

#include <string>
#include <utility>
#include <vector>

#include "consensus/hash_chain.hpp"
#include "consensus/wire.hpp"
#include "domain/apply/apply.hpp"
#include "domain/audit/action.hpp"
#include "domain/audit/event.hpp"
#include "domain/cluster/cluster.hpp"
#include "domain/command/command.hpp"
#include "domain/command/reply.hpp"
#include "domain/entries/commands.hpp"
#include "domain/entries/entry.hpp"
#include "domain/model/actor.hpp"
#include "domain/model/labels.hpp"
#include "domain/model/precondition.hpp"
#include "domain/model/revision.hpp"
#include "domain/namespaces/commands.hpp"
#include "domain/namespaces/namespace.hpp"
#include "domain/outcomes/outcome.hpp"
#include "domain/snapshot/stream.hpp"
#include "domain/state/memory_store.hpp"
#include "domain/state/meta.hpp"

// One value of everything that is kept on disk or sent, each field set. The files of this folder
// hold what 0.1.0 made of them (README.md).
namespace confman::golden {

using Named = std::vector<std::pair<std::string, Bytes>>;

inline constexpr HlcStamp kStamp{1'700'000'000'123, 7};
inline constexpr HlcStamp kLater{1'700'000'360'000, 0};

inline domain::Actor author() {
  return {domain::ActorType::User, "ada@example.com", "192.0.2.17"};
}

inline domain::Labels labels() {
  return {{"env", "production"}, {"team", "core infra"}};
}

inline domain::Precondition if_version(std::uint64_t version) {
  domain::Precondition p;
  p.if_version = version;
  return p;
}

inline domain::Command command(domain::CommandBody body) {
  domain::Command c;
  c.stamp = kStamp;
  c.actor = author();
  c.idempotency_key = "5e1f-retry";
  c.request_id = "req-0001";
  c.body = std::move(body);
  return c;
}

inline std::vector<std::pair<std::string, domain::Command>> commands() {
  domain::PutEntry put;
  put.path = "/shop/checkout";
  put.key = "limits.json";
  put.content_type = "application/json";
  put.value = R"({"max": 100000000000000000000})";
  put.labels = labels();
  put.description = "How much one order may cost.";
  put.precondition = if_version(3);
  domain::DeleteEntry erase;
  erase.path = "/shop/checkout";
  erase.key = "limits.json";
  erase.precondition.if_exists = true;
  domain::PutNamespace space;
  space.path = "/shop";
  space.description = "The shop";
  space.owner = "team-shop";
  space.labels = labels();
  space.precondition.if_absent = true;
  domain::DeleteNamespace gone;
  gone.path = "/shop/old";
  gone.precondition = if_version(0);
  domain::Command bare;
  bare.body = domain::PutEntry{};
  return {{"put-entry", command(put)},
          {"delete-entry", command(erase)},
          {"put-namespace", command(space)},
          {"delete-namespace", command(gone)},
          {"bare", bare}};
}

inline Named rows() {
  Sha256Digest digest{};
  for (std::size_t i = 0; i < digest.size(); ++i) digest[i] = static_cast<std::uint8_t>(i + 1);
  domain::NamespaceRow space;
  space.description = "The shop";
  space.owner = "team-shop";
  space.labels = labels();
  space.version = 300;
  space.revision = {4, 70'000};
  space.author = author();
  space.created_at = kStamp;
  space.updated_at = kLater;
  space.live_entries = 12;
  space.children = 2;
  domain::EntryRow entry;
  entry.version = 4;
  entry.revision = {4, 70'001};
  entry.content_type = "text/plain; charset=utf-8";
  entry.value = Bytes("a\0b", 3);
  entry.labels = labels();
  entry.description = "two\nlines";
  entry.author = author();
  entry.created_at = kStamp;
  entry.updated_at = kLater;
  domain::EntryRow tombstone;
  tombstone.version = 5;
  tombstone.deleted = true;
  tombstone.revision = {5, 70'002};
  tombstone.author = {domain::ActorType::Service, "deploy", ""};
  tombstone.created_at = kStamp;
  tombstone.updated_at = kLater;
  domain::AuditRow event;
  event.revision = {4, 70'001};
  event.ordinal = 1;
  event.stamp = kStamp;
  event.action = domain::Action::ConfigUpdated;
  event.refusal = domain::Refusal::VersionMismatch;
  event.actor = author();
  event.path = "/shop/checkout";
  event.key = "limits.json";
  event.previous_version = 3;
  event.new_version = 4;
  event.previous_value = digest;
  event.new_value = Sha256Digest{};
  event.request_id = "req-0001";
  event.chain = digest;
  domain::OutcomeRow outcome;
  outcome.fingerprint = 0xfedcba9876543210;
  outcome.expires_at = kLater;
  domain::Reply reply;
  reply.refusal = domain::Refusal::NamespaceNotFound;
  reply.revision = {4, 70'001};
  reply.version = 4;
  reply.created = true;
  outcome.reply = encode(reply);
  domain::MetaRow meta;
  meta.applied = {4, 70'001};
  meta.log_chain = 0x0123456789abcdef;
  meta.last_stamp = kLater;
  meta.digest_low = 1;
  meta.digest_high = UINT64_MAX;
  meta.audit_head = digest;
  meta.audit_events = 900;
  meta.live_entries = 12;
  meta.namespaces = 3;
  meta.outcomes = 128;
  meta.oldest_outcome_ms = 1'700'000'000'000;
  domain::ClusterRow cluster;
  cluster.membership = "members";
  cluster.named_at = {4, 9};
  cluster.feature_level = 2;
  domain::MemberNote note;
  note.stamp = kStamp;
  note.actor = author();
  note.request_id = "req-0002";
  note.action = domain::Action::MemberPromoted;
  note.member = "node4";
  return {
      {"namespace", encode(space)}, {"entry", encode(entry)},     {"tombstone", encode(tombstone)},
      {"audit", encode(event)},     {"outcome", encode(outcome)}, {"reply", encode(reply)},
      {"meta", encode(meta)},       {"cluster", encode(cluster)}, {"member-note", encode(note)}};
}

// What a state machine has been through: every command, done and refused, a retry, members.
inline void fill(domain::StateStore& store) {
  domain::initialise(store);
  std::uint64_t index = 0;
  const auto at = [&index] {
    ++index;
    return domain::LogPosition{2, index, index * 0x9e3779b97f4a7c15};
  };
  domain::skip(store, at());
  domain::MemberNote note;
  note.stamp = {kStamp.wall_ms - 1000, 0};
  note.actor = author();
  note.action = domain::Action::MemberAdded;
  note.member = "node4";
  domain::apply_membership(store, at(), "members", encode(note));
  std::int64_t step = 0;
  const auto run = [&](domain::CommandBody body, std::string key) {
    domain::Command c = command(std::move(body));
    c.stamp.wall_ms += ++step;
    c.idempotency_key = std::move(key);
    domain::apply(store, at(), c, 2);
  };
  domain::PutNamespace space;
  space.description = "The shop";
  space.owner = "team-shop";
  space.labels = labels();
  for (const char* path : {"/shop", "/shop/checkout", "/shop/old", "/none/here"}) {
    space.path = path;
    run(space, "");
  }
  domain::PutEntry put;
  put.path = "/shop/checkout";
  put.content_type = "text/plain";
  put.labels = labels();
  for (int i = 0; i < 40; ++i) {
    put.key = "key" + std::to_string(i % 9);
    put.value = "value " + std::to_string(i);
    run(put, i % 5 == 0 ? "retry" + std::to_string(i % 3) : "");
  }
  put.precondition = if_version(99);
  run(put, "refused");
  domain::DeleteEntry erase;
  erase.path = "/shop/checkout";
  erase.key = "key3";
  run(erase, "");
  domain::DeleteNamespace gone;
  gone.path = "/shop/old";
  run(gone, "");
  domain::apply_feature_level(store, at(), 2);
}

inline Bytes snapshot() {
  domain::MemoryStateStore store;
  fill(store);
  domain::SnapshotHeader header;
  header.cluster = "golden";
  header.position = domain::meta_of(store).applied;
  header.membership = "members";
  Bytes stream;
  domain::write_snapshot(store, header, [&stream](ByteView bytes) { stream.append(bytes); });
  return stream;
}

}  // namespace confman::golden
