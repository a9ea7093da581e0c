#include <gtest/gtest.h>
#include <string>

#include "domain/access/commands.hpp"
#include "domain/access/query.hpp"
#include "domain/access/rights.hpp"
#include "domain/access/role_names.hpp"
#include "domain/audit/changes.hpp"
#include "domain/audit/query.hpp"
#include "domain/command/validate.hpp"
#include "domain/entries/query.hpp"
#include "domain/entries/resolve.hpp"
#include "domain/namespaces/query.hpp"
#include "domain/past/commands.hpp"
#include "domain/past/compare.hpp"
#include "domain/past/listing.hpp"
#include "tests/domain/support.hpp"

// Who may do what, decided when a command is applied.
namespace confman::domain {
namespace {

using enum Refusal;

Sha256Digest digest_of(std::string_view key) {
  return sha256(key);
}

class Access : public testing::Test {
 protected:
  Access() {
    run(make_namespace("/pay"));
    run(make_namespace("/pay/stripe"));
    run(make_namespace("/ops"));
  }

  // As anybody, in the open cluster; as the owner of a key behind that.
  Reply run(CommandBody body, std::string_view key = {}) {
    Command command = by_alice(std::move(body));
    command.actor = {ActorType::Anonymous, "anonymous", "192.0.2.1"};
    if (!key.empty()) command.api_key = digest_of(key);
    return world_.run(command);
  }
  std::optional<Refusal> refusal(CommandBody body, std::string_view key = {}) {
    return run(std::move(body), key).refusal;
  }
  Reply mint(bool only_if_open, std::string_view key) {
    Command command = by_alice(MintBootstrapKey{digest_of(key), only_if_open});
    command.actor = {ActorType::System, "bootstrap", {}};
    return world_.run(command);
  }
  // Closes the cluster; the key is an administrator's.
  void close() { ASSERT_FALSE(mint(true, "root").refusal); }
  static CommandBody key_of(std::string owner, std::string_view key, std::string scopes = {},
                            std::int64_t lifetime_ms = 0) {
    return CreateApiKey{digest_of(key), std::move(owner), {}, std::move(scopes), lifetime_ms};
  }
  static CommandBody assign(std::string path, std::string principal, std::string roles) {
    return PutAssignment{std::move(path), std::move(principal), std::move(roles), {}};
  }
  // Somebody with these roles, whose key is their name.
  void hire(const std::string& name, const std::string& path, const std::string& roles) {
    ASSERT_FALSE(refusal(key_of("user:" + name, name), "root"));
    ASSERT_FALSE(refusal(assign(path, "user:" + name, roles), "root"));
  }
  Caller caller(std::string_view key) {
    return identify(world_.store, true, {{}, digest_of(key)}, world_.now_ms).value();
  }
  AuditRow last_event() {
    return list_audit(world_.store, {.path = "/", .limit = 1}).items.at(0).row;
  }

  World world_;
};

TEST_F(Access, AnOpenClusterLetsAnybodyDoEverything) {
  EXPECT_FALSE(refusal(put("/pay", "k")));
  EXPECT_FALSE(refusal(assign("/", "user:ada", "admin")));
  EXPECT_FALSE(refusal(key_of("user:ada", "ada")));
}

TEST_F(Access, AClosedClusterRefusesWhoShowsNoKey) {
  close();
  EXPECT_EQ(refusal(put("/pay", "k")), CredentialsRequired);
  EXPECT_FALSE(refusal(put("/pay", "k"), "root"));
}

TEST_F(Access, OnlyTheFirstOfTheNodesKeysFoundsACluster) {
  close();
  EXPECT_EQ(mint(true, "another node's").refusal, AlreadyBootstrapped);
  EXPECT_EQ(refusal(put("/pay", "k"), "another node's"), ApiKeyUnknown);
  EXPECT_FALSE(mint(false, "made offline").refusal);
  EXPECT_FALSE(refusal(put("/pay", "k"), "made offline"));
}

TEST_F(Access, ABootstrapKeyIsForNodesToAskFor) {
  EXPECT_EQ(refusal(MintBootstrapKey{digest_of("mine"), false}), Forbidden);
}

TEST_F(Access, AKeyThatNobodyMadeIsRefusedInAnOpenClusterToo) {
  EXPECT_EQ(refusal(put("/pay", "k"), "nobody's"), ApiKeyUnknown);
}

TEST_F(Access, TheOwnerOfTheKeyIsTheAuthorWhateverTheCommandSays) {
  close();
  hire("ada", "/pay", "publisher");
  EXPECT_FALSE(refusal(put("/pay", "k"), "ada"));
  const EntryRow row = find_entry(world_.store, "/pay", "k").value();
  EXPECT_EQ(row.author, (Actor{ActorType::User, "ada", "192.0.2.1"}));
  EXPECT_EQ(last_event().actor, row.author);
}

TEST_F(Access, ARoleHoldsInItsNamespaceAndBelowAndNowhereElse) {
  close();
  hire("ada", "/pay", "publisher");
  EXPECT_FALSE(refusal(put("/pay", "k"), "ada"));
  EXPECT_FALSE(refusal(put("/pay/stripe", "k"), "ada"));
  EXPECT_EQ(refusal(put("/ops", "k"), "ada"), Forbidden);
  EXPECT_EQ(refusal(put("/", "k"), "ada"), Forbidden);
  EXPECT_EQ(last_event().refusal, Forbidden) << "what was refused is an event";
}

TEST_F(Access, ANamespaceWhoseNameOnlyBeginsTheSameIsAnother) {
  run(make_namespace("/pay-roll"));
  close();
  hire("ada", "/pay", "publisher");
  EXPECT_EQ(refusal(put("/pay-roll", "k"), "ada"), Forbidden);
}

TEST_F(Access, EditorsAndViewersDontPublish) {
  close();
  hire("ed", "/", "editor");
  hire("vi", "/", "viewer");
  for (const char* key : {"ed", "vi"}) {
    EXPECT_EQ(refusal(put("/pay", "k"), key), Forbidden) << key;
    EXPECT_EQ(refusal(del("/pay", "k"), key), Forbidden) << key;
    EXPECT_EQ(refusal(make_namespace("/new"), key), Forbidden) << key;
    EXPECT_EQ(refusal(drop_namespace("/ops"), key), Forbidden) << key;
  }
}

TEST_F(Access, WhoMayNotDoSomethingLearnsNothingOfWhatIsThere) {
  close();
  hire("vi", "/ops", "viewer");
  EXPECT_EQ(refusal(put("/pay", "k"), "vi"), Forbidden);
  EXPECT_EQ(refusal(put("/nowhere", "k"), "vi"), Forbidden);
}

TEST_F(Access, ANamespaceThatDoesntInheritShutsOutWhatIsAssignedAbove) {
  close();
  hire("ada", "/pay", "publisher");
  PutNamespace shut;
  shut.path = "/pay/stripe";
  shut.inherit = static_cast<std::uint64_t>(Inherit::No);
  ASSERT_FALSE(refusal(shut, "root"));
  EXPECT_EQ(refusal(put("/pay/stripe", "k"), "ada"), Forbidden);
  EXPECT_EQ(refusal(put("/pay/stripe", "k"), "root"), Forbidden);
  // But whoever manages access at / can give the rights, to themselves too, and that is on record.
  EXPECT_EQ(refusal(make_namespace("/pay/stripe"), "root"), Forbidden);
  ASSERT_FALSE(refusal(assign("/pay/stripe", "service:bootstrap", "admin"), "root"));
  // What a client that doesn't know of it writes leaves it as it is.
  ASSERT_FALSE(refusal(make_namespace("/pay/stripe"), "root"));
  EXPECT_FALSE(refusal(put("/pay/stripe", "k"), "root"));
  EXPECT_EQ(refusal(put("/pay/stripe", "k"), "ada"), Forbidden);
}

TEST_F(Access, ANamespaceIsOpenedAndShutByThoseWhoManageAccessInIt) {
  run(PutRole{"builder", PermissionSet{Permission::ManageNamespaces}.bits(), {}, {}});
  close();
  hire("bo", "/", "builder");
  PutNamespace shut;
  shut.path = "/ops";
  shut.inherit = static_cast<std::uint64_t>(Inherit::No);
  EXPECT_EQ(refusal(shut, "bo"), Forbidden);
  shut.inherit = 0;
  EXPECT_FALSE(refusal(shut, "bo"));
}

TEST_F(Access, AKeyIsOfNoUseOnceItIsRevokedOrHasExpired) {
  close();
  hire("ada", "/", "publisher");
  ASSERT_FALSE(refusal(key_of("user:ada", "short", {}, 1000), "ada"));
  EXPECT_FALSE(refusal(put("/pay", "k"), "short"));
  world_.now_ms += 1000;
  EXPECT_EQ(refusal(put("/pay", "k"), "short"), ApiKeyExpired);
  ASSERT_FALSE(refusal(RevokeApiKey{api_key_id(digest_of("ada"))}, "ada"));
  EXPECT_EQ(refusal(put("/pay", "k"), "ada"), ApiKeyRevoked);
}

TEST_F(Access, AKeyWithScopesRevokesItselfAlone) {
  close();
  hire("ada", "/", "publisher");
  ASSERT_FALSE(refusal(key_of("user:ada", "narrow", "read /"), "ada"));
  EXPECT_EQ(refusal(RevokeApiKey{api_key_id(digest_of("ada"))}, "narrow"), Forbidden);
  EXPECT_FALSE(refusal(put("/pay", "k"), "ada"));
  EXPECT_FALSE(refusal(RevokeApiKey{api_key_id(digest_of("narrow"))}, "narrow"));
  EXPECT_EQ(refusal(put("/pay", "k"), "narrow"), ApiKeyRevoked);
}

TEST_F(Access, ScopesNarrowWhatAKeyMayAndNeverWidenIt) {
  close();
  hire("ada", "/pay", "publisher");
  ASSERT_FALSE(refusal(key_of("user:ada", "narrow", "read,publish /pay/stripe\nread /"), "ada"));
  EXPECT_FALSE(refusal(put("/pay/stripe", "k"), "narrow"));
  EXPECT_EQ(refusal(put("/pay", "k"), "narrow"), Forbidden);
  ASSERT_FALSE(refusal(key_of("user:ada", "wide", "publish /"), "ada"));
  EXPECT_EQ(refusal(put("/ops", "k"), "wide"), Forbidden);
  // The owner loses the role, and with it the key does.
  ASSERT_FALSE(refusal(DeleteAssignment{"/pay", "user:ada", {}}, "root"));
  EXPECT_EQ(refusal(put("/pay/stripe", "k"), "narrow"), Forbidden);
}

TEST_F(Access, AKeyWithScopesMakesNoKeys) {
  close();
  hire("ada", "/", "publisher");
  ASSERT_FALSE(refusal(key_of("user:ada", "narrow", "read /"), "ada"));
  EXPECT_EQ(refusal(key_of("user:ada", "escape"), "narrow"), Forbidden);
  // An administrator's that may do everything is one too: it ends, and what it made wouldn't.
  const std::string everything = join_permissions(PermissionSet::all()) + " /";
  hire("adam", "/", "admin");
  ASSERT_FALSE(refusal(key_of("user:adam", "wide", everything, 1000), "adam"));
  EXPECT_EQ(refusal(key_of("user:adam", "for good"), "wide"), Forbidden);
  EXPECT_EQ(refusal(key_of("user:ada", "another's"), "wide"), Forbidden);
}

TEST_F(Access, KeysOfOthersAreMadeByAdministratorsAlone) {
  run(PutRole{"granter", PermissionSet{Permission::ManageAccess}.bits(), {}, {}});
  close();
  hire("gus", "/", "granter");
  EXPECT_EQ(refusal(key_of("user:root", "as-root"), "gus"), Forbidden);
  EXPECT_FALSE(refusal(key_of("user:gus", "another of gus"), "gus"));
  EXPECT_EQ(refusal(RevokeApiKey{api_key_id(digest_of("nobody's"))}, "gus"), ApiKeyNotFound);
}

TEST_F(Access, KeysOfTheBootstrapPrincipalComeFromTheNodesAlone) {
  const CommandBody another = key_of("service:bootstrap", "another");
  EXPECT_EQ(refusal(another), Forbidden) << "in an open cluster, before there is one";
  close();
  hire("adam", "/", "admin");
  EXPECT_EQ(refusal(another, "adam"), Forbidden);
  EXPECT_EQ(refusal(another, "root"), Forbidden) << "not even its own";
  EXPECT_FALSE(mint(false, "another").refusal);
  EXPECT_FALSE(refusal(put("/pay", "k"), "another"));
}

TEST_F(Access, NobodyGrantsWhatTheyDontHold) {
  run(PutRole{"granter", PermissionSet{Permission::ManageAccess, Permission::Read}.bits(), {}, {}});
  close();
  hire("gus", "/pay", "granter");
  EXPECT_FALSE(refusal(assign("/pay", "user:vi", "viewer"), "gus"));
  EXPECT_EQ(refusal(assign("/pay", "user:gus", "admin"), "gus"), GrantExceedsOwn);
  EXPECT_EQ(refusal(assign("/pay", "user:vi", "publisher,viewer"), "gus"), GrantExceedsOwn);
  EXPECT_EQ(refusal(assign("/ops", "user:vi", "viewer"), "gus"), Forbidden);
  EXPECT_EQ(refusal(PutRole{"mighty", PermissionSet::all().bits(), {}, {}}, "gus"), Forbidden);
  EXPECT_EQ(refusal(AddGroupMember{"admins/user:gus"}, "gus"), Forbidden);
}

TEST_F(Access, NobodyChangesOrDeletesARoleThatAllowsMoreThanTheyMay) {
  const auto role = [](const std::string& name, PermissionSet set) {
    return PutRole{name, set.bits(), {}, {}};
  };
  run(role("granter", {Permission::ManageAccess}));
  run(role("guard", {Permission::ManageAccess}));
  run(role("deployer", {Permission::Read, Permission::Publish}));
  close();
  hire("gus", "/", "granter");
  EXPECT_EQ(refusal(role("deployer", {Permission::ManageAccess}), "gus"), GrantExceedsOwn);
  EXPECT_EQ(refusal(DeleteRole{"deployer", {}}, "gus"), GrantExceedsOwn);
  EXPECT_FALSE(refusal(role("guard", {Permission::ManageAccess}), "gus"));
  EXPECT_FALSE(refusal(DeleteRole{"guard", {}}, "gus"));
  EXPECT_FALSE(refusal(role("deployer", {Permission::Read}), "root"));
  EXPECT_FALSE(refusal(DeleteRole{"deployer", {}}, "root"));
}

TEST_F(Access, ARoleThatAllowsMoreWasAnybodysWhoManagesAccessBelowLevel6) {
  run(PutRole{"granter", PermissionSet{Permission::ManageAccess}.bits(), {}, {}});
  run(PutRole{"deployer", PermissionSet{Permission::Publish}.bits(), {}, {}});
  close();
  hire("gus", "/", "granter");
  world_.feature_level = kRolesHeld - 1;
  EXPECT_FALSE(
      refusal(PutRole{"deployer", PermissionSet{Permission::ManageAccess}.bits(), {}, {}}, "gus"));
}

TEST_F(Access, TheLastAdministratorStays) {
  close();
  EXPECT_EQ(refusal(DeleteAssignment{"/", "service:bootstrap", {}}, "root"), LastAdmin);
  EXPECT_EQ(refusal(assign("/", "service:bootstrap", "viewer"), "root"), LastAdmin);
  // A group may be empty.
  ASSERT_FALSE(refusal(assign("/", "group:admins", "admin"), "root"));
  EXPECT_EQ(refusal(DeleteAssignment{"/", "service:bootstrap", {}}, "root"), LastAdmin);
  ASSERT_FALSE(refusal(assign("/", "user:ada", "admin"), "root"));
  EXPECT_FALSE(refusal(DeleteAssignment{"/", "service:bootstrap", {}}, "root"));
  EXPECT_EQ(refusal(put("/pay", "k"), "root"), Forbidden);
}

TEST_F(Access, AMemberHasTheRolesOfTheirGroupsAsLongAsTheyAreIn) {
  close();
  ASSERT_FALSE(refusal(key_of("user:ada", "ada"), "root"));
  ASSERT_FALSE(refusal(assign("/pay", "group:payments", "publisher"), "root"));
  EXPECT_EQ(refusal(put("/pay", "k"), "ada"), Forbidden);
  ASSERT_FALSE(refusal(AddGroupMember{"payments/user:ada"}, "root"));
  EXPECT_EQ(refusal(AddGroupMember{"payments/user:ada"}, "root"), GroupMemberExists);
  EXPECT_FALSE(refusal(put("/pay", "k"), "ada"));
  ASSERT_FALSE(refusal(RemoveGroupMember{"payments/user:ada"}, "root"));
  EXPECT_EQ(refusal(RemoveGroupMember{"payments/user:ada"}, "root"), GroupMemberNotFound);
  EXPECT_EQ(refusal(put("/pay", "k"), "ada"), Forbidden);
}

TEST_F(Access, ARoleInUseStaysAndOneThatChangesChangesForWhoHasIt) {
  close();
  const auto role = [](PermissionSet set) { return PutRole{"deployer", set.bits(), {}, {}}; };
  EXPECT_EQ(refusal(assign("/pay", "user:ada", "deployer"), "root"), RoleNotFound);
  ASSERT_FALSE(refusal(role({Permission::Publish}), "root"));
  hire("ada", "/pay", "deployer");
  EXPECT_FALSE(refusal(put("/pay", "k"), "ada"));
  EXPECT_EQ(refusal(DeleteRole{"deployer", {}}, "root"), RoleInUse);
  ASSERT_FALSE(refusal(role({Permission::Read}), "root"));
  EXPECT_EQ(refusal(put("/pay", "k"), "ada"), Forbidden);
  ASSERT_FALSE(refusal(DeleteAssignment{"/pay", "user:ada", {}}, "root"));
  EXPECT_FALSE(refusal(DeleteRole{"deployer", {}}, "root"));
  EXPECT_EQ(refusal(DeleteRole{"deployer", {}}, "root"), RoleNotFound);
}

TEST_F(Access, RolesGoWithTheirNamespace) {
  close();
  ASSERT_FALSE(
      refusal(PutRole{"deployer", PermissionSet{Permission::Publish}.bits(), {}, {}}, "root"));
  hire("ada", "/ops", "deployer");
  ASSERT_FALSE(refusal(drop_namespace("/ops"), "root"));
  ASSERT_FALSE(refusal(make_namespace("/ops"), "root"));
  EXPECT_EQ(refusal(put("/ops", "k"), "ada"), Forbidden);
  EXPECT_FALSE(refusal(DeleteRole{"deployer", {}}, "root"));
  EXPECT_EQ(world_.meta().assignments, 1U);
}

TEST_F(Access, ThePastOfANamespaceThatDoesntInheritStaysShutWhenItIsDeleted) {
  run(PutRole{"builder", PermissionSet{Permission::ManageNamespaces}.bits(), {}, {}});
  close();
  hire("vera", "/pay", "publisher");
  hire("max", "/pay", "builder");
  PutNamespace space;
  space.path = "/pay/stripe";
  space.inherit = static_cast<std::uint64_t>(Inherit::No);
  ASSERT_FALSE(refusal(space, "root"));
  ASSERT_FALSE(refusal(assign("/pay/stripe", "service:bootstrap", "admin"), "root"));
  ASSERT_FALSE(refusal(put("/pay/stripe", "k"), "root"));
  const Revision then = world_.meta().applied;
  ASSERT_FALSE(refusal(del("/pay/stripe", "k"), "root"));
  ASSERT_FALSE(refusal(drop_namespace("/pay/stripe"), "root"));

  const auto listed_then = [&] {
    Sight sight(world_.store, caller("vera"));
    ListPast past{.path = "/pay",
                  .recursive = true,
                  .key_prefix = {},
                  .labels = {},
                  .as_of = {.revision = then, .wall_ms = std::nullopt}};
    past.limit = 10;
    past.max_visited = 100;
    return list_past(world_.store, past, &sight).value().items.size();
  };
  const auto expect_shut = [&](const char* when) {
    Sight sight(world_.store, caller("vera"));
    EXPECT_TRUE(sight.sees("/pay"));
    EXPECT_FALSE(sight.sees("/pay/stripe")) << when;
    EXPECT_FALSE(sight.sees("/pay/stripe/below")) << when;
    EXPECT_EQ(listed_then(), 0U) << when;
    for (const Permission what : {Permission::Read, Permission::Draft, Permission::Approve}) {
      EXPECT_FALSE(Rights(world_.store, caller("vera")).may(what, "/pay/stripe")) << when;
    }
  };
  expect_shut("deleted");
  EXPECT_EQ(refusal(DestroyVersion{"/pay/stripe", "k", 1, "because"}, "max"), Forbidden)
      << "who may create it again takes nothing of its past away";
  EXPECT_EQ(refusal(make_namespace("/pay/stripe"), "vera"), Forbidden);
  // To open it takes what it took while it was there.
  space.inherit = static_cast<std::uint64_t>(Inherit::Yes);
  EXPECT_EQ(refusal(space, "max"), Forbidden);
  ASSERT_FALSE(refusal(make_namespace("/pay/stripe"), "max")) << "or nobody ever could";
  expect_shut("created again");
  EXPECT_EQ(refusal(drop_namespace("/pay/stripe"), "max"), Forbidden) << "now it is there";

  ASSERT_FALSE(refusal(assign("/pay/stripe", "service:bootstrap", "admin"), "root"));
  ASSERT_FALSE(refusal(drop_namespace("/pay/stripe"), "root"));
  ASSERT_FALSE(refusal(space, "root"));
  EXPECT_TRUE(Rights(world_.store, caller("vera")).may(Permission::Read, "/pay/stripe"));
  EXPECT_EQ(listed_then(), 1U);
}

TEST_F(Access, VersionsOfRolesAndAssignmentsNeverComeAgain) {
  close();
  const std::uint64_t first = run(assign("/pay", "user:ada", "viewer"), "root").version;
  ASSERT_FALSE(refusal(DeleteAssignment{"/pay", "user:ada", if_version(first)}, "root"));
  ASSERT_FALSE(refusal(assign("/pay", "user:ada", "viewer"), "root"));
  EXPECT_EQ(refusal(DeleteAssignment{"/pay", "user:ada", if_version(first)}, "root"),
            VersionMismatch);
}

TEST_F(Access, TwoPrincipalsMayUseTheSameIdempotencyKey) {
  close();
  hire("ada", "/", "publisher");
  ASSERT_FALSE(refusal(key_of("service:ada", "robot"), "root"));
  ASSERT_FALSE(refusal(assign("/", "service:ada", "publisher"), "root"));
  const auto with_key = [&](std::string_view key, Bytes value) {
    Command command = by_alice(put("/pay", "k", std::move(value)), "once");
    command.api_key = digest_of(key);
    return world_.run(command);
  };
  EXPECT_EQ(with_key("ada", "1").version, 1U);
  EXPECT_EQ(with_key("robot", "2").version, 2U);
  const Reply again = with_key("ada", "1");
  EXPECT_TRUE(again.replayed);
  EXPECT_EQ(again.version, 1U);
}

TEST_F(Access, TheLastUseOfAKeyIsKnownToTheHour) {
  close();
  const auto last_used = [&] {
    return find_api_key(world_.store, api_key_id(digest_of("root"))).value().row.last_used_ms;
  };
  run(put("/pay", "k"), "root");
  const std::int64_t first = last_used();
  EXPECT_GT(first, 0);
  world_.now_ms += kKeyUseGrainMs / 2;
  run(put("/pay", "k"), "root");
  EXPECT_EQ(last_used(), first);
  world_.now_ms += kKeyUseGrainMs;
  run(put("/pay", "k"), "root");
  EXPECT_GT(last_used(), first);
}

TEST_F(Access, ListingsLeaveOutWhatTheCallerMayNotRead) {
  for (const char* path : {"/pay", "/pay/stripe", "/ops"}) run(put(path, "k"));
  close();
  hire("ada", "/", "viewer");
  PutNamespace shut;
  shut.path = "/pay/stripe";
  shut.inherit = static_cast<std::uint64_t>(Inherit::No);
  ASSERT_FALSE(refusal(shut, "root"));
  const Caller ada = caller("ada");
  Sight sight(world_.store, ada);

  const auto entries =
      list_entries(world_.store, {.path = "/", .recursive = true, .limit = 10}, &sight).value();
  ASSERT_EQ(entries.items.size(), 2U);
  EXPECT_EQ(entries.items[0].path, "/ops");
  EXPECT_EQ(entries.items[1].path, "/pay");
  const auto namespaces =
      list_namespaces(world_.store, {.path = "/", .recursive = true, .limit = 10}, &sight).value();
  ASSERT_EQ(namespaces.items.size(), 2U);
  EXPECT_EQ(namespaces.items[1].path, "/pay");
  for (const auto& event : list_audit(world_.store, {.path = "/", .limit = 100}, &sight).items) {
    EXPECT_NE(event.row.path, "/pay/stripe");
  }
  const auto changes = changes_after(world_.store, {.path = "/", .key = {}}, 0, UINT64_MAX, 100,
                                     kMaxVisitedRows, kMaxPageBytes, &sight);
  EXPECT_EQ(changes.changes.size(), 2U);
}

// Positions are told, and name the row that they stand for.
TEST_F(Access, AFullPageGoesOnBehindItsLastItemAndNamesNothingHidden) {
  for (const char* path : {"/", "/ops", "/pay"}) run(put(path, "k"));
  close();
  hire("ada", "/", "viewer");
  PutNamespace shut;
  shut.path = "/ops";
  shut.inherit = static_cast<std::uint64_t>(Inherit::No);
  ASSERT_FALSE(refusal(shut, "root"));
  const Caller ada = caller("ada");
  Sight sight(world_.store, ada);
  ListEntries list{.path = "/", .recursive = true, .limit = 1};
  const auto first = list_entries(world_.store, list, &sight).value();
  EXPECT_EQ(first.resume, EntryPosition("/", "k"));
  list.after = first.resume;
  EXPECT_EQ(list_entries(world_.store, list, &sight).value().items.at(0).path, "/pay");

  ListPast past{.path = "/", .recursive = true, .key_prefix = {}, .labels = {}, .as_of = {}};
  past.as_of = {.revision = world_.meta().applied, .wall_ms = std::nullopt};
  past.limit = 1;
  EXPECT_EQ(list_past(world_.store, past, &sight).value().resume, EntryPosition("/", "k"));
}

// … in the page, not behind it: pages of what is left out would be short and say how much there is.
TEST_F(Access, ListingsOfThePastLeaveOutWhatTheCallerMayNotRead) {
  for (int i = 0; i < 20; ++i) run(put("/ops", numbered("k", static_cast<std::uint64_t>(i))));
  for (const char* path : {"/pay", "/pay/stripe", "/"}) run(put(path, "k"));
  close();
  hire("ada", "/", "viewer");
  PutNamespace shut;
  shut.path = "/ops";
  shut.inherit = static_cast<std::uint64_t>(Inherit::No);
  ASSERT_FALSE(refusal(shut, "root"));
  const Caller ada = caller("ada");
  Sight sight(world_.store, ada);
  const AsOf now{.revision = world_.meta().applied, .wall_ms = std::nullopt};
  const auto names = [](const auto& page) {
    std::string text;
    for (const auto& item : page.items) text += item.path + " ";
    return text;
  };

  ListPast past{.path = "/", .recursive = true, .key_prefix = {}, .labels = {}, .as_of = now};
  past.limit = 3;
  past.max_visited = 40;
  const auto listed = list_past(world_.store, past, &sight).value();
  EXPECT_EQ(names(listed), "/ /pay /pay/stripe ");
  EXPECT_LT(listed.work.rows, 30U) << "a namespace is leapt over";

  CompareNamespace compare{.path = "/", .recursive = true, .from = {}, .to = now};
  compare.limit = 3;
  compare.max_visited = 60;
  EXPECT_EQ(names(compare_namespace(world_.store, compare, &sight).value()), "/ /pay /pay/stripe ");

  // What is inherited comes from a namespace above.
  ASSERT_FALSE(refusal(DeleteAssignment{"/", "user:ada", {}}, "root"));
  ASSERT_FALSE(refusal(assign("/pay", "user:ada", "viewer"), "root"));
  Sight narrow(world_.store, ada);
  run(put("/", "inherited"), "root");
  run(put("/pay", "own"), "root");
  ResolveNamespace resolve;
  resolve.path = "/pay";
  resolve.limit = 2;
  const auto resolved = resolve_namespace(world_.store, resolve, &narrow).value();
  EXPECT_EQ(names(resolved), "/pay /pay ");
  EXPECT_FALSE(resolved.resume);
}

TEST_F(Access, WhySaysWhichAssignmentAllowsIt) {
  close();
  ASSERT_FALSE(refusal(key_of("user:ada", "ada"), "root"));
  ASSERT_FALSE(refusal(assign("/pay", "group:payments", "publisher"), "root"));
  ASSERT_FALSE(refusal(AddGroupMember{"payments/user:ada"}, "root"));
  const FoundAccess found = check_access(
      world_.store, {.path = "/pay/stripe", .principal = {}, .permission = Permission::Publish},
      caller("ada"));
  ASSERT_TRUE(found.grant);
  EXPECT_EQ(*found.grant, (Grant{"/pay", "group:payments", "publisher"}));
  const FoundAccess other = check_access(
      world_.store, {.path = "/ops", .principal = {}, .permission = Permission::Publish},
      caller("ada"));
  EXPECT_FALSE(other.grant);
  EXPECT_TRUE(other.permissions.empty());
}

TEST_F(Access, AKeyIsTextThatAScannerCanTell) {
  const std::string key = api_key_text(digest_of("bits"));
  EXPECT_EQ(key.size(), 76U);
  EXPECT_TRUE(key.starts_with("cfm_"));
  EXPECT_TRUE(is_api_key(key));
  for (std::size_t i = 0; i < key.size(); ++i) {
    std::string mistyped = key;
    mistyped[i] = mistyped[i] == '0' ? '1' : '0';
    EXPECT_FALSE(is_api_key(mistyped)) << i;
  }
  EXPECT_FALSE(is_api_key(key + "0"));
  EXPECT_FALSE(is_api_key(""));
}

TEST_F(Access, RolesAreListedInTheOrderOfTheirNamesPageByPage) {
  for (const char* name : {"able", "viewed", "zoo"}) {
    run(PutRole{name, PermissionSet{Permission::Read}.bits(), {}, {}});
  }
  std::string names;
  std::optional<std::string> after;
  do {
    const RolePage page = list_roles(world_.store, {.after = after, .limit = 2}).value();
    for (const FoundRole& role : page.items) names += role.name + " ";
    after = page.resume;
  } while (after);
  EXPECT_EQ(names, "able admin editor publisher viewed viewer zoo ");
}

TEST_F(Access, WhatBreaksARuleIsNoCommand) {
  const auto fault = [](CommandBody body) {
    const auto checked = validate(by_alice(std::move(body)));
    return checked ? std::nullopt : std::optional(checked.error().kind);
  };
  using enum CommandFaultKind;
  EXPECT_EQ(fault(assign("/pay", "ada", "viewer")), BadPrincipal);
  EXPECT_EQ(fault(assign("/pay", "user:a/b", "viewer")), BadPrincipal);
  EXPECT_EQ(fault(assign("/pay", "user:", "viewer")), BadPrincipal);
  EXPECT_EQ(fault(assign("/pay", "user:ada", "")), BadRoles);
  EXPECT_EQ(fault(assign("/pay", "user:ada", "viewer,editor")), BadRoles) << "not in order";
  EXPECT_EQ(fault(assign("/pay", "user:ada", "Editor")), BadRoles);
  EXPECT_EQ(fault(key_of("group:admins", "k")), BadPrincipal);
  EXPECT_EQ(fault(key_of("user:ada", "k", "fly /")), BadScopes);
  EXPECT_EQ(fault(key_of("user:ada", "k", "read pay")), BadScopes);
  EXPECT_EQ(fault(key_of("user:ada", "k", {}, -1)), BadLifetime);
  EXPECT_EQ(fault(PutRole{"admin", 1, {}, {}}), FixedRole);
  EXPECT_EQ(fault(PutRole{"none", 0, {}, {}}), BadPermissions);
  EXPECT_EQ(fault(PutRole{"newer", std::uint64_t{1} << 40, {}, {}}), BadPermissions);
  EXPECT_EQ(fault(AddGroupMember{"admins/group:others"}), BadPrincipal);
  EXPECT_EQ(fault(AddGroupMember{"admins"}), BadPrincipal);
}

}  // namespace
}  // namespace confman::domain
