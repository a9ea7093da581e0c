#include <gtest/gtest.h>
#include <string>

#include "domain/access/commands.hpp"
#include "domain/bindings/commands.hpp"
#include "domain/bindings/held.hpp"
#include "domain/bindings/query.hpp"
#include "domain/bindings/stamp.hpp"
#include "domain/bindings/supply.hpp"
#include "domain/bindings/verdict.hpp"
#include "domain/command/validate.hpp"
#include "domain/namespaces/query.hpp"
#include "tests/domain/support.hpp"
#include "tests/support/plain_judge.hpp"

// Schemas, what namespaces are bound to, and changes that are held to that: decided when a command
// is applied, by stamps alone.
namespace confman::domain {
namespace {

using enum Refusal;

constexpr std::string_view kLimit = R"({"type":"integer","maximum":100})";
constexpr std::string_view kWhole = R"({"required":["rate"],"properties":{"rate":)"
                                    R"({"type":"integer"},"old":{"x-confman-deprecated":"gone"}}})";

BoundSchema bound_to(std::string name, std::uint64_t version, std::string keys = {}) {
  return {{"/s", std::move(name)}, version, std::move(keys)};
}

class Bindings : public ::testing::Test {
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
    auto held = gather(world_.store, path, std::move(changes), work);
    EXPECT_TRUE(held);
    return told({{*held}});
  }
  std::vector<std::string> wrong_if_bound(std::string path, std::vector<BoundSchema> bound) {
    Trial trial(std::move(path), std::move(bound));
    Work work;
    for (auto all = trial.step(world_.store, 1, work);; all = trial.step(world_.store, 1, work)) {
      EXPECT_TRUE(all);
      if (!all || *all) return told(trial.take());
    }
  }
  // Looks up what is lacking, and asks what that refers to: how often.
  std::size_t fill(Supply& supply) {
    std::size_t asked = 0;
    for (;;) {
      Work work;
      const auto next = supply.step(world_.store, known_, 10, work);
      if (next == Supply::Next::Ready) return asked;
      if (next == Supply::Next::Step) continue;
      Held held;
      held.questions = supply.take_questions();
      supply.answer(judge_.judge(held).answers, known_);
      ++asked;
    }
  }
  Referred referred_from(std::vector<SchemaVersion> from, std::size_t* asked = nullptr) {
    Supply supply;
    supply.want_referred(std::move(from), {});
    const std::size_t times = fill(supply);
    if (asked != nullptr) *asked = times;
    return supply.referred();
  }
  // As a node does it: what the judge lacks is given.
  Verdict judged(Held held, std::size_t* rounds = nullptr) {
    Supply supply;
    for (std::size_t round = 1;; ++round) {
      Verdict verdict = judge_.judge(held);
      if (rounds != nullptr) *rounds = round;
      if (verdict.kind != VerdictKind::NeedsSchemas) return verdict;
      EXPECT_TRUE(supply.want(verdict.needs));
      fill(supply);
      held.given = supply.given();
    }
  }
  std::vector<std::string> told(Held held) {
    const Verdict verdict = judged(std::move(held));
    std::vector<std::string> found;
    for (const Finding& f : verdict.findings) found.push_back(f.path + f.pointer + " " + f.keyword);
    EXPECT_EQ(verdict.total, found.size());
    return found;
  }

  World world_;
  KnownReferences known_;
  testing::NoYaml yaml_;
  Judge judge_{std::make_shared<testing::NoPatterns>(), yaml_};
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
  std::size_t asked = 0;
  const Referred few = referred_from({{{"/s", "r63"}, 1}}, &asked);
  EXPECT_EQ(few.documents.size(), 63U);
  EXPECT_FALSE(few.too_many);
  EXPECT_EQ(asked, 62U) << "one behind another, and the last can't refer to anything";
  EXPECT_EQ(referred_from({{{"/s", "r63"}, 1}}, &asked).documents.size(), 63U);
  EXPECT_EQ(asked, 0U) << "it is known";
  EXPECT_TRUE(referred_from({{{"/s", "r70"}, 1}}, &asked).too_many);
  EXPECT_EQ(asked, 7U);
  EXPECT_TRUE(referred_from({}).documents.empty());
  EXPECT_TRUE(referred_from({{{"/s", "r64"}, 2}, {{"/s", "none"}, 1}}).documents.empty());
}

TEST_F(Bindings, WhatASchemaNamesIsBounded) {
  const auto naming = [](std::size_t count) {
    std::string text = R"({"enum":[)";
    for (std::size_t i = 0; i < count; ++i) {
      text += R"({"$ref":"none@)" + std::to_string(i + 1) + R"("},)";
    }
    return references_of(text + "1]}", "confman:///schemas/s/x");
  };
  EXPECT_TRUE(naming(schema::kMaxReferences).all);
  EXPECT_FALSE(naming(schema::kMaxReferences + 1).all);
  EXPECT_EQ(naming(1000).to.size(), schema::kMaxReferences);
}

// However much that is, and whatever was asked for together.
TEST_F(Bindings, TextsAreLookedUpInSteps) {
  constexpr std::size_t kOne = 16 * 1024;
  std::string all = R"({"allOf":[)";
  for (int i = 0; i < 63; ++i) {
    const std::string name = "d" + std::to_string(i);
    put_schema(name, R"({"$ref":"#","description":")" + std::string(kOne, 'x') + R"("})");
    all += R"({"$ref":")" + name + R"(@1"},)";
  }
  std::vector<SchemaVersion> wanted;
  for (int i = 0; i < 16; ++i) {
    put_schema("b" + std::to_string(i), all + "true]}");
    wanted.push_back({{"/s", "b" + std::to_string(i)}, 1});
  }
  for (const bool known : {false, true}) {
    SCOPED_TRACE(known);
    Supply supply;
    supply.want(wanted);
    EXPECT_FALSE(supply.want(wanted));
    std::size_t steps = 0;
    std::size_t asked = 0;
    for (auto next = Supply::Next::Step; next != Supply::Next::Ready; ++steps) {
      Work work;
      next = supply.step(world_.store, known_, 100, work);
      EXPECT_LE(work.rows, 102U);
      EXPECT_LE(work.bytes, 128 * 1024 + kMaxSchemaTextBytes);
      if (next != Supply::Next::Questions) continue;
      Held held;
      held.questions = supply.take_questions();
      EXPECT_LE(held.questions.size(), 64U) << "1 MiB";
      supply.answer(judge_.judge(held).answers, known_);
      ++asked;
    }
    EXPECT_GT(steps, 10U);
    EXPECT_EQ(asked, known ? 0U : 2U) << "of the sixteen, then of what they refer to";
    const GivenSchemas given = supply.given();
    ASSERT_EQ(given.size(), 16U);
    for (const auto& [version, schema] : given) {
      EXPECT_EQ(schema.referred.documents.size(), 63U);
      EXPECT_FALSE(schema.referred.too_many);
    }
  }
}

TEST_F(Bindings, ASchemaIsPutUnderConditionsAsAnEntryIs) {
  EXPECT_EQ(put_schema("limit", "{}", if_absent()).refusal, SchemaExists);
  EXPECT_EQ(put_schema("limit", "{}", if_version(7)).refusal, VersionMismatch);
  EXPECT_FALSE(put_schema("limit", "{}", if_version(1)).refusal);
  EXPECT_EQ(drop_schema("none").refusal, SchemaNotFound);
  EXPECT_EQ(world_.run(PutSchema{"/none", "x", "{}", {}}).refusal, NamespaceNotFound);
}

// Its author had no right to put it, as the node knew: by now they do, and it is judged first.
TEST_F(Bindings, ASchemaThatNobodyHasJudgedIsNotTaken) {
  PutSchema put{"/s", "x", "{}", {}, 1};
  EXPECT_EQ(since_of(CommandBody(put)), kUnjudged);
  EXPECT_EQ(world_.run(put, "key").refusal, SchemaMoved);
  put.unjudged = 0;
  EXPECT_EQ(since_of(CommandBody(put)), kSchemas);
  const Reply done = world_.run(put, "key");
  EXPECT_FALSE(done.refusal);
  put.unjudged = 1;
  EXPECT_EQ(world_.run(put, "key").revision, done.revision) << "it is the same request";
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
  EXPECT_EQ(as(PutSchema{"/s", "limit", "no schema", {}, 1}, "eve"), Forbidden);
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

TEST_F(Bindings, ASchemaIsAskedForUntilItIsCompiled) {
  put_schema("inner", R"({"$defs":{"max":{"maximum":7}}})");
  put_schema("outer", R"({"$ref":"inner@1#/$defs/max"})");
  ASSERT_FALSE(bind("/a", {bound_to("outer", 1, "*"), bound_to("limit", 1, "*")}).refusal);
  const auto held = [this](Bytes value) {
    std::vector<EntryChange> changes;
    changes.push_back({"k", LiveEntry{"k", "application/json", std::move(value)}});
    Work work;
    return Held{.namespaces = {gather(world_.store, "/a", std::move(changes), work).value()}};
  };
  const std::vector<SchemaVersion> both{{{"/s", "limit"}, 1}, {{"/s", "outer"}, 1}};
  EXPECT_EQ(judge_.judge(held("8")).needs, both);
  std::size_t rounds = 0;
  EXPECT_EQ(judged(held("8"), &rounds).total, 1U);
  EXPECT_EQ(rounds, 2U);
  EXPECT_EQ(judged(held("7"), &rounds).total, 0U);
  EXPECT_EQ(rounds, 1U);
}

// More than are kept compiled: what was there makes room for what came.
TEST_F(Bindings, ManySchemasOfOneRequestAreJudgedAllTheSame) {
  Held held;
  for (int i = 0; i < 100; ++i) put_schema("m" + std::to_string(i), kLimit);
  for (const int first : {0, 30, 0}) {
    held.namespaces.clear();
    for (int of = first; of < first + 70; of += 10) {
      auto bound = std::make_shared<std::vector<BoundSchema>>();
      for (int i = of; i < of + 10; ++i)
        bound->push_back(bound_to("m" + std::to_string(i), 1, "*"));
      HeldNamespace& each = held.namespaces.emplace_back();
      each.path = "/a";
      each.until_now = each.from_now = bound;
      each.changes.push_back({"k", LiveEntry{"k", "application/json", "101"}});
    }
    std::size_t rounds = 0;
    EXPECT_EQ(judged(held, &rounds).total, 70U);
    EXPECT_LE(rounds, 3U);
  }
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
  EXPECT_EQ(gather(world_.store, "/a", std::move(one), work).error(), GatherFault::TooLarge);
  std::vector<EntryChange> less;
  less.push_back({"k1", std::nullopt});
  EXPECT_TRUE(gather(world_.store, "/a", std::move(less), work));
}

TEST(ValuesOfEntries, AreJsonTextsOrBytes) {
  const testing::NoYaml yaml;
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
