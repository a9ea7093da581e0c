#include <gtest/gtest.h>
#include <string>
#include <utility>

#include "domain/apply/apply.hpp"
#include "domain/audit/changes.hpp"
#include "domain/state/memory_store.hpp"
#include "sim/oracle/access_safety.hpp"
#include "sim/reference/answers.hpp"
#include "tests/sim/oracle/support.hpp"

// Who may what, by production and by the reference; and answers that say too much or too little.
namespace confman::sim {
namespace {

using domain::Credentials;
using domain::Permission;
using domain::Refusal;
using node::Consistency;
using node::Request;
using node::Response;

constexpr std::int64_t kStartMs = 10'000;

Sha256Digest digest(const std::string& key) {
  return sha256(key);
}

Credentials nobody() {
  return {.actor = {domain::ActorType::User, "anonymous", {}}, .key = {}};
}
Credentials with(const std::string& key) {
  Credentials from = nobody();
  from.key = digest(key);
  return from;
}

// A closed cluster: "boot" is the bootstrap key, ann may read and publish in /a but not in /a/b,
// which doesn't inherit; bob is in a group that may read everywhere else.
class AccessTest : public testing::Test {
 protected:
  AccessTest() {
    domain::initialise(state_);
    add(nobody(),
        domain::PutNamespace{
            .path = "/a", .description = {}, .owner = {}, .labels = {}, .precondition = {}});
    Credentials system = nobody();
    system.actor = {domain::ActorType::System, "system", {}};
    add(system, domain::MintBootstrapKey{.digest = digest("boot")});
    add(with("boot"), domain::CreateApiKey{.digest = digest("ann"), .owner = "user:ann"});
    add(with("boot"), domain::CreateApiKey{.digest = digest("bob"), .owner = "service:bob"});
    add(with("boot"),
        domain::CreateApiKey{.digest = digest("short"), .owner = "user:ann", .lifetime_ms = 100});
    add(with("boot"),
        domain::PutAssignment{
            .path = "/a", .principal = "user:ann", .roles = "publisher", .precondition = {}});
    add(with("boot"),
        domain::PutAssignment{
            .path = "/", .principal = "group:readers", .roles = "viewer", .precondition = {}});
    add(with("boot"), domain::AddGroupMember{"readers/service:bob"});
    domain::PutNamespace below{
        .path = "/a/b", .description = {}, .owner = {}, .labels = {}, .precondition = {}};
    add(with("boot"), below);
    add(with("boot"), domain::PutAssignment{.path = "/a/b",
                                            .principal = "service:bootstrap",
                                            .roles = "publisher",
                                            .precondition = {}});
    below.inherit = 2;
    add(with("boot"), below);
    add(with("ann"), put("/a", "k1"));
  }

  static domain::PutEntry put(std::string path, std::string key) {
    return {.path = std::move(path),
            .key = std::move(key),
            .content_type = "text/plain",
            .value = "one",
            .labels = {},
            .description = {},
            .precondition = {}};
  }

  // Applied by both; what it came to. They must agree on it.
  std::optional<Refusal> add(const Credentials& from, domain::CommandBody body) {
    domain::Command command;
    command.stamp = {kStartMs + static_cast<std::int64_t>(++index_), 0};
    command.actor = from.actor;
    command.api_key = from.key;
    command.request_id = "req" + std::to_string(index_);
    command.body = std::move(body);
    const Entry entry{LogIndex{index_}, Term{1}, EntryKind::Command,
                      make_payload(domain::encode(command))};
    const domain::Reply reply = domain::apply(state_, {1, index_, index_}, command, kAccess);
    answers_.committed(entry);
    check_access_safety(answers_.state());
    EXPECT_EQ(violation_of([&] { answers_.judge_state(state_); }), "") << index_;
    EXPECT_EQ(answers_.state().decided(command.request_id)->back().reply, reply) << index_;
    context_.committed_when_asked = context_.applied_when_asked = index_;
    context_.applied_least = context_.applied_most = index_;
    return reply.refusal;
  }

  std::string verdict(decltype(Request::operation) asked, decltype(Response::outcome) outcome) {
    const Request request{node::RequestId{1}, Time{1'000'000}, std::move(asked)};
    const Response response{node::RequestId{1}, std::move(outcome), {1, index_}, std::nullopt};
    return violation_of([&] { answers_.judge(request, response, context_); });
  }
  static node::Read get(const Credentials& from, std::string path, std::string key) {
    node::Read read;
    read.query = node::GetEntry{std::move(path), std::move(key), std::nullopt};
    read.from = from;
    return read;
  }

  domain::MemoryStateStore state_;
  Answers answers_{{}};
  std::uint64_t index_ = 0;
  AnswerContext context_;
};

TEST_F(AccessTest, BothAgreeOnWhoMayWhat) {
  EXPECT_EQ(add(nobody(), put("/a", "k1")), Refusal::CredentialsRequired);
  EXPECT_EQ(add(with("nobody's"), put("/a", "k1")), Refusal::ApiKeyUnknown);
  EXPECT_EQ(add(with("ann"), put("/a/b", "k1")), Refusal::Forbidden);
  EXPECT_EQ(add(with("bob"), put("/a", "k1")), Refusal::Forbidden);
  EXPECT_EQ(add(with("boot"), put("/a/b", "k1")), std::nullopt);
  EXPECT_EQ(add(with("boot"),
                domain::DeleteAssignment{
                    .path = "/", .principal = "service:bootstrap", .precondition = {}}),
            Refusal::LastAdmin);
  EXPECT_EQ(add(with("ann"), domain::RevokeApiKey{domain::api_key_id(digest("ann"))}),
            std::nullopt);
  EXPECT_EQ(add(with("ann"), put("/a", "k1")), Refusal::ApiKeyRevoked);
  for (int i = 0; i < 100; ++i) add(with("boot"), domain::RevokeApiKey{"none"});
  EXPECT_EQ(add(with("short"), put("/a", "k1")), Refusal::ApiKeyExpired);
}

// A namespace that doesn't inherit shuts out who manages access in "/", and they may come back.
TEST_F(AccessTest, WhoManagesAccessInTheRootGrantsWhatTheyHoldThere) {
  const domain::PutAssignment own{
      .path = "/a/b", .principal = "user:ann", .roles = "publisher", .precondition = {}};
  EXPECT_EQ(add(with("ann"), own), Refusal::Forbidden);
  const domain::PermissionSet keeps{Permission::ManageAccess, Permission::Read};
  add(with("boot"),
      domain::PutRole{
          .name = "keeper", .permissions = keeps.bits(), .description = {}, .precondition = {}});
  add(with("boot"),
      domain::PutAssignment{
          .path = "/", .principal = "user:ann", .roles = "keeper", .precondition = {}});
  EXPECT_EQ(add(with("ann"), own), Refusal::GrantExceedsOwn);
  EXPECT_EQ(add(with("boot"), own), std::nullopt);
}

TEST_F(AccessTest, NobodyIsToldWhatTheyMayNotRead) {
  const auto entry = domain::find_entry(state_, "/a", "k1");
  ASSERT_TRUE(entry);
  EXPECT_EQ(verdict(get(with("ann"), "/a", "k1"), node::ReadDone{*entry, {}}), "");
  EXPECT_EQ(verdict(get(with("bob"), "/a", "k1"), node::ReadDone{*entry, {}}), "");
  EXPECT_EQ(verdict(get(nobody(), "/a", "k1"), node::ReadDone{*entry, {}}), "answer-access");
  EXPECT_EQ(verdict(get(with("ann"), "/", "k1"), node::ReadDone{*entry, {}}), "answer-access");
}

TEST_F(AccessTest, ADenialIsTrue) {
  EXPECT_EQ(verdict(get(with("ann"), "/", "k1"), node::Denied{Refusal::Forbidden}), "");
  EXPECT_EQ(verdict(get(nobody(), "/a", "k1"), node::Denied{Refusal::CredentialsRequired}), "");
  EXPECT_EQ(verdict(get(with("x"), "/a", "k1"), node::Denied{Refusal::ApiKeyUnknown}), "");
  EXPECT_EQ(verdict(get(with("x"), "/a", "k1"), node::Denied{Refusal::ApiKeyRevoked}),
            "answer-denied");
  EXPECT_EQ(verdict(get(with("ann"), "/a", "k1"), node::Denied{Refusal::Forbidden}),
            "answer-denied");
  context_.committed_when_asked = index_ + 1;
  EXPECT_EQ(verdict(get(with("ann"), "/", "k1"), node::Denied{Refusal::Forbidden}), "answer-fresh");
}

TEST_F(AccessTest, AKeyExpiresByTheNodesClockToo) {
  context_.wall_ms = kStartMs + 1000;
  EXPECT_EQ(verdict(get(with("short"), "/a", "k1"), node::Denied{Refusal::ApiKeyExpired}), "");
  context_.wall_ms = kStartMs;
  EXPECT_EQ(verdict(get(with("short"), "/a", "k1"), node::Denied{Refusal::ApiKeyExpired}),
            "answer-denied");
}

TEST_F(AccessTest, AListingHasWhatItsReaderMaySee) {
  add(with("boot"), put("/a/b", "k2"));
  domain::ListEntries list;
  list.path = "/a";
  list.recursive = true;
  list.limit = 10;
  node::Read read;
  read.query = list;
  read.from = with("ann");
  const domain::EntryPage all = *domain::list_entries(state_, list);
  ASSERT_EQ(all.items.size(), 2U);
  EXPECT_EQ(verdict(read, node::ReadDone{all, {}}), "answer-content");
  domain::EntryPage own = all;
  own.items.pop_back();
  EXPECT_EQ(verdict(read, node::ReadDone{own, {}}), "");
  own.items.pop_back();
  EXPECT_EQ(verdict(read, node::ReadDone{own, {}}), "answer-content");
}

TEST_F(AccessTest, AWatchTellsWhatItsReaderMaySee) {
  const std::uint64_t from = index_;
  add(with("boot"), put("/a/b", "k2"));
  add(with("boot"), domain::PutAssignment{.path = "/a",
                                          .principal = "service:bootstrap",
                                          .roles = "publisher",
                                          .precondition = {}});
  add(with("boot"), put("/a", "k3"));
  node::Watch watch;
  watch.scope = {"/a", {}};
  watch.after = domain::Revision{1, from};
  watch.limit = 10;
  watch.from = with("ann");
  context_.applied_when_asked = from;
  domain::ChangePage all = domain::changes_after(state_, watch.scope, from, index_, 10);
  ASSERT_EQ(all.changes.size(), 2U);
  const auto done = [&](const domain::ChangePage& page) {
    return node::WatchDone{page, {1, from}, {1, index_}};
  };
  EXPECT_EQ(verdict(watch, done(all)), "answer-changes");
  domain::ChangePage seen = all;
  seen.changes.erase(seen.changes.begin());
  EXPECT_EQ(verdict(watch, done(seen)), "");
  domain::ChangePage none = all;
  none.changes.clear();
  EXPECT_EQ(verdict(watch, done(none)), "answer-changes");
  watch.from = nobody();
  EXPECT_EQ(verdict(watch, done(seen)), "answer-access");
}

}  // namespace
}  // namespace confman::sim
