#include <gtest/gtest.h>
#include <utility>
#include <vector>

#include "domain/apply/apply.hpp"
#include "domain/base/feature_level.hpp"
#include "domain/state/memory_store.hpp"
#include "sim/reference/expected.hpp"
#include "tests/sim/oracle/support.hpp"

// What production says of the past and of what is inherited is what the reference finds in its
// maps, at every moment; and what is true of another moment isn't taken.
namespace confman::sim {
namespace {

using domain::AsOf;
using domain::Revision;

class PastAnswers : public testing::Test {
 protected:
  PastAnswers() {
    domain::initialise(state_);
    // No stamp of a log that was written below this level need be later than the one before.
    ByteWriter(level_).varint(kNewestFeatureLevel);
    EXPECT_TRUE(reference_.apply(
        Entry{LogIndex{++index_}, Term{1}, EntryKind::FeatureLevel, make_payload(Bytes(level_))}));
    domain::apply_feature_level(state_, {1, index_, index_}, kNewestFeatureLevel);
    for (const char* path : {"/a", "/a/b"}) add(domain::PutNamespace{.path = path});
    put("/", "k1", "root");
    put("/a", "k1", "one");
    put("/a", "k2", "one");
    put("/a/b", "k2", "below");
    put("/a", "k1", "two");
    add(domain::DeleteEntry{"/a", "k2", {}});
    add(domain::RollbackEntry{.path = "/a", .key = "k1", .to_version = 1});
    add(domain::RollbackEntry{.path = "/a", .key = "k2", .to_version = 2});
    add(domain::RollbackEntry{.path = "/a", .key = "k2", .to_version = 1});
    add(domain::RollbackEntry{.path = "/a", .key = "k1", .to_revision = {1, index_ - 3}});
    add(domain::RollbackEntry{.path = "/a", .key = "k1", .to_revision = {9, 2}});
    add(domain::RollbackEntry{.path = "/a", .key = "k1", .to_revision = {1, 900}});
    add(domain::RollbackEntry{.path = "/a", .key = "never", .to_version = 1});
    add(domain::DeleteEntry{"/a/b", "k2", {}});
    add(domain::DeleteNamespace{"/a/b", {}});
  }

  void put(std::string path, std::string key, std::string value) {
    add(domain::PutEntry{.path = std::move(path),
                         .key = std::move(key),
                         .content_type = "text/plain",
                         .value = std::move(value)});
  }
  void add(domain::CommandBody body) {
    domain::Command command;
    // Some stamps share a millisecond.
    command.stamp = {1000 + static_cast<std::int64_t>(index_ / 2), 0};
    command.actor = {domain::ActorType::User, "ann", "10.0.0.1"};
    command.request_id = "req" + std::to_string(++index_);
    command.body = std::move(body);
    domain::apply(state_, {1, index_, index_}, command, kNewestFeatureLevel);
    EXPECT_TRUE(reference_.apply(Entry{LogIndex{index_}, Term{1}, EntryKind::Command,
                                       make_payload(domain::encode(command))}));
  }

  std::string wrong(const node::Query& query, const node::Answer& answer) const {
    const Asker anybody{
        .actor = {}, .principal = {}, .key_id = {}, .scopes = {}, .everything = true};
    return wrong_in(query, answer, reference_, anybody, index_,
                    {domain::kMaxPageBytes, domain::kMaxVisitedRows});
  }
  template <class Found>
  static node::Answer as_answer(std::expected<Found, domain::QueryFault> found) {
    if (!found) return found.error();
    return std::move(*found);
  }
  node::Answer answer(const node::GetEntry& q) const {
    domain::Work work;
    return as_answer(domain::find_as_of(state_, q.path, q.key, *q.as_of, work));
  }
  node::Answer answer(const domain::ListPast& q) const {
    return as_answer(domain::list_past(state_, q));
  }
  node::Answer answer(const domain::CompareVersions& q) const {
    domain::Work work;
    return as_answer(domain::compare_versions(state_, q, work));
  }
  node::Answer answer(const domain::CompareNamespace& q) const {
    return as_answer(domain::compare_namespace(state_, q));
  }
  node::Answer answer(const domain::ResolveEntry& q) const {
    domain::Work work;
    return as_answer(domain::resolve_entry(state_, q, work));
  }
  node::Answer answer(const domain::ResolveNamespace& q) const {
    return as_answer(domain::resolve_namespace(state_, q));
  }

  std::vector<AsOf> moments() const {
    std::vector<AsOf> all{{{1, 0}, {}}, {{2, 3}, {}}, {{1, index_ + 1}, {}}, {{}, 0}};
    for (std::uint64_t i = 0; i <= index_; ++i) all.push_back({{i == 0 ? 0U : 1U, i}, {}});
    for (std::int64_t ms = 999; ms < 1012; ++ms) all.push_back({{}, ms});
    return all;
  }

  // All of them are right, and of each those that differ are wrong for the others.
  template <class Query>
  void expect_told_apart(const std::vector<Query>& queries) const {
    std::size_t rejected = 0;
    for (const Query& query : queries) {
      EXPECT_EQ(wrong(query, answer(query)), "");
      for (const Query& other : queries) rejected += wrong(query, answer(other)).empty() ? 0 : 1;
    }
    EXPECT_GT(rejected, queries.size()) << "nothing is told apart";
  }

  domain::MemoryStateStore state_;
  ReferenceState reference_;
  Bytes level_;
  std::uint64_t index_ = 0;
};

TEST_F(PastAnswers, TheFinalStatesAreTheSame) {
  EXPECT_EQ(reference_.difference(state_), "");
}

TEST_F(PastAnswers, EntriesAsOfEachMoment) {
  for (const char* key : {"k1", "k2", "never"}) {
    std::vector<node::GetEntry> queries;
    for (const AsOf& as_of : moments()) queries.push_back({"/a", key, std::nullopt, as_of});
    if (std::string(key) == "never") {
      for (const auto& query : queries) EXPECT_EQ(wrong(query, answer(query)), "");
    } else {
      expect_told_apart(queries);
    }
  }
}

TEST_F(PastAnswers, NamespacesAsOfEachMomentPageByPage) {
  std::vector<domain::ListPast> queries;
  for (const AsOf& as_of : moments()) {
    for (const std::size_t limit : {1U, 100U}) {
      for (const char* path : {"/", "/a", "/a/b", "/nowhere"}) {
        domain::ListPast query;
        query.path = path;
        query.recursive = limit == 100;
        query.as_of = as_of;
        query.limit = limit;
        queries.push_back(query);
        const node::Answer first = answer(query);
        const auto* page = std::get_if<domain::PastPage>(&first);
        if (page == nullptr || !page->resume) continue;
        query.after = page->resume;
        query.as_of = {page->as_of, {}};
        queries.push_back(query);
      }
    }
  }
  expect_told_apart(queries);
}

TEST_F(PastAnswers, VersionsBesideEachOther) {
  std::vector<std::optional<domain::VersionChoice>> choices{std::nullopt};
  for (std::uint64_t version = 1; version < 7; ++version) {
    choices.emplace_back(domain::VersionChoice(version));
  }
  for (const AsOf& as_of : moments()) choices.emplace_back(domain::VersionChoice(as_of));
  std::vector<domain::CompareVersions> queries;
  for (const auto& from : choices) {
    for (const auto& to : choices) queries.push_back({"/a", "k1", from, to});
  }
  for (const auto& query : queries) EXPECT_EQ(wrong(query, answer(query)), "");
  queries.resize(40);
  expect_told_apart(queries);
}

TEST_F(PastAnswers, NamespacesAtTwoMoments) {
  std::vector<domain::CompareNamespace> queries;
  std::size_t asked = 0;
  for (const AsOf& from : moments()) {
    for (const AsOf& to : moments()) {
      domain::CompareNamespace query;
      query.path = "/a";
      query.recursive = true;
      query.from = from;
      if (to != AsOf{}) query.to = to;
      query.limit = 2;
      EXPECT_EQ(wrong(query, answer(query)), "");
      if (++asked % 23 == 0) queries.push_back(query);
    }
  }
  expect_told_apart(queries);
}

TEST_F(PastAnswers, WhatIsInherited) {
  std::vector<domain::ResolveNamespace> all;
  for (const char* path : {"/", "/a", "/a/b"}) {
    for (const std::size_t limit : {1U, 10U}) {
      domain::ResolveNamespace query;
      query.path = path;
      query.limit = limit;
      all.push_back(query);
    }
  }
  expect_told_apart(all);
  std::vector<domain::ResolveEntry> one;
  for (const char* path : {"/", "/a", "/a/b"}) {
    for (const char* key : {"k1", "k2", "never"}) one.push_back({path, key});
  }
  expect_told_apart(one);
}

}  // namespace
}  // namespace confman::sim
