#include <gtest/gtest.h>
#include <string>

#include "domain/access/commands.hpp"
#include "domain/bindings/commands.hpp"
#include "domain/bindings/held.hpp"
#include "domain/bindings/query.hpp"
#include "domain/bindings/stamp.hpp"
#include "domain/bindings/verdict.hpp"
#include "domain/command/validate.hpp"
#include "domain/namespaces/query.hpp"
#include "tests/domain/support.hpp"

// Schemas, what namespaces are bound to, and changes that are held to that: decided when a command
// is applied, by stamps alone.
namespace confman::domain {
namespace {

using enum Refusal;

constexpr std::string_view kLimit = R"({"type":"integer","maximum":100})";
constexpr std::string_view kWhole = R"({"required":["rate"],"properties":{"rate":)"
                                    R"({"type":"integer"},"old":{"x-confman-deprecated":"gone"}}})";

// Of patterns none are needed here.
class NoPatterns final : public schema::PatternCompiler {
 public:
  std::expected<std::shared_ptr<const schema::Pattern>, schema::PatternFault> compile(
      std::string_view) const override {
    return std::unexpected(schema::PatternFault{schema::PatternFaultKind::Unsupported, "any"});
  }
  bool is_expression(std::string_view) const override { return true; }
};
class NoYaml final : public YamlReader {
 public:
  std::optional<json::Value> read(std::string_view) const override { return std::nullopt; }
};

BoundSchema bound_to(std::string name, std::uint64_t version, std::string keys = {}) {
  return {{"/s", std::move(name)}, version, std::move(keys)};
}

class Bindings : public testing::Test {
 protected:
  Bindings() {
    for (const char* path : {"/s", "/a", "/a/b", "/a/b/c", "/z"}) world_.run(make_namespace(path));
    put_schema("limit", kLimit);
    put_schema("whole", kWhole);
  }

  Reply put_schema(std::string name, std::string_view text, Precondition precondition = {}) {
    return world_.run(PutSchema{"/s", std::move(name), Bytes(text), precondition});
  }
  Reply drop_schema(std::string name) {
    return world_.run(DeleteSchema{"/s", std::move(name), {}});
  }
  Reply bind(std::string path, const std::vector<BoundSchema>& bound,
             Precondition precondition = {}) {
    const std::uint64_t stamp = trial_stamp(world_.store, path).value();
    return world_.run(PutBinding{std::move(path), join_bindings(bound), precondition, stamp});
  }
  Reply unbind(std::string path) {
    const std::uint64_t stamp = trial_stamp(world_.store, path).value();
    return world_.run(DeleteBinding{std::move(path), {}, stamp});
  }
  std::uint64_t stamp(std::string_view path, std::string key) const {
    return stamp_of(world_.store, path, {&key, 1});
  }
  // With the stamp of now, without holding it to anything.
  Reply publish(const std::string& path, const std::string& key, Bytes value = "1") {
    return publish_stamped(path, key, stamp(path, key), std::move(value));
  }
  Reply publish_stamped(const std::string& path, const std::string& key, std::uint64_t checked,
                        Bytes value = "1") {
    auto body = std::get<PutEntry>(put(path, key, std::move(value)));
    body.checked = checked;
    return world_.run(body);
  }

  // What is found wrong with a change, "pointer keyword" each.
  std::vector<std::string> wrong(const std::string& path, const std::string& key,
                                 std::optional<Bytes> value) {
    EntryChange change{key, std::nullopt};
    if (value) change.to = LiveEntry{key, "application/json", *value};
    Work work;
    std::vector<EntryChange> changes;
    changes.push_back(std::move(change));
    auto held = gather(world_.store, texts_, path, std::move(changes), work);
    EXPECT_TRUE(held);
    return told({{*held}});
  }
  std::vector<std::string> wrong_if_bound(std::string path, std::vector<BoundSchema> bound) {
    Trial trial(std::move(path), std::move(bound));
    Work work;
    for (auto all = trial.step(world_.store, texts_, 1, work);;
         all = trial.step(world_.store, texts_, 1, work)) {
      EXPECT_TRUE(all);
      if (!all || *all) return told(trial.take());
    }
  }
  std::vector<std::string> told(const Held& held) {
    const Verdict verdict = judge_.judge(held);
    std::vector<std::string> found;
    for (const Finding& f : verdict.findings) found.push_back(f.path + f.pointer + " " + f.keyword);
    EXPECT_EQ(verdict.total, found.size());
    return found;
  }

  World world_;
  SchemaTexts texts_;
  NoYaml yaml_;
  Judge judge_{std::make_shared<NoPatterns>(), yaml_};
};

using Wrong = std::vector<std::string>;

// --- schemas

TEST_F(Bindings, ASchemaHasVersionsThatStayAsTheyWere) {
  EXPECT_EQ(put_schema("limit", "{}").version, 2U);
  EXPECT_EQ(find_schema(world_.store, "/s", "limit", 1)->row.text, kLimit);
  EXPECT_EQ(find_schema(world_.store, "/s", "limit", std::nullopt)->row.text, "{}");
  EXPECT_FALSE(drop_schema("limit").refusal);
  EXPECT_EQ(find_schema(world_.store, "/s", "limit", std::nullopt).error(),
            QueryFault::SchemaNotFound);
  EXPECT_EQ(find_schema(world_.store, "/s", "limit", 1)->row.text, kLimit);
  EXPECT_EQ(put_schema("limit", "true").version, 3U);
  const auto versions =
      list_schema_versions(world_.store, {.path = "/s", .name = "limit", .limit = 10});
  ASSERT_EQ(versions->items.size(), 3U);
  EXPECT_EQ(versions->items[0].version, 3U);
}

// --- references

TEST(References, AreWrittenInOneWay) {
  const SchemaVersion version{{"/a b/c", "d@e.json"}, 12};
  EXPECT_EQ(uri_of(version), "confman:///schemas/a%20b/c/d%40e.json@12");
  EXPECT_EQ(version_at(uri_of(version)), version);
  const SchemaVersion of_root{{"/", "x"}, 1};
  EXPECT_EQ(uri_of(of_root), "confman:///schemas/x@1");
  EXPECT_EQ(version_at("confman:///schemas/x@1#/$defs/y"), of_root);
  for (const char* other :
       {"", "confman:///schemas/x", "confman:///schemas/x@", "confman:///schemas/x@01",
        "confman:///schemas/x@-1", "confman:///schemas/x@18446744073709551616",
        "confman:///schemas/%zz/x@1", "confman:///schemas/a//x@1", "confman:///schemas/@1",
        "confman:///schemasx@1", "http://schemas/x@1", "confman://host/schemas/x@1"}) {
    EXPECT_FALSE(version_at(other)) << other;
  }
}

TEST(References, AreFoundWhereverTheyStandAgainstTheBaseThere) {
  const std::string text = R"({"$id":"/schemas/a/b","allOf":[{"$ref":"c@1"},{"$ref":"c@1#/x"},
      {"$id":"/schemas/z/","$defs":{"k":{"$dynamicRef":"y@3#m"}}},{"$ref":"#/allOf"}],
      "$ref":"https://example.com/q@1"})";
  const std::vector<SchemaVersion> expected{{{"/a", "c"}, 1}, {{"/z", "y"}, 3}};
  EXPECT_EQ(references_in(text, "confman:///schemas/s/x"), expected);
  EXPECT_TRUE(references_in("{\"$ref\":", "confman:///schemas/x").empty());
}

TEST_F(Bindings, WhatIsReferredToIsBounded) {
  // Each refers to the one before.
  put_schema("r1", "true");
  for (int i = 2; i <= 70; ++i) {
    put_schema("r" + std::to_string(i), R"({"$ref":"r)" + std::to_string(i - 1) + R"(@1"})");
  }
  const auto all = [](const SchemaVersion&) { return true; };
  Work work;
  const auto few = find_referred(world_.store, {{{"/s", "r63"}, 1}}, all, work);
  EXPECT_EQ(few.documents.size(), 63U);
  EXPECT_FALSE(few.too_many);
  EXPECT_TRUE(find_referred(world_.store, {{{"/s", "r64"}, 1}}, all, work).too_many);
  const auto none = [](const SchemaVersion&) { return false; };
  EXPECT_TRUE(find_referred(world_.store, {{{"/s", "r64"}, 1}}, none, work).documents.empty());
}

TEST_F(Bindings, ASchemaIsPutUnderConditionsAsAnEntryIs) {
  EXPECT_EQ(put_schema("limit", "{}", if_absent()).refusal, SchemaExists);
  EXPECT_EQ(put_schema("limit", "{}", if_version(7)).refusal, VersionMismatch);
  EXPECT_FALSE(put_schema("limit", "{}", if_version(1)).refusal);
  EXPECT_EQ(drop_schema("none").refusal, SchemaNotFound);
  EXPECT_EQ(world_.run(PutSchema{"/none", "x", "{}", {}}).refusal, NamespaceNotFound);
}

TEST_F(Bindings, ASchemaKeepsItsNamespaceAndABindingGoesWithIts) {
  EXPECT_EQ(world_.run(drop_namespace("/s")).refusal, NamespaceNotEmpty);
  ASSERT_FALSE(bind("/z", {bound_to("limit", 1, "*")}).refusal);
  EXPECT_EQ(drop_schema("limit").refusal, SchemaInUse);
  EXPECT_FALSE(world_.run(drop_namespace("/z")).refusal);
  EXPECT_EQ(world_.meta().bindings, 0U);
  EXPECT_FALSE(drop_schema("limit").refusal);
  EXPECT_FALSE(drop_schema("whole").refusal);
  EXPECT_FALSE(world_.run(drop_namespace("/s")).refusal);
}

TEST_F(Bindings, ASchemaThatIsTooLargeIsNoCommand) {
  const auto with = [](std::size_t bytes) {
    return validate(by_alice(PutSchema{"/s", "x", Bytes(bytes, ' '), {}})).has_value();
  };
  EXPECT_TRUE(with(kMaxSchemaTextBytes));
  EXPECT_FALSE(with(kMaxSchemaTextBytes + 1));
}

// --- lists

TEST(BoundSchemas, AreOneTextAndBack) {
  const std::vector<BoundSchema> list{
      bound_to("a b", 3), bound_to("a b", 4, "x*"), {{"/", "r"}, 1, "?"}};
  EXPECT_EQ(parse_bindings(join_bindings(list)), list);
  EXPECT_TRUE(parse_bindings("")->empty());
  for (const char* text : {"/s\tx\t0\t", "/s\tx\t01\t", "/s\tx\t1", "s\tx\t1\t", "/s\tx/y\t1\t",
                           "/s\tx\t1\t\n", "/s\tx\t1\t\n/s\tx\t2\t", "\n"}) {
    EXPECT_FALSE(parse_bindings(text)) << text;
  }
  std::vector<BoundSchema> many;
  for (std::size_t i = 0; i < kMaxBoundSchemas; ++i) many.push_back(bound_to(numbered("n", i), 1));
  EXPECT_TRUE(parse_bindings(join_bindings(many)));
  many.push_back(bound_to("one more", 1));
  EXPECT_FALSE(parse_bindings(join_bindings(many)));
}

TEST(BoundSchemas, TheirKeysAreMatchedByStarsAndQuestionMarks) {
  EXPECT_TRUE(matches("*", ""));
  EXPECT_TRUE(matches("*", "rate.limit"));
  EXPECT_TRUE(matches("rate*", "rate"));
  EXPECT_TRUE(matches("*a*b", "xaab-b"));
  EXPECT_TRUE(matches("?", "é"));
  EXPECT_FALSE(matches("?", "ab"));
  EXPECT_FALSE(matches("rate", "rates"));
  EXPECT_FALSE(matches("*.json", "json"));
  EXPECT_FALSE(matches("[a]", "a"));
  EXPECT_TRUE(matches("[a]", "[a]"));
}

// --- bindings

TEST_F(Bindings, HoldBelowUnlessSomethingIsBoundThere) {
  EXPECT_FALSE(in_force(world_.store, "/a/b/c"));
  ASSERT_FALSE(bind("/", {bound_to("limit", 1, "*")}).refusal);
  ASSERT_FALSE(bind("/a/b", {}).refusal);
  EXPECT_EQ(in_force(world_.store, "/a")->path, "/");
  EXPECT_TRUE(in_force(world_.store, "/a/b/c")->bound.empty());
  EXPECT_NE(stamp("/a", "k"), 0U);
  EXPECT_EQ(stamp("/a/b/c", "k"), 0U);
  ASSERT_FALSE(unbind("/a/b").refusal);
  EXPECT_EQ(in_force(world_.store, "/a/b/c")->path, "/");
  EXPECT_EQ(unbind("/a/b").refusal, BindingNotFound);
}

TEST_F(Bindings, NameVersionsThatThereAre) {
  EXPECT_EQ(bind("/a", {bound_to("none", 1)}).refusal, SchemaNotFound);
  EXPECT_EQ(bind("/a", {bound_to("limit", 2)}).refusal, SchemaVersionNotFound);
  EXPECT_EQ(world_.run(PutBinding{"/none", "", {}, 1}).refusal, NamespaceNotFound);
  ASSERT_FALSE(bind("/a", {bound_to("limit", 1)}).refusal);
  EXPECT_EQ(bind("/a", {}, if_absent()).refusal, BindingExists);
  EXPECT_EQ(bind("/a", {}, if_version(1)).refusal, VersionMismatch);
}

TEST_F(Bindings, AreRefusedWhereWhatTheyWereTriedOnHasChanged) {
  const std::uint64_t before = trial_stamp(world_.store, "/a").value();
  ASSERT_FALSE(publish("/z", "k").refusal);
  EXPECT_EQ(trial_stamp(world_.store, "/a"), before) << "another namespace";
  ASSERT_FALSE(publish("/a/b", "k").refusal);
  const PutBinding late{"/a", join_bindings(std::vector{bound_to("limit", 1)}), {}, before};
  EXPECT_EQ(world_.run(late).refusal, SchemaMoved);
}

TEST_F(Bindings, ThatWouldConcernTooManyNamespacesAreRefused) {
  for (std::size_t i = 0; i <= kMaxTriedNamespaces; ++i) {
    world_.run(make_namespace(numbered("/z/n", i)));
  }
  EXPECT_FALSE(trial_stamp(world_.store, "/z"));
  EXPECT_EQ(world_.run(PutBinding{"/z", "", {}, 1}).refusal, TooMany);
}

TEST_F(Bindings, TakeTheRightToManageSchemasAndToReadThem) {
  const auto as = [&](CommandBody body, const char* key) {
    Command command = by_alice(std::move(body));
    command.api_key = sha256(key);
    return world_.run(command).refusal;
  };
  Command mint = by_alice(MintBootstrapKey{sha256("root"), true});
  mint.actor = {ActorType::System, "bootstrap", {}};
  ASSERT_FALSE(world_.run(mint).refusal);
  ASSERT_FALSE(as(CreateApiKey{sha256("eve"), "user:eve", {}, {}, 0}, "root"));
  ASSERT_FALSE(as(PutAssignment{"/a", "user:eve", "admin", {}}, "root"));
  const auto bind_as_eve = [&] {
    return as(PutBinding{"/a",
                         join_bindings(std::vector{bound_to("limit", 1)}),
                         {},
                         trial_stamp(world_.store, "/a").value()},
              "eve");
  };
  EXPECT_EQ(bind_as_eve(), Forbidden) << "she may not read in /s";
  EXPECT_EQ(as(PutSchema{"/s", "limit", "{}", {}}, "eve"), Forbidden);
  ASSERT_FALSE(as(PutAssignment{"/s", "user:eve", "viewer", {}}, "root"));
  EXPECT_FALSE(bind_as_eve());
  EXPECT_EQ(as(PutBinding{"/z", "", {}, trial_stamp(world_.store, "/z").value()}, "eve"),
            Forbidden);
}

// --- writes

TEST_F(Bindings, AWriteIsRefusedWhoseStampIsNotThatOfNow) {
  ASSERT_FALSE(publish("/a", "k").refusal);
  EXPECT_EQ(publish_stamped("/a", "k", 7).refusal, SchemaMoved) << "nothing is bound";
  ASSERT_FALSE(bind("/a", {bound_to("limit", 1, "k*")}).refusal);
  EXPECT_EQ(publish_stamped("/a", "k", 0).refusal, SchemaMoved);
  EXPECT_EQ(world_.run(del("/a", "k")).refusal, SchemaMoved);
  EXPECT_FALSE(publish_stamped("/a", "other", 0).refusal) << "no pattern is its";
  const std::uint64_t before = stamp("/a", "k");
  EXPECT_FALSE(publish_stamped("/a", "k", before).refusal);
  EXPECT_FALSE(publish_stamped("/a", "k2", stamp("/a", "k2")).refusal);
  EXPECT_EQ(stamp("/a", "k"), before) << "of single values the others are nothing";
  ASSERT_FALSE(bind("/a", {bound_to("limit", 1, "k*")}).refusal);
  EXPECT_EQ(publish_stamped("/a", "k", before).refusal, SchemaMoved);
}

TEST_F(Bindings, OfAWholeNamespaceTheStampMovesWithEachOfItsChanges) {
  ASSERT_FALSE(bind("/a", {bound_to("whole", 1)}).refusal);
  const std::uint64_t before = stamp("/a/b", "k");
  ASSERT_FALSE(publish("/a", "k").refusal);
  EXPECT_EQ(stamp("/a/b", "k"), before) << "another namespace";
  ASSERT_FALSE(publish("/a/b", "other").refusal);
  EXPECT_NE(stamp("/a/b", "k"), before);
  EXPECT_EQ(publish_stamped("/a/b", "k", before).refusal, SchemaMoved);
}

// Unbinding what is nearer brings what is further back into force, with the revision that it had:
// what changed meanwhile must not be forgotten.
TEST_F(Bindings, AStampDoesNotComeBackWithABinding) {
  ASSERT_FALSE(bind("/a", {bound_to("whole", 1)}).refusal);
  const std::uint64_t before = stamp("/a/b", "k");
  ASSERT_FALSE(bind("/a/b", {}).refusal);
  ASSERT_FALSE(publish("/a/b", "rate", "\"no number\"").refusal);
  ASSERT_FALSE(unbind("/a/b").refusal);
  EXPECT_NE(stamp("/a/b", "k"), before);
}

TEST_F(Bindings, ARollbackIsHeldToWhatItPublishes) {
  ASSERT_FALSE(publish("/a", "k", "1").refusal);
  ASSERT_FALSE(publish("/a", "k", "2").refusal);
  ASSERT_FALSE(bind("/a", {bound_to("limit", 1, "*")}).refusal);
  auto command = std::get<RollbackEntry>(back("/a", "k", 1));
  command.checked = rollback_stamp(stamp("/a", "k"), 2);
  EXPECT_EQ(world_.run(command).refusal, SchemaMoved) << "held to another version";
  command.checked = stamp("/a", "k");
  EXPECT_EQ(world_.run(command).refusal, SchemaMoved);
  command.checked = rollback_stamp(stamp("/a", "k"), 1);
  EXPECT_FALSE(world_.run(command).refusal);
  EXPECT_EQ(restored_by(world_.store, command)->value, "1");
}

// A node that is told so tries again with the key of the request.
TEST_F(Bindings, ARefusalForItsStampIsNotTheOutcomeOfARequest) {
  ASSERT_FALSE(bind("/a", {bound_to("limit", 1, "*")}).refusal);
  auto body = std::get<PutEntry>(put("/a", "k"));
  EXPECT_EQ(world_.run(body, "key").refusal, SchemaMoved);
  body.checked = stamp("/a", "k");
  const Reply done = world_.run(body, "key");
  EXPECT_FALSE(done.refusal);
  body.checked = 99;
  const Reply again = world_.run(body, "key");
  EXPECT_TRUE(again.replayed) << "what it was held to doesn't make it another request";
  EXPECT_EQ(again.revision, done.revision);
}

TEST_F(Bindings, StampsOfChangesThatAreMadeTogether) {
  const std::vector<ChangedKeys> changes{{"/a", {"k"}}, {"/z", {"k"}}};
  EXPECT_EQ(stamp_of(world_.store, changes), 0U);
  ASSERT_FALSE(bind("/a", {bound_to("whole", 1)}).refusal);
  const std::uint64_t both = stamp_of(world_.store, changes);
  const std::uint64_t versions = versions_bound(world_.store, changes);
  EXPECT_NE(both, 0U);
  ASSERT_FALSE(publish("/a", "other").refusal);
  EXPECT_NE(stamp_of(world_.store, changes), both);
  EXPECT_EQ(versions_bound(world_.store, changes), versions) << "the versions are the same";
  ASSERT_FALSE(bind("/z", {bound_to("limit", 1, "k")}).refusal);
  EXPECT_NE(versions_bound(world_.store, changes), versions);
}

// --- verdicts

TEST_F(Bindings, AValueIsHeldToTheSchemaOfItsKeys) {
  ASSERT_FALSE(bind("/a", {bound_to("limit", 1, "rate*")}).refusal);
  EXPECT_EQ(wrong("/a/b", "rate", "101"), Wrong{"/a/b/rate maximum"});
  EXPECT_EQ(wrong("/a/b", "rate", "100"), Wrong{});
  EXPECT_EQ(wrong("/a/b", "rate", std::nullopt), Wrong{});
}

TEST_F(Bindings, ANamespaceIsHeldToItsSchemaAsAnObjectOfItsKeys) {
  ASSERT_FALSE(publish("/a", "rate", "1").refusal);
  ASSERT_FALSE(bind("/a", {bound_to("whole", 1)}).refusal);
  EXPECT_EQ(wrong("/a", "rate", "\"fast\""), Wrong{"/a/rate type"});
  EXPECT_EQ(wrong("/a", "rate", std::nullopt), Wrong{"/a required"});
  EXPECT_EQ(wrong("/a", "free", "true"), Wrong{});
}

// What is wrong already can be mended one by one; what is put has to be right.
TEST_F(Bindings, OnlyWhatIsNewIsInTheWayOfAWriteElsewhere) {
  ASSERT_FALSE(bind("/a", {bound_to("whole", 1)}).refusal);
  EXPECT_EQ(wrong("/a", "free", "1"), Wrong{}) << "that rate is missing is nothing new";
  ASSERT_FALSE(publish("/a", "rate", "\"fast\"").refusal);
  EXPECT_EQ(wrong("/a", "free", "1"), Wrong{});
  EXPECT_EQ(wrong("/a", "rate", "\"faster\""), Wrong{"/a/rate type"});
}

TEST_F(Bindings, ADeprecatedKeyTakesNothingNew) {
  ASSERT_FALSE(publish("/a", "rate", "1").refusal);
  ASSERT_FALSE(publish("/a/b", "rate", "1").refusal);
  ASSERT_FALSE(publish("/a", "old", "{\"x\":1}").refusal);
  ASSERT_FALSE(bind("/a", {bound_to("whole", 1)}).refusal);
  EXPECT_EQ(wrong("/a/b", "old", "1"), Wrong{"/a/b/old x-confman-deprecated"});
  EXPECT_EQ(wrong("/a", "old", "{\"x\":2}"), Wrong{"/a/old x-confman-deprecated"});
  EXPECT_EQ(wrong("/a", "old", "{ \"x\": 1.0 }"), Wrong{});
  EXPECT_EQ(wrong("/a", "old", std::nullopt), Wrong{});
}

TEST_F(Bindings, AListIsTriedOnWhatIsLiveAndOnlyNewViolationsCount) {
  ASSERT_FALSE(publish("/a", "rate", "150").refusal);
  ASSERT_FALSE(publish("/a/b", "rate", "50").refusal);
  ASSERT_FALSE(publish("/a/b/c", "rate", "200").refusal);
  ASSERT_FALSE(bind("/a/b/c", {}).refusal);
  put_schema("limit", R"({"maximum":10})");
  EXPECT_EQ(wrong_if_bound("/a", {bound_to("limit", 1, "*")}), Wrong{"/a/rate maximum"});
  ASSERT_FALSE(bind("/a", {bound_to("limit", 1, "*")}).refusal);
  EXPECT_EQ(wrong_if_bound("/a", {bound_to("limit", 2, "*")}), Wrong{"/a/b/rate maximum"});
  EXPECT_EQ(wrong_if_bound("/a", {}), Wrong{});
}

TEST_F(Bindings, ANamespaceThatIsTooLargeIsNotHeldToASchemaOfTheWhole) {
  ASSERT_FALSE(bind("/a", {bound_to("whole", 1)}).refusal);
  for (std::size_t i = 0; i < kMaxHeldEntries; ++i) publish("/a", numbered("k", i));
  Work work;
  std::vector<EntryChange> one;
  one.push_back({"one more", LiveEntry{"one more", "application/json", "1"}});
  EXPECT_EQ(gather(world_.store, texts_, "/a", std::move(one), work).error(),
            GatherFault::TooLarge);
  std::vector<EntryChange> less;
  less.push_back({"k1", std::nullopt});
  EXPECT_TRUE(gather(world_.store, texts_, "/a", std::move(less), work));
}

TEST(ValuesOfEntries, AreJsonTextsOrBytes) {
  const NoYaml yaml;
  const auto value = [&](const char* type, Bytes bytes) {
    return value_of({"k", type, std::move(bytes)}, yaml);
  };
  EXPECT_EQ(value("application/json", "1.50"), json::Value(json::Value::Number{"1.50"}));
  EXPECT_EQ(value("text/plain", "1"), json::Value(std::string("1")));
  EXPECT_EQ(value("application/octet-stream", "\xff\x01"), json::Value(std::string("/wE=")));
  EXPECT_EQ(value("application/yaml", "a: 1"), std::nullopt);
}

}  // namespace
}  // namespace confman::domain
