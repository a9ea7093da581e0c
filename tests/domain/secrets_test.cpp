#include <gtest/gtest.h>
#include <string>

#include "domain/access/commands.hpp"
#include "domain/audit/query.hpp"
#include "domain/command/validate.hpp"
#include "domain/entries/query.hpp"
#include "domain/past/commands.hpp"
#include "domain/past/compare.hpp"
#include "domain/review/commands.hpp"
#include "domain/secrets/commands.hpp"
#include "domain/secrets/data_key.hpp"
#include "domain/secrets/keep.hpp"
#include "domain/secrets/sealed.hpp"
#include "tests/domain/support.hpp"
#include "tests/support/counting_sealer.hpp"

// Secrets as the state machine has them: sealed, by keys that it keeps and can't use.
namespace confman::domain {
namespace {

using enum Refusal;

class Secrets : public ::testing::Test {
 protected:
  Secrets() {
    for (const char* path : {"/a", "/a/b", "/z"}) world_.run(make_namespace(path));
  }

  PutEntry sealed(const std::string& path, const std::string& key, ByteView value,
                  const WrappedKey& by) {
    auto put = std::get<PutEntry>(domain::put(path, key));
    put.content_type = "text/plain";
    put.value = sealer_.seal(by, {put.path, put.key, put.content_type}, value).value();
    put.secrecy = static_cast<std::uint64_t>(Secrecy::Sealed);
    return put;
  }
  // The first secret of a namespace brings the key.
  PutEntry first(const std::string& path, const std::string& key, ByteView value) {
    const WrappedKey by = sealer_.make_key(path).value();
    PutEntry put = sealed(path, key, value, by);
    put.data_key = encode(by);
    return put;
  }
  PutEntry next(const std::string& path, const std::string& key, ByteView value) {
    return sealed(path, key, value, find_data_key(world_.store, path).value().key());
  }
  static CreateRequest request_of(const PutEntry& put) {
    return {.title = "t", .changes = join_changes({encode_body(put)})};
  }
  EntryRow live(const std::string& path, const std::string& key) const {
    return find_entry(world_.store, path, key).value();
  }
  std::string opened(const std::string& path, const std::string& key) {
    const EntryRow row = live(path, key);
    return sealer_
        .open(find_data_key(world_.store, path).value().key(), {path, key, row.content_type},
              row.value)
        .value_or("can't be opened");
  }
  AuditRow newest_event() const {
    return list_audit(world_.store, {.path = "/", .limit = 1}).items.front().row;
  }
  bool state_holds(ByteView text) const {
    bool found = false;
    for_each_table([&](auto tag) {
      world_.store.scan(decltype(tag)::type::kTable, {}, {}, [&](ByteView key, ByteView value) {
        found = found || key.find(text) != key.npos || value.find(text) != value.npos;
        return true;
      });
    });
    return found;
  }

  World world_;
  testing::CountingSealer sealer_{{"m1"}};
};

TEST_F(Secrets, TheFirstOfANamespaceBringsItsDataKey) {
  ASSERT_FALSE(world_.run(first("/a", "k", "hunter2")).refusal);
  EXPECT_EQ(opened("/a", "k"), "hunter2");
  EXPECT_EQ(find_data_key(world_.store, "/a")->master_key, "m1");
  EXPECT_FALSE(find_data_key(world_.store, "/a/b")) << "a namespace inherits no key";
  EXPECT_EQ(world_.meta().data_keys, 1U);
  ASSERT_FALSE(world_.run(next("/a", "l", "swordfish")).refusal);
  EXPECT_EQ(opened("/a", "l"), "swordfish");
  EXPECT_EQ(world_.meta().data_keys, 1U);
  EXPECT_FALSE(state_holds("hunter2") || state_holds("swordfish"));
}

TEST_F(Secrets, OfTwoNodesThatMakeAKeyTheFirstWinsAndTheOtherSealsAnew) {
  const PutEntry one = first("/a", "k", "1");
  const PutEntry two = first("/a", "l", "2");
  ASSERT_FALSE(world_.run(one).refusal);
  EXPECT_EQ(world_.run(two).refusal, SecretKeyMoved);
  EXPECT_FALSE(find_entry(world_.store, "/a", "l"));
  EXPECT_EQ(opened("/a", "k"), "1");
  ASSERT_FALSE(world_.run(next("/a", "l", "2")).refusal);
  EXPECT_EQ(opened("/a", "l"), "2");
}

TEST_F(Secrets, AValueWhoseKeyNobodyBringsIsRefused) {
  PutEntry put = first("/a", "k", "1");
  put.data_key.clear();
  EXPECT_EQ(world_.run(put).refusal, SecretKeyMoved);
}

TEST_F(Secrets, WhatIsRefusedLeavesNoKey) {
  PutEntry put = first("/a", "k", "1");
  put.precondition = if_version(7);
  EXPECT_EQ(world_.run(put).refusal, VersionMismatch);
  PutEntry lost = first("/none", "k", "1");
  EXPECT_EQ(world_.run(lost).refusal, NamespaceNotFound);
  EXPECT_EQ(world_.meta().data_keys, 0U);
  EXPECT_FALSE(find_data_key(world_.store, "/a") || find_data_key(world_.store, "/none"));
}

TEST_F(Secrets, WhatNobodyHasDecidedOnYetNeverBecomesAnEntry) {
  auto put = std::get<PutEntry>(domain::put("/a", "k"));
  put.secrecy = static_cast<std::uint64_t>(Secrecy::Wanted);
  EXPECT_EQ(world_.run(put).refusal, BadCommand);
}

// The node that took it may not have heard of the secret yet.
TEST_F(Secrets, StayWhatTheyAreUntilSomebodySaysThatTheyAreNone) {
  ASSERT_FALSE(world_.run(first("/a", "k", "old")).refusal);
  auto put = std::get<PutEntry>(domain::put("/a", "k", "\"new\""));
  EXPECT_EQ(world_.run(put).refusal, SecretKeyMoved);
  EXPECT_EQ(opened("/a", "k"), "old");
  put.secrecy = static_cast<std::uint64_t>(Secrecy::Unwanted);
  ASSERT_FALSE(world_.run(put).refusal);
  EXPECT_FALSE(live("/a", "k").sealed);
  put.secrecy = static_cast<std::uint64_t>(Secrecy::AsItIs);
  EXPECT_FALSE(world_.run(put).refusal) << "by now it is none";
}

TEST_F(Secrets, ARequestDoesntUnveilWhatItStartsFrom) {
  ASSERT_FALSE(world_.run(first("/a", "k", "old")).refusal);
  auto put = std::get<PutEntry>(domain::put("/a", "k", "\"new\""));
  put.precondition = if_version(live("/a", "k").version);
  EXPECT_EQ(world_.run(request_of(put)).refusal, SecretKeyMoved);
  put.secrecy = static_cast<std::uint64_t>(Secrecy::Unwanted);
  EXPECT_FALSE(world_.run(request_of(put)).refusal);
}

TEST_F(Secrets, ARetryThatSaysWhatWasClearIsTheSameRequest) {
  ASSERT_FALSE(world_.run(first("/a", "k", "old")).refusal);
  auto put = std::get<PutEntry>(domain::put("/a", "l", "1"));
  Command command;
  command.idempotency_key = "once";
  command.body = put;
  const std::uint64_t print = fingerprint(command, {});
  put.secrecy = static_cast<std::uint64_t>(Secrecy::Unwanted);
  command.body = put;
  EXPECT_EQ(fingerprint(command, {}), print);
}

TEST_F(Secrets, AreWhatTheySayOrNotTaken) {
  const auto is_good = [](const PutEntry& put) { return check(put).has_value(); };
  const PutEntry good = first("/a", "k", "1");
  EXPECT_TRUE(is_good(good));
  PutEntry put = good;
  put.value = "plain";
  EXPECT_FALSE(is_good(put));
  put = good;
  put.data_key = "x";
  EXPECT_FALSE(is_good(put));
  put = good;
  put.data_key = encode(sealer_.make_key("/a").value());
  EXPECT_FALSE(is_good(put)) << "another key than the one that it is sealed by";
  put = good;
  put.secrecy = 4;
  EXPECT_FALSE(is_good(put));
  put = std::get<PutEntry>(domain::put("/a", "k"));
  put.data_key = good.data_key;
  EXPECT_FALSE(is_good(put)) << "a key without a secret";
  const Bytes largest(kMaxValueBytes, 'v');
  EXPECT_TRUE(is_good(first("/a", "k", largest)));
  put = first("/a", "k", largest + "v");
  EXPECT_FALSE(is_good(put));
  put = std::get<PutEntry>(domain::put("/a", "k", Bytes(kMaxValueBytes + 1, '1')));
  EXPECT_EQ(check(put).error().kind, CommandFaultKind::ValueTooLarge);
}

TEST_F(Secrets, ARollbackPublishesWhatIsSealedAsItIs) {
  world_.run(first("/a", "k", "old"));
  const Bytes before = live("/a", "k").value;
  auto plain = std::get<PutEntry>(put("/a", "k", "2"));
  plain.secrecy = static_cast<std::uint64_t>(Secrecy::Unwanted);
  world_.run(plain);
  EXPECT_FALSE(live("/a", "k").sealed);
  ASSERT_FALSE(world_.run(back("/a", "k", 1)).refusal);
  EXPECT_TRUE(live("/a", "k").sealed);
  EXPECT_EQ(live("/a", "k").value, before);
  EXPECT_EQ(opened("/a", "k"), "old");
  ASSERT_FALSE(world_.run(back("/a", "k", 2)).refusal);
  EXPECT_FALSE(live("/a", "k").sealed);
}

TEST_F(Secrets, ARollbackOfANamespacePublishesThemAsTheyLie) {
  const Revision then = world_.run(first("/a", "k", "old")).revision;
  const Bytes before = live("/a", "k").value;
  ASSERT_FALSE(world_.run(next("/a", "k", "new")).refusal);
  ASSERT_FALSE(world_.run(next("/a", "later", "1")).refusal);
  ASSERT_FALSE(world_.run(RollbackNamespace{.path = "/a", .to_revision = then}).refusal);
  EXPECT_TRUE(live("/a", "k").sealed);
  EXPECT_EQ(live("/a", "k").value, before);
  EXPECT_EQ(opened("/a", "k"), "old");
}

TEST_F(Secrets, ADestroyedOneLeavesItsKeyedDigest) {
  world_.run(first("/a", "k", "old"));
  const Sha256Digest digest = digest_of(live("/a", "k"));
  const Bytes sealed = live("/a", "k").value;
  ASSERT_FALSE(world_.run(next("/a", "k", "new")).refusal);
  ASSERT_FALSE(world_.run(DestroyVersion{"/a", "k", 1, "a court order"}).refusal);
  EXPECT_FALSE(state_holds(sealed));
  EXPECT_TRUE(newest_event().keyed & AuditRow::kPreviousIsKeyed);
  EXPECT_EQ(newest_event().previous_value, digest);
  const auto page =
      list_versions(world_.store, {.path = "/a", .key = "k", .before = 0, .limit = 9});
  const EntryRow& row = page->items.back();
  ASSERT_TRUE(row.is_destroyed());
  EXPECT_FALSE(row.sealed) << "there is nothing that could be shown";
  EXPECT_TRUE(destruction_of(row).keyed);
  EXPECT_EQ(destruction_of(row).digest, digest);
}

TEST_F(Secrets, TheAuditTrailHasAKeyedDigestAndSaysSo) {
  world_.run(first("/a", "k", "hunter2"));
  AuditRow event = newest_event();
  EXPECT_EQ(event.keyed, AuditRow::kNewIsKeyed);
  EXPECT_EQ(event.new_value, digest_of(live("/a", "k")));
  EXPECT_NE(event.new_value, sha256("hunter2"));
  world_.run(next("/a", "k", "swordfish"));
  EXPECT_EQ(newest_event().keyed, AuditRow::kPreviousIsKeyed | AuditRow::kNewIsKeyed);
  EXPECT_EQ(newest_event().previous_value, event.new_value);
  auto plain = std::get<PutEntry>(put("/a", "k", "1"));
  plain.secrecy = static_cast<std::uint64_t>(Secrecy::Unwanted);
  world_.run(plain);
  EXPECT_EQ(newest_event().keyed, AuditRow::kPreviousIsKeyed);
  EXPECT_EQ(newest_event().new_value, sha256("1"));
  world_.run(back("/a", "k", 1));
  EXPECT_EQ(newest_event().keyed, AuditRow::kNewIsKeyed);
  world_.run(del("/a", "k"));
  EXPECT_EQ(newest_event().keyed, AuditRow::kPreviousIsKeyed);
}

TEST_F(Secrets, TheSameValueSealedTwiceIsTheSame) {
  world_.run(first("/a", "k", "v"));
  world_.run(next("/a", "k", "v"));
  world_.run(next("/a", "k", "w"));
  const auto version = [&](std::uint64_t n) {
    return std::optional(find_version(world_.store, "/a", "k", n).value());
  };
  EXPECT_NE(version(1)->value, version(2)->value);
  EXPECT_TRUE(same_content(version(1), version(2)));
  EXPECT_FALSE(same_content(version(2), version(3)));
  EXPECT_FALSE(same_value(*version(1), EntryRow{.value = "v"})) << "in plain it is another";
}

TEST_F(Secrets, ADataKeyStaysWhenItsNamespaceGoes) {
  world_.run(first("/a/b", "k", "v"));
  world_.run(del("/a/b", "k"));
  ASSERT_FALSE(world_.run(drop_namespace("/a/b")).refusal);
  ASSERT_TRUE(find_data_key(world_.store, "/a/b"));
  world_.run(make_namespace("/a/b"));
  ASSERT_FALSE(world_.run(next("/a/b", "k", "w")).refusal);
  EXPECT_EQ(opened("/a/b", "k"), "w");
}

TEST_F(Secrets, ARequestKeepsTheKeyOfWhatItHolds) {
  PutEntry put = first("/a", "k", "hunter2");
  put.precondition = if_absent();
  ASSERT_FALSE(
      world_.run(CreateRequest{.title = "t", .changes = join_changes({encode_body(put)})}).refusal);
  ASSERT_TRUE(find_data_key(world_.store, "/a"));
  EXPECT_EQ(world_.run(first("/a", "other", "1")).refusal, SecretKeyMoved);
  EXPECT_FALSE(state_holds("hunter2"));
}

TEST_F(Secrets, ARequestWhoseSecretsAreSealedByTwoKeysOfOneNamespaceIsRefused) {
  PutEntry one = first("/a", "k", "1");
  PutEntry two = first("/a", "l", "2");
  one.precondition = two.precondition = if_absent();
  const Bytes changes = join_changes({encode_body(one), encode_body(two)});
  EXPECT_EQ(world_.run(CreateRequest{.title = "t", .changes = changes}).refusal, SecretKeyMoved);
  EXPECT_EQ(world_.meta().data_keys, 0U);
}

TEST_F(Secrets, ARetryThatWasSealedAnewIsTheSameRequest) {
  const PutEntry once = first("/a", "k", "v");
  const Reply done = world_.run(once, "key");
  ASSERT_FALSE(done.refusal);
  const Reply again = world_.run(next("/a", "k", "v"), "key");
  // The key isn't brought a second time: what it was sealed by is what counts.
  EXPECT_TRUE(again.replayed);
  EXPECT_EQ(again.revision, done.revision);
  EXPECT_EQ(world_.run(next("/a", "k", "w"), "key").refusal, IdempotencyKeyReused);
}

TEST_F(Secrets, ARetryOfARequestIsTheSameTooAndAnotherSecretIsNot) {
  world_.run(first("/a", "seed", "0"));
  const auto request = [&](ByteView value) {
    PutEntry put = next("/a", "k", value);
    put.precondition = if_absent();
    return CreateRequest{.title = "t", .changes = join_changes({encode_body(put)})};
  };
  ASSERT_FALSE(world_.run(request("v"), "key").refusal);
  EXPECT_TRUE(world_.run(request("v"), "key").replayed);
  EXPECT_EQ(world_.run(request("w"), "key").refusal, IdempotencyKeyReused);
}

TEST_F(Secrets, AKeyThatMovedIsNoOutcomeToBeRemembered) {
  world_.run(first("/a", "k", "1"));
  EXPECT_EQ(world_.run(first("/a", "l", "2"), "key").refusal, SecretKeyMoved);
  EXPECT_FALSE(world_.run(next("/a", "l", "2"), "key").refusal);
}

TEST_F(Secrets, DataKeysAreWrappedAnewSomeAtATime) {
  for (const char* path : {"/a", "/a/b", "/z"}) world_.run(first(path, "k", "v"));
  testing::CountingSealer both({"m2", "m1"}, 1);
  const auto rewrapped = [&](const std::string& path) {
    const WrappedKey key = find_data_key(world_.store, path).value().key();
    return Rewrapped{path, key.master_key, both.rewrap(path, key).value()};
  };
  EXPECT_EQ(wrapping_keys(world_.store, 9), (decltype(wrapping_keys(world_.store, 9)){{"m1", 3}}));
  const std::vector<Rewrapped> some{rewrapped("/a"), rewrapped("/z")};
  const RewrapKeys command{.active = "m2", .keys = join_rewrapped(some)};
  Reply reply = world_.run(command);
  EXPECT_FALSE(reply.refusal);
  EXPECT_EQ(reply.version, 1U) << "so many are left";
  EXPECT_EQ(wrapping_keys(world_.store, 9),
            (decltype(wrapping_keys(world_.store, 9)){{"m1", 1}, {"m2", 2}}));
  EXPECT_EQ(wrapped_by(world_.store, "m1", 9), std::vector<std::string>{"/a/b"});
  const Bytes wrapped = find_data_key(world_.store, "/a")->wrapped;
  EXPECT_EQ(world_.run(command).version, 1U) << "what is done isn't done again";
  EXPECT_EQ(find_data_key(world_.store, "/a")->wrapped, wrapped);
  EXPECT_EQ(
      world_.run(RewrapKeys{.active = "m2", .keys = join_rewrapped({rewrapped("/a/b")})}).version,
      0U);
  EXPECT_EQ(wrapping_keys(world_.store, 9), (decltype(wrapping_keys(world_.store, 9)){{"m2", 3}}));
  testing::CountingSealer after({"m2"}, 2);
  const EntryRow row = live("/a/b", "k");
  EXPECT_EQ(after.open(find_data_key(world_.store, "/a/b")->key(), {"/a/b", "k", row.content_type},
                       row.value),
            "v")
      << "the values stay as they were";
  EXPECT_EQ(newest_event().action, Action::SecretsRewrapped);
}

TEST_F(Secrets, RewrappingTakesTheRightToManageTheCluster) {
  world_.run(first("/a", "k", "v"));
  const std::string key = api_key_text(sha256("root"));
  Command mint = by_alice(MintBootstrapKey{.digest = sha256(key), .only_if_open = true});
  mint.actor = {ActorType::System, "bootstrap", {}};
  ASSERT_FALSE(world_.run(mint).refusal);
  EXPECT_EQ(world_.run(RewrapKeys{.active = "m2", .keys = {}}).refusal, CredentialsRequired);
  Command allowed = by_alice(RewrapKeys{.active = "m1", .keys = {}});
  allowed.api_key = sha256(key);
  EXPECT_FALSE(world_.run(allowed).refusal);
}

TEST_F(Secrets, ABadListOfRewrappedKeysIsNotTaken) {
  const WrappedKey key = sealer_.make_key("/a").value();
  const auto is_good = [](const RewrapKeys& command) { return check(command).has_value(); };
  EXPECT_TRUE(is_good({.active = "m1", .keys = join_rewrapped({{"/a", "m0", key}})}));
  EXPECT_FALSE(is_good({.active = "m2", .keys = join_rewrapped({{"/a", "m0", key}})}));
  EXPECT_FALSE(is_good({.active = "m1", .keys = join_rewrapped({{"a", "m0", key}})}));
  EXPECT_FALSE(is_good({.active = "m1", .keys = "x"}));
  EXPECT_FALSE(is_good({.active = "m 1", .keys = {}}));
  std::vector<Rewrapped> many(kMaxRewrapped + 1, {"/a", "m0", key});
  EXPECT_FALSE(is_good({.active = "m1", .keys = join_rewrapped(many)}));
}

TEST_F(Secrets, AReadingIsAnEventAndNothingElse) {
  world_.run(first("/a", "k", "v"));
  const EntryRow before = live("/a", "k");
  EXPECT_FALSE(world_.run(NoteReading{"/a", "k", 1}).refusal);
  EXPECT_EQ(live("/a", "k"), before);
  const AuditRow event = newest_event();
  EXPECT_EQ(event.action, Action::SecretRead);
  EXPECT_EQ(event.path, "/a");
  EXPECT_EQ(event.key, "k");
  EXPECT_EQ(event.previous_version, 1U);
  EXPECT_EQ(event.new_version, 1U);
  EXPECT_FALSE(check(NoteReading{"a", "k", 1}));
  EXPECT_FALSE(check(NoteReading{"/a", "", 1}));
  EXPECT_FALSE(check(NoteReading{"/a", "k", 0}));
}

TEST_F(Secrets, WhoMayNotReadOneAnyMoreHasNoReadingNoted) {
  world_.run(first("/a", "k", "v"));
  Command mint = by_alice(
      MintBootstrapKey{.digest = sha256(api_key_text(sha256("root"))), .only_if_open = true});
  mint.actor = {ActorType::System, "bootstrap", {}};
  ASSERT_FALSE(world_.run(mint).refusal);
  EXPECT_EQ(world_.run(NoteReading{"/a", "k", 1}).refusal, CredentialsRequired);
}

TEST_F(Secrets, WhatIsNewIsProposedFromItsFeatureLevelOnAlone) {
  const auto since = [](CommandBody body) { return since_of(by_alice(std::move(body))); };
  EXPECT_EQ(since(put("/a", "k")), kFirstFeatureLevel);
  PutEntry secret = first("/a", "k", "v");
  EXPECT_EQ(since(secret), kSecrets);
  EXPECT_EQ(since(PutPolicy{"/a", {}, {.approvals = 1}}), kReview);
  EXPECT_EQ(since(PutPolicy{"/a", {}, {.note_readings = true}}), kReadingsNoted);
  secret.precondition = if_absent();
  EXPECT_EQ(since(CreateRequest{.title = "t", .changes = join_changes({encode_body(secret)})}),
            kSecrets);
  EXPECT_EQ(since(EditRequest{.id = 1, .changes = join_changes({encode_body(secret)})}), kSecrets);
  const auto plain = std::get<PutEntry>(put("/a", "k", "1", if_absent()));
  EXPECT_EQ(since(CreateRequest{.title = "t", .changes = join_changes({encode_body(plain)})}),
            kReview);
  const std::uint64_t reads = PermissionSet{Permission::ReadSecrets}.bits();
  EXPECT_EQ(since(PutRole{.name = "r", .permissions = reads}), kSecrets);
  EXPECT_EQ(since(PutRole{.name = "r", .permissions = 1}), kAccess);
  EXPECT_EQ(since(CreateApiKey{.owner = "user:a", .scopes = "read-secrets /a"}), kSecrets);
}

// Older builds know eleven permissions: who has those may grant what they take for everything.
TEST_F(Secrets, BelowItsFeatureLevelThePermissionIsNoneThatAnybodyLacks) {
  const std::string root = api_key_text(sha256("root"));
  Command mint = by_alice(MintBootstrapKey{.digest = sha256(root), .only_if_open = true});
  mint.actor = {ActorType::System, "bootstrap", {}};
  world_.run(mint);
  const auto as = [&](const std::string& key, CommandBody body, std::uint64_t level) {
    Command command = by_alice(std::move(body));
    command.api_key = sha256(key);
    command.stamp = {++world_.now_ms, 0};
    return apply(world_.store, {world_.term, world_.meta().applied.index + 1}, command, level);
  };
  const std::string ada = api_key_text(sha256("ada"));
  as(root, CreateApiKey{.digest = sha256(ada), .owner = "user:ada"}, kSchemas);
  const std::uint64_t eleven =
      PermissionSet::all().bits() & ~PermissionSet{Permission::ReadSecrets}.bits();
  as(root, PutRole{.name = "most", .permissions = eleven}, kSchemas);
  as(root, PutAssignment{.path = "/", .principal = "user:ada", .roles = "most"}, kSchemas);
  const auto grant = [&](const std::string& to, std::uint64_t level) {
    return as(ada, PutAssignment{.path = "/", .principal = to, .roles = "admin"}, level).refusal;
  };
  EXPECT_EQ(grant("user:bob", kSchemas), std::nullopt);
  EXPECT_EQ(grant("user:eve", kSecrets), GrantExceedsOwn);
}

TEST_F(Secrets, AreInASnapshotAsTheyLie) {
  world_.run(first("/a", "k", "hunter2"));
  EXPECT_EQ(world_.snapshot().find("hunter2"), std::string::npos);
  EXPECT_NE(world_.snapshot().find(live("/a", "k").value), std::string::npos);
}

// What a reader is shown.

TEST_F(Secrets, FormsShowAValueOnlyWhereItWasOpened) {
  const Bytes sealed = first("/a", "k", "hunter2").value;
  EXPECT_FALSE(shown(sealed).value);
  EXPECT_FALSE(shown(masked(sealed)).value);
  EXPECT_EQ(shown(domain::opened(sealed, "hunter2")).value, "hunter2");
  EXPECT_EQ(shown(domain::opened(sealed, "")).value, "");
  const Sha256Digest digest = parse_sealed(sealed)->digest;
  EXPECT_EQ(shown(masked(sealed)).digest, digest);
  EXPECT_EQ(shown(domain::opened(sealed, "hunter2")).digest, digest);
  EXPECT_FALSE(parse_sealed(masked(sealed)));
  EXPECT_LT(masked(sealed).size(), kSealBytes) << "not even how long it is";
}

TEST_F(Secrets, ARowThatIsntSealedAsItSaysFitsNoTable) {
  EntryRow row{.version = 1, .value = "x", .sealed = true};
  EXPECT_FALSE(EntryTable::fits({"/a", "k"}, row));
  row.value = first("/a", "k", "v").value;
  EXPECT_TRUE(EntryTable::fits({"/a", "k"}, row));
  EXPECT_FALSE(DataKeyTable::fits({"/a"}, {.master_key = "m/1"}));
}

}  // namespace
}  // namespace confman::domain
