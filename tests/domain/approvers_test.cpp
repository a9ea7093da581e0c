#include "domain/review/approvers.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "domain/access/commands.hpp"
#include "domain/access/rights.hpp"
#include "domain/review/changes.hpp"
#include "domain/review/commands.hpp"
#include "domain/review/held_request.hpp"
#include "domain/review/rules.hpp"
#include "tests/domain/support.hpp"

// Whose approvals count where, and what it takes to find that out.
namespace confman::domain {
namespace {

// How many rows are looked for or at.
class CountingStore final : public StateStore {
 public:
  explicit CountingStore(const StateStore& inner) : inner_(inner) {}

  std::optional<Bytes> get(Table table, ByteView key) const override {
    ++rows;
    return inner_.get(table, key);
  }
  void scan(Table table, ByteView from, ByteView to, const Visitor& visit,
            const Passer& pass) const override {
    inner_.scan(table, from, to, counting(visit), pass);
  }
  void scan_backwards(Table table, ByteView from, ByteView to,
                      const Visitor& visit) const override {
    inner_.scan_backwards(table, from, to, counting(visit));
  }
  void put(Table, ByteView, ByteView) override { ADD_FAILURE() << "Nothing is written here."; }
  void erase(Table, ByteView) override { ADD_FAILURE() << "Nothing is written here."; }
  void command_applied() override {}

  mutable std::size_t rows = 0;

 private:
  Visitor counting(const Visitor& visit) const {
    return [this, &visit](ByteView key, ByteView value) {
      ++rows;
      return visit(key, value);
    };
  }
  const StateStore& inner_;
};

std::string person(std::size_t i) {
  return numbered("user:p", i);
}
// As deep as a path may be, and nothing but "/" common with another.
std::string deep(std::size_t i) {
  std::string path = numbered("/n", i);
  for (std::size_t level = 1; level < kMaxPathDepth; ++level) path += "/d";
  return path;
}

TEST(Approvers, CountingTheMostApprovalsTakesABoundedNumberOfLooks) {
  World world;
  std::vector<Bytes> bodies;
  for (std::size_t i = 0; i < kMaxNamespacesOfRequest; ++i) {
    bodies.push_back(encode_body(put(deep(i), "k", "1", if_absent())));
  }
  const std::uint64_t id =
      world.run(CreateRequest{"A change", "", join_changes(bodies), 0, true}).revision.index;
  Command mint = by_alice(MintBootstrapKey{sha256("root"), true});
  mint.actor = {ActorType::System, "bootstrap", {}};
  world.run(mint);
  const auto as = [&world](CommandBody body, std::string_view key) {
    Command command = by_alice(std::move(body));
    command.api_key = sha256(key);
    return world.run(command).refusal;
  };
  for (std::size_t i = 0; i < kMaxApprovalsOfRequest; ++i) {
    ASSERT_FALSE(as(CreateApiKey{sha256(person(i)), person(i), {}, {}, 0}, "root"));
    for (std::size_t group = 0; group < kMaxGroupsOfMember; ++group) {
      const std::string name = numbered("g", i * kMaxGroupsOfMember + group);
      ASSERT_FALSE(as(AddGroupMember{join_membership(name, person(i))}, "root"));
    }
  }
  for (std::size_t i = 0; i < kMaxApprovalsOfRequest; ++i) {
    ASSERT_FALSE(as(PutAssignment{"/", person(i), "publisher", {}}, "root"));
  }
  for (std::size_t i = 0; i < kMaxApprovalsOfRequest; ++i) {
    const std::uint64_t version = hold_request(world.store, id).row.version;
    ASSERT_FALSE(as(
        StepRequest{id, static_cast<std::uint64_t>(RequestStep::Approve), if_version(version), {}},
        person(i)))
        << i;
  }
  ASSERT_FALSE(as(PutPolicy{"/", {}, {.approvals = kMaxApprovals}}, "root"));

  const CountingStore store(world.store);
  const HeldRequest held = hold_request(world.store, id);
  const MetaRow meta = world.meta();
  Caller caller;
  caller.principal = person(0);
  RequestRules rules(store, meta, id, held.row, caller, kNewestFeatureLevel);
  for (const Requirement& required : rules.requirements()) {
    EXPECT_EQ(required.approvals, kMaxApprovalsOfRequest) << required.path;
  }
  // The approvals, the groups of all, the assignments in "/"; of each level the namespace, and the
  // policy of each level.
  const std::size_t people = kMaxApprovalsOfRequest * (2 + kMaxGroupsOfMember);
  const std::size_t levels = kMaxNamespacesOfRequest * (kMaxPathDepth + 1);
  EXPECT_LE(store.rows, 2 * people + 3 * levels);
}

TEST(Approvers, SayOfAllAtOnceWhatTheRightsOfEachSay) {
  World world;
  Random random(7);
  const std::vector<std::string> paths = {"/a", "/a/b", "/a/b/c", "/a/d", "/e"};
  for (const std::string& path : paths) world.run(make_namespace(path));
  world.run(PutRole{"second", PermissionSet{Permission::Approve}.bits(), {}, {}});
  std::vector<std::string> asked = paths;
  asked.insert(asked.end(), {"/", "/a/b/c/none", "/none/at/all"});
  std::vector<std::string> names;
  for (std::size_t i = 0; i < 6; ++i) names.push_back(person(i));
  const std::vector<std::string_view> people(names.begin(), names.end());
  std::size_t differ = 0;
  for (std::size_t round = 0; round < 300; ++round) {
    const std::string& path = random.one_in(4) ? "/" : paths[random.below(paths.size())];
    const std::string& who = names[random.below(names.size())];
    const std::string group = numbered("g", random.below(3));
    switch (random.below(4)) {
      case 0: {
        PutNamespace space;
        space.path = path;
        space.inherit = static_cast<std::uint64_t>(random.one_in(2) ? Inherit::No : Inherit::Yes);
        world.run(space);
        break;
      }
      case 1:
        world.run(AddGroupMember{join_membership(group, who)});
        break;
      case 2:
        world.run(DeleteAssignment{path, random.one_in(2) ? who : "group:" + group, {}});
        break;
      default: {
        const char* role = random.one_in(2) ? "publisher" : random.one_in(2) ? "second" : "editor";
        world.run(PutAssignment{path, random.one_in(2) ? who : "group:" + group, role, {}});
      }
    }
    Approvers approvers(world.store, true, people);
    for (const std::string& at : asked) {
      const Approvers::Set set = approvers.in(at);
      for (std::size_t i = 0; i < names.size(); ++i) {
        const bool may = Rights(world.store, names[i]).may(Permission::Approve, at);
        ASSERT_EQ((set >> i) & 1, may ? 1U : 0U) << names[i] << " in " << at << ", round " << round;
        if (may) ++differ;
      }
    }
  }
  EXPECT_GT(differ, 0U);
}

TEST(Approvers, WhoComesWithoutAKeyMayInAnOpenClusterAlone) {
  World world;
  const std::vector<std::string_view> anybody = {kAnonymous};
  EXPECT_EQ(Approvers(world.store, false, anybody).in("/"), 1U);
  EXPECT_EQ(Approvers(world.store, true, anybody).in("/"), 0U);
}

}  // namespace
}  // namespace confman::domain
