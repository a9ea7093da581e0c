#include <array>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "domain/access/commands.hpp"
#include "domain/access/memo.hpp"
#include "domain/access/rights.hpp"
#include "tests/domain/support.hpp"

// What an AccessMemo remembers is what the state says.
namespace confman::domain {
namespace {

const std::array<std::string, 5> kPaths{"/", "/a", "/a/b", "/a/b/c", "/d"};
const std::array<std::string, 4> kPrincipals{"user:ada", "user:bo", "group:g", "group:h"};
const std::array<std::string, 6> kKeys{"root", "k1", "k2", "k3", "k4", "nobody's"};

// The same commands, decided with a memo and without.
class TwoWorlds {
 public:
  TwoWorlds(std::uint64_t seed, bool closes, AccessMemo::Bounds bounds)
      : random_(seed), closes_(closes), memo_(bounds) {
    initialise(with_.store);
    for (const std::string& path : kPaths) run(make_namespace(path), "root");
  }

  void step() {
    plain_.now_ms += static_cast<std::int64_t>(random_.below(400));
    if (random_.one_in(50)) plain_.now_ms += kKeyUseGrainMs / 2;
    Command command = by_alice(body());
    command.actor = {ActorType::Anonymous, "anonymous", "192.0.2.1"};
    // Mostly the administrator, so that something comes of it; where the cluster stays open also
    // anybody.
    if (!random_.one_in(closes_ ? 20 : 3))
      command.api_key = sha256(random_.one_in(3) ? any(kKeys) : kKeys[0]);
    if (closes_ && random_.one_in(40)) {
      command = by_alice(MintBootstrapKey{sha256("root"), false});
      command.actor = {ActorType::System, "system", {}};
    }
    run(command);
    ask();
  }

  std::uint64_t remembered() const { return remembered_; }

 private:
  template <class Array>
  const std::string& any(const Array& from) {
    return from[random_.below(from.size())];
  }
  void run(CommandBody body, std::string_view key) {
    Command command = by_alice(std::move(body));
    if (plain_.meta().closed) command.api_key = sha256(key);
    run(command);
  }
  void run(Command command) {
    command.stamp = {++plain_.now_ms, 0};
    const Reply expected = plain_.run(command);
    const Reply reply = apply(with_.store, {1, with_.meta().applied.index + 1}, command,
                              kNewestFeatureLevel, {}, &memo_);
    ASSERT_EQ(reply, expected);
    ASSERT_EQ(with_.meta(), plain_.meta());
  }

  CommandBody body() {
    const std::string& path = any(kPaths);
    switch (random_.below(11)) {
      case 0:
        return CreateApiKey{sha256(kKeys[1 + random_.below(4)]),
                            kPrincipals[random_.below(2)],
                            {},
                            random_.one_in(3) ? "read /a\npublish /" : "",
                            random_.one_in(2) ? 3000 : 0};
      case 1:
        if (!random_.one_in(3)) return random_.one_in(4) ? put(path, "k") : del(path, "k");
        return RevokeApiKey{api_key_id(sha256(kKeys[1 + random_.below(4)]))};
      case 2: {
        PermissionSet set;
        for (const PermissionRow& row : kPermissions) {
          if (random_.one_in(2)) set.add(row.permission);
        }
        return PutRole{random_.one_in(2) ? "r" : "s", set.bits(), {}, {}};
      }
      case 3:
        return DeleteRole{random_.one_in(2) ? "r" : "s", {}};
      case 4:
      case 5: {
        constexpr std::array kRoles{"admin", "publisher", "viewer", "r", "r,s"};
        return PutAssignment{path, any(kPrincipals), kRoles[random_.below(kRoles.size())], {}};
      }
      case 6:
        return DeleteAssignment{path, any(kPrincipals), {}};
      case 7:
        return AddGroupMember{std::string(random_.one_in(2) ? "g/" : "h/") +
                              kPrincipals[random_.below(2)]};
      case 8:
        return RemoveGroupMember{std::string(random_.one_in(2) ? "g/" : "h/") +
                                 kPrincipals[random_.below(2)]};
      case 9: {
        PutNamespace body;
        body.path = path;
        body.inherit = random_.below(3);
        return body;
      }
      default:
        return drop_namespace(path);
    }
  }

  // Everything that can be asked, also as of a time to come.
  void ask() {
    const MetaRow meta = with_.meta();
    for (const std::string& key : kKeys) {
      const Credentials from{{.type = ActorType::Anonymous, .id = "anonymous", .ip = "192.0.2.7"},
                             sha256(key)};
      const std::int64_t now_ms = plain_.now_ms + (random_.one_in(2) ? 2000 : 0);
      const auto known = identify(with_.store, meta.closed, from, now_ms);
      const auto remembered = memo_.identify(with_.store, meta.closed, from, now_ms);
      ASSERT_EQ(remembered.has_value(), known.has_value()) << key;
      if (!known) {
        ASSERT_EQ(remembered.error(), known.error()) << key;
        continue;
      }
      ASSERT_EQ(remembered->actor, known->actor);
      ASSERT_EQ(remembered->principal, known->principal);
      ASSERT_EQ(remembered->key_id, known->key_id);
      ASSERT_EQ(remembered->scopes, known->scopes);
      ASSERT_EQ(remembered->unrestricted, known->unrestricted);
      Rights rights(with_.store, *known);
      for (const std::string& path : kPaths) {
        Work work;
        PermissionSet allowed;
        for (const PermissionRow& row : kPermissions) {
          const Need need{row.permission, path};
          if (memo_.may(with_.store, *remembered, need, work)) allowed.add(row.permission);
        }
        ASSERT_EQ(allowed, rights.at(path)) << key << " at " << path;
        const Permission one = kPermissions[random_.below(kPermissions.size())].permission;
        ASSERT_EQ(allowed.has(one), rights.may(one, path)) << name_of(one) << " at " << path;
        if (work.rows == 0) ++remembered_;
      }
    }
  }

  Random random_;
  const bool closes_;
  AccessMemo memo_;
  World plain_;
  World with_;
  std::uint64_t remembered_ = 0;
};

TEST(AccessMemo, SaysWhatTheStateSaysWhateverChangesInBetween) {
  std::uint64_t remembered = 0;
  for (std::uint64_t seed = 1; seed <= 40 && !HasFatalFailure(); ++seed) {
    SCOPED_TRACE(seed);
    TwoWorlds worlds(seed, seed % 2 == 0,
                     seed % 3 == 0 ? AccessMemo::Bounds{2, 3} : AccessMemo::Bounds{});
    for (int i = 0; i < 300 && !HasFatalFailure(); ++i) worlds.step();
    remembered += worlds.remembered();
  }
  EXPECT_GT(remembered, 1000U) << "or nothing was tried";
}

class Memo : public testing::Test {
 protected:
  Memo() {
    world_.run(make_namespace("/a"));
    world_.run(CreateApiKey{sha256("k"), "user:ada", {}, {}, 1000});
    world_.run(PutAssignment{"/", "user:ada", "viewer", {}});
    memo_.as_of(world_.meta().access_changed);
  }
  std::expected<Caller, Refusal> identify(std::int64_t in_ms = 0) {
    return memo_.identify(world_.store, true, {{}, sha256("k")}, world_.now_ms + in_ms);
  }
  std::size_t rows_of_asking(std::string_view path) {
    Work work;
    memo_.may(world_.store, identify().value(), {Permission::Read, path}, work);
    return work.rows;
  }

  World world_;
  AccessMemo memo_{{.keys = 10, .rights = 3}};
};

TEST_F(Memo, LooksUpOnceWhatIsAskedTwice) {
  EXPECT_GT(rows_of_asking("/a"), 0U);
  EXPECT_EQ(rows_of_asking("/a"), 0U);
  EXPECT_GT(rows_of_asking("/"), 0U);
}

TEST_F(Memo, RemembersNoMoreThanItsBound) {
  for (const char* path : {"/a", "/b", "/c", "/d"}) rows_of_asking(path);
  EXPECT_GT(rows_of_asking("/a"), 0U);
}

TEST_F(Memo, KnowsThatAKeyExpiresThoughNothingIsWritten) {
  EXPECT_TRUE(identify());
  EXPECT_EQ(identify(1000).error(), Refusal::ApiKeyExpired);
  EXPECT_TRUE(identify());
}

TEST_F(Memo, DoesntRememberThatAKeyIsUnknown) {
  const Credentials from{{}, sha256("to come")};
  EXPECT_FALSE(memo_.identify(world_.store, true, from, world_.now_ms));
  world_.run(CreateApiKey{sha256("to come"), "user:bo", {}, {}, 0});
  memo_.as_of(world_.meta().access_changed);
  EXPECT_TRUE(memo_.identify(world_.store, true, from, world_.now_ms));
}

}  // namespace
}  // namespace confman::domain
