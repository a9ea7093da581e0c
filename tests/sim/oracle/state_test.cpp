#include <gtest/gtest.h>

#include "domain/apply/apply.hpp"
#include "domain/command/command.hpp"
#include "domain/state/memory_store.hpp"
#include "sim/oracle/applied_monotone.hpp"
#include "sim/oracle/audit_complete.hpp"
#include "sim/oracle/bounded_staleness.hpp"
#include "sim/oracle/equal_digests.hpp"
#include "sim/oracle/label_index.hpp"
#include "sim/oracle/namespace_versions.hpp"
#include "tests/sim/oracle/support.hpp"

namespace confman::sim {
namespace {

TEST(AuditComplete, OneEventForEachDecidedCommand) {
  const auto command = [](std::string idempotency_key) {
    domain::Command made;
    made.idempotency_key = std::move(idempotency_key);
    made.body = domain::DeleteEntry{.path = "/", .key = "k", .precondition = {}};
    return Entry{LogIndex{1}, Term{1}, EntryKind::Command, make_payload(domain::encode(made))};
  };
  const auto left = [](const Entry& entry, std::uint64_t events) {
    return violation_of([&] { AuditComplete().applied(entry, events); });
  };
  EXPECT_EQ(left(command(""), 1), "");
  EXPECT_EQ(left(command(""), 0), "audit-complete");
  EXPECT_EQ(left(command("key"), 0), "") << "a replay";
  EXPECT_EQ(left(command("key"), 2), "audit-complete");
  const Entry noop{LogIndex{1}, Term{1}, EntryKind::Noop, make_payload({})};
  EXPECT_EQ(left(noop, 0), "");
  EXPECT_EQ(left(noop, 1), "audit-complete");
  Entry change = noop;
  change.kind = EntryKind::Membership;
  const Membership members = cluster_of(1).membership;
  change.payload = make_payload(encode(consensus::MembershipChange{members, "somebody"}));
  EXPECT_EQ(left(change, 1), "");
  EXPECT_EQ(left(change, 0), "audit-complete");
  change.payload = make_payload(encode(consensus::MembershipChange{members, {}}));
  EXPECT_EQ(left(change, 0), "") << "a leader acts by itself";
}

TEST(LabelIndex, HasTheLabelsOfLiveEntriesAndNoOthers) {
  const auto index = [](auto&& spoil) {
    domain::MemoryStateStore state;
    domain::initialise(state);
    domain::Command command;
    command.actor = {domain::ActorType::User, "ann", {}};
    command.request_id = "r";
    command.body = domain::PutEntry{.path = "/",
                                    .key = "k",
                                    .content_type = "text/plain",
                                    .value = "v",
                                    .labels = {{"env", "prod"}},
                                    .description = {},
                                    .precondition = {}};
    domain::apply(state, {1, 1, 1}, command);
    spoil(state);
    return violation_of([&] { check_label_index(state); });
  };
  const Bytes entry = domain::keys::of_entry("/", "k");
  const Bytes row = domain::keys::label_prefix("env", "prod") + entry;
  EXPECT_EQ(index([](auto&) {}), "");
  EXPECT_EQ(index([&](auto& state) { state.erase(domain::Table::Label, row); }), "label-index");
  EXPECT_EQ(index([&](auto& state) {
              state.put(domain::Table::Label, domain::keys::label_prefix("env", "test") + entry,
                        {});
            }),
            "label-index");
  EXPECT_EQ(index([&](auto& state) {
              state.put(domain::Table::LabelName, domain::keys::label_name_prefix("a") + entry, {});
            }),
            "label-index");

  domain::EntryPage page;
  page.items.push_back({"/", "k", {}});
  page.items[0].row.labels = {{"env", "prod"}};
  const auto listed = [&page](const char* label) {
    return violation_of([&] { check_labelled(page, label); });
  };
  EXPECT_EQ(listed("env"), "");
  EXPECT_EQ(listed("env=prod"), "");
  EXPECT_EQ(listed("env=test"), "label-index");
  EXPECT_EQ(listed("en"), "label-index");
}

TEST(NamespaceVersions, GrowAlsoOverADeletion) {
  const auto versions = [](std::uint64_t level, std::uint64_t behind) {
    domain::MemoryStateStore state;
    domain::initialise(state);
    std::uint64_t index = 0;
    const auto apply = [&](domain::CommandBody body) {
      domain::Command command;
      command.actor.id = "ada";
      command.body = std::move(body);
      domain::apply(state, {1, ++index, index}, command, level);
    };
    domain::PutNamespace made;
    made.path = "/a";
    apply(made);
    apply(domain::DeleteNamespace{.path = "/a", .precondition = {}});
    apply(made);
    return violation_of([&] { check_namespace_versions(state, behind); });
  };
  EXPECT_EQ(versions(kNamespaceMemory, 0), "");
  EXPECT_EQ(versions(kFirstFeatureLevel, 0), "namespace-versions");
  EXPECT_EQ(versions(kFirstFeatureLevel, 3), "") << "from before the level";
}

TEST(AuditComplete, TheTrailIsAnUnbrokenChain) {
  const auto trail = [](auto&& spoil) {
    domain::MemoryStateStore state;
    domain::initialise(state);
    for (std::uint64_t index = 1; index <= 3; ++index) {
      domain::Command command;
      command.body = domain::DeleteEntry{.path = "/", .key = "k", .precondition = {}};
      domain::apply(state, {1, index, index}, command);
    }
    spoil(state);
    return violation_of([&] { AuditComplete::check_chain(state); });
  };
  const Bytes second = domain::keys::of_audit(2, 0);
  EXPECT_EQ(trail([](auto&) {}), "");
  EXPECT_EQ(trail([&](auto& state) { state.erase(domain::Table::Audit, second); }), "audit-chain");
  EXPECT_EQ(trail([&](auto& state) {
              auto row = *domain::decode_audit_row(*state.get(domain::Table::Audit, second));
              row.key = "another";
              state.put(domain::Table::Audit, second, domain::encode(row));
            }),
            "audit-chain");
  EXPECT_EQ(
      trail([&](auto& state) { state.erase(domain::Table::Audit, domain::keys::of_audit(3, 0)); }),
      "audit-chain")
      << "the head tells of a last event";
}

TEST(EqualDigests, OneStatePerIndex) {
  EqualDigests oracle;
  oracle.applied(0, 7, "state");
  oracle.applied(1, 7, "state");
  oracle.applied(1, 8, "other");
  EXPECT_EQ(violation_of([&] { oracle.applied(2, 7, "other"); }), "equal-digests");
}

TEST(AppliedMonotone, OneEntryAtATimeAndNeverBack) {
  AppliedMonotone node(0);
  node.applied(1, 5);
  node.applied(2, 5);
  EXPECT_EQ(violation_of([&] { node.applied(4, 5); }), "applied-monotone") << "a gap";
  EXPECT_EQ(violation_of([&] { node.applied(2, 5); }), "applied-monotone") << "twice";
  node.applied(3, 5);
  EXPECT_EQ(violation_of([&] { node.applied(4, 3); }), "applied-monotone")
      << "not durable in its own log";
  EXPECT_EQ(violation_of([&] { node.installed(2); }), "applied-monotone") << "older snapshot";
  node.flushed(2);
  EXPECT_EQ(violation_of([&] { node.restarted(1); }), "applied-monotone")
      << "lost what was durable";
  node.restarted(2);
  EXPECT_EQ(node.index(), 2U);
  node.installed(9);
  node.applied(10, 10);
}

TEST(BoundedStaleness, AStateIsNotOlderThanSaid) {
  BoundedStaleness oracle;
  oracle.committed(1, 1000);
  oracle.committed(2, 2000);
  oracle.read(0, 2, 9000, 0);
  oracle.read(0, 1, 2500, 500);
  EXPECT_EQ(violation_of([&] { oracle.read(0, 1, 2500, 499); }), "bounded-staleness");
}

}  // namespace
}  // namespace confman::sim
