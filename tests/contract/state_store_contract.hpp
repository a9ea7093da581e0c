#pragma once

#include <algorithm>
#include <gtest/gtest.h>
#include <limits>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "domain/audit/action.hpp"
#include "domain/audit/event.hpp"
#include "domain/catalogue.hpp"
#include "domain/cluster/cluster.hpp"
#include "domain/entries/entry.hpp"
#include "domain/entries/label_index.hpp"
#include "domain/namespaces/namespace.hpp"
#include "domain/outcomes/outcome.hpp"
#include "domain/state/key.hpp"
#include "domain/state/meta.hpp"
#include "domain/state/store.hpp"

// What every implementation of domain::StateStore must do. An implementation is given as a harness:
//
//   class Harness {
//    public:
//     domain::StateStore& store();
//     void settle();   // moves rows to wherever they end up (a flush); called at command
//     boundaries
//   };
//
//   INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, StateStoreContract, SqliteStateHarness);
namespace confman::contract {

using domain::Table;
namespace keys = domain::keys;

inline Bytes entry_value(const std::string& value, std::uint64_t version = 1) {
  domain::EntryRow row;
  row.version = version;
  row.revision = {2, 40 + version};
  row.content_type = "text/plain";
  row.value = value;
  row.labels = {{"quote\"d", "back\\slash"}, {"team", "cør\ne"}};
  row.author = {domain::ActorType::User, "user@example.com", "192.0.2.1"};
  row.created_at = {1'700'000'000'000, 3};
  row.updated_at = {1'700'000'000'001, 0};
  return domain::encode(row);
}

inline Bytes audit_value(std::uint64_t index, std::uint32_t ordinal) {
  domain::AuditRow row;
  row.revision = {5, index};
  row.ordinal = ordinal;
  row.stamp = {1'700'000'000'000, 1};
  row.action = domain::Action::ConfigUpdated;
  if (index % 2 == 0) {
    row.refusal = domain::Refusal::VersionMismatch;
  }
  row.actor = {domain::ActorType::Service, "svc", ""};
  row.path = "/a";
  row.key = "k";
  row.previous_version = 3;
  row.previous_value = sha256("old");
  row.request_id = "r-1";
  row.chain = sha256("chain");
  return domain::encode(row);
}

// One row of each table; `n` varies the key.
inline std::vector<std::pair<Table, std::pair<Bytes, Bytes>>> rows_of_every_table(int n) {
  const std::string name = "k" + std::to_string(n);
  domain::NamespaceRow space;
  space.description = "d";
  space.owner = "o";
  space.labels = {{"a", "b"}};
  space.version = 4;
  space.live_entries = 2;
  space.children = 1;
  domain::OutcomeRow outcome;
  outcome.fingerprint = 0xfedcba9876543210U;
  outcome.expires_at = {1'700'000'000'000 + n, 2};
  outcome.reply = std::string("re\0ply", 6);
  domain::ClusterRow cluster;
  cluster.membership = "members";
  cluster.named_at = {2, 9};
  cluster.feature_level = static_cast<std::uint64_t>(n) + 1;
  domain::MetaRow meta;
  meta.applied = {3, static_cast<std::uint64_t>(n)};
  meta.digest_low = 0xffffffffffffffffU;
  meta.audit_head = sha256("head");
  const auto index = static_cast<std::uint64_t>(n);
  return {
      {Table::Meta, {Bytes(keys::kMeta), domain::encode(meta)}},
      {Table::Namespace, {keys::of_namespace("/" + name), domain::encode(space)}},
      {Table::Entry, {keys::of_entry("/a", name), entry_value("v" + name)}},
      {Table::Version, {keys::of_version("/a", name, 7), entry_value("old", 7)}},
      {Table::Audit, {keys::of_audit(index, 1), audit_value(index, 1)}},
      {Table::Outcome, {keys::of_outcome("actor", name), domain::encode(outcome)}},
      {Table::OutcomeExpiry, {keys::of_outcome_expiry(1'700'000'000'000 + n, "actor", name), ""}},
      {Table::Cluster, {Bytes(keys::kCluster), domain::encode(cluster)}},
      {Table::Label, {keys::label_prefix("env", "prod") + keys::of_entry("/a", name), ""}},
      {Table::LabelName, {keys::label_name_prefix("env") + keys::of_entry("/a", name), ""}},
  };
}

template <class Harness>
class StateStoreContract : public testing::Test {
 protected:
  using Rows = std::vector<std::pair<Bytes, Bytes>>;

  domain::StateStore& store() { return harness_.store(); }
  Rows scan(Table table, ByteView from, ByteView to) {
    Rows out;
    store().scan(table, from, to, [&](ByteView k, ByteView v) {
      out.emplace_back(k, v);
      return true;
    });
    return out;
  }
  Rows scan_backwards(Table table, ByteView from, ByteView to) {
    Rows out;
    store().scan_backwards(table, from, to, [&](ByteView k, ByteView v) {
      out.emplace_back(k, v);
      return true;
    });
    return out;
  }
  void settle() {
    store().command_applied();
    harness_.settle();
  }

  Harness harness_;
};

TYPED_TEST_SUITE_P(StateStoreContract);

TYPED_TEST_P(StateStoreContract, StartsEmpty) {
  for (std::size_t i = 0; i < domain::kTableCount; ++i) {
    EXPECT_TRUE(this->scan(static_cast<Table>(i), "", "").empty());
  }
  EXPECT_EQ(this->store().get(Table::Meta, keys::kMeta), std::nullopt);
  EXPECT_EQ(this->store().get(Table::Entry, keys::of_entry("/a", "k")), std::nullopt);
}

// Gives each number of a key the same value, or its greatest; text is "a".
class SameNumbers {
 public:
  explicit SameNumbers(std::uint64_t number) : number_(number) {}

  bool any() const { return any_; }
  void operator()(const char*, std::string_view& text) const { text = "a"; }
  template <std::integral Number>
  void operator()(const char*, Number& number) {
    constexpr auto kGreatest = static_cast<std::uint64_t>(std::numeric_limits<Number>::max());
    number = static_cast<Number>(std::min(number_, kGreatest));
    any_ = true;
  }

 private:
  std::uint64_t number_;
  bool any_ = false;
};

TYPED_TEST_P(StateStoreContract, LooksUpAnyNumberThatAClientMayName) {
  std::size_t looked_up = 0;
  for (std::size_t i = 0; i < domain::kTableCount; ++i) {
    domain::with_table(static_cast<Table>(i), [&](auto tag) {
      using Of = typename decltype(tag)::type;
      for (const std::uint64_t number : {domain::kNumbersOfKeysEnd - 1, domain::kNumbersOfKeysEnd,
                                         domain::kNumbersOfKeysEnd + 1, UINT64_MAX}) {
        typename Of::Key key{};
        SameNumbers numbers(number);
        Of::Key::for_each_part(key, numbers);
        if (!numbers.any()) return;
        EXPECT_EQ(this->store().get(Of::kTable, keys::encode_key(key)), std::nullopt) << Of::kName;
        ++looked_up;
      }
    });
  }
  EXPECT_GT(looked_up, 0U);
}

TYPED_TEST_P(StateStoreContract, WritesAreVisibleAtOnceAndAfterwards) {
  const auto rows = rows_of_every_table(4);
  for (const auto& [table, row] : rows) {
    this->store().put(table, row.first, row.second);
    EXPECT_EQ(this->store().get(table, row.first), row.second);
  }
  this->settle();
  for (const auto& [table, row] : rows) {
    EXPECT_EQ(this->store().get(table, row.first), row.second) << static_cast<int>(table);
    EXPECT_EQ(this->scan(table, "", ""), (typename TestFixture::Rows{row}));
  }
}

TYPED_TEST_P(StateStoreContract, ErasesWhateverLevelARowIsOn) {
  const auto rows = rows_of_every_table(1);
  for (const auto& [table, row] : rows) {
    this->store().put(table, row.first, row.second);
  }
  this->settle();
  for (const auto& [table, row] : rows) {
    this->store().erase(table, row.first);
    EXPECT_EQ(this->store().get(table, row.first), std::nullopt);
    EXPECT_TRUE(this->scan(table, "", "").empty());
  }
  this->settle();
  for (const auto& [table, row] : rows) {
    EXPECT_EQ(this->store().get(table, row.first), std::nullopt);
    EXPECT_TRUE(this->scan(table, "", "").empty());
    this->store().erase(table, row.first);  // of nothing: nothing
  }
  this->settle();
}

TYPED_TEST_P(StateStoreContract, OverwritesWhateverLevelARowIsOn) {
  const Bytes key = keys::of_entry("/a", "k");
  this->store().put(Table::Entry, key, entry_value("1"));
  this->settle();
  this->store().put(Table::Entry, key, entry_value("2"));
  EXPECT_EQ(this->store().get(Table::Entry, key), entry_value("2"));
  EXPECT_EQ(this->scan(Table::Entry, "", "").size(), 1U);
  this->settle();
  EXPECT_EQ(this->store().get(Table::Entry, key), entry_value("2"));
  EXPECT_EQ(this->scan(Table::Entry, "", "").size(), 1U);
}

// A build that is older than the row must not lose what it doesn't know.
TYPED_TEST_P(StateStoreContract, KeepsBytesThatItCannotDecode) {
  const Bytes odd = std::string("\xff\0 from a newer build", 21);
  for (const auto& [table, row] : rows_of_every_table(2)) {
    if (table != Table::Meta) {  // which the store itself must read
      this->store().put(table, row.first, odd);
    }
  }
  this->settle();
  for (const auto& [table, row] : rows_of_every_table(2)) {
    if (table != Table::Meta) {
      EXPECT_EQ(this->store().get(table, row.first), odd);
    }
  }
}

// The version in a row and in its key agree in every state that apply makes; the store must not
// depend on it.
TYPED_TEST_P(StateStoreContract, KeepsRowsThatDisagreeWithTheirKeys) {
  this->store().put(Table::Version, keys::of_version("/a", "k", 3), entry_value("x", 9));
  this->store().put(Table::Audit, keys::of_audit(3, 0), audit_value(4, 1));
  this->store().put(Table::OutcomeExpiry, keys::of_outcome_expiry(5, "a", "k"), "not nothing");
  this->settle();
  EXPECT_EQ(this->store().get(Table::Version, keys::of_version("/a", "k", 3)), entry_value("x", 9));
  EXPECT_EQ(this->store().get(Table::Audit, keys::of_audit(3, 0)), audit_value(4, 1));
  EXPECT_EQ(this->store().get(Table::OutcomeExpiry, keys::of_outcome_expiry(5, "a", "k")),
            "not nothing");
}

TYPED_TEST_P(StateStoreContract, AVisitorMayStopAndMayRead) {
  for (int i = 0; i < 10; ++i) {
    const std::string key = {'k', static_cast<char>('0' + i)};
    this->store().put(Table::Entry, keys::of_entry("/a", key), entry_value("v"));
    if (i == 4) {
      this->settle();
    }
  }
  int outer = 0;
  int inner = 0;
  this->store().scan(Table::Entry, "", "", [&](ByteView key, ByteView) {
    this->store().scan(Table::Entry, "", key, [&](ByteView inner_key, ByteView) {
      EXPECT_NE(this->store().get(Table::Entry, inner_key), std::nullopt);
      ++inner;
      return true;
    });
    return ++outer < 6;
  });
  EXPECT_EQ(outer, 6);
  EXPECT_EQ(inner, 0 + 1 + 2 + 3 + 4 + 5);
}

// Any bytes are a legal bound, and the order is that of bytes, in all tables and directions,
// whatever level the rows are on.
TYPED_TEST_P(StateStoreContract, ScansAreThoseOfASortedMap) {
  std::mt19937_64 random(7);  // NOLINT(cert-msc51-cpp): the same every time
  const std::vector<std::string> names = {"/", "/a", "/a/b", "/a!", "/ab", "/b", "/\x7f", "/é"};
  const std::vector<std::string> leaves = {"", "a", "a.b", "ab", "b", "é", "\xf4\x8f\xbf\xbf"};
  const auto pick = [&](const auto& from) { return from[random() % from.size()]; };
  const auto random_key = [&](Table table) -> Bytes {
    const std::uint64_t number = (random() % 3) << (random() % 2 * 40) | random() % 3;
    switch (table) {
      case Table::Meta:
        return Bytes(keys::kMeta);
      case Table::Namespace:
        return keys::of_namespace(pick(names));
      case Table::Entry:
        return keys::of_entry(pick(names), pick(leaves));
      case Table::Version:
        return keys::of_version(pick(names), pick(leaves), number);
      case Table::Audit:
        return keys::of_audit(number, static_cast<std::uint32_t>(random() % 3));
      case Table::Outcome:
        return keys::of_outcome(pick(names), pick(leaves));
      case Table::OutcomeExpiry:
        return keys::of_outcome_expiry(static_cast<std::int64_t>(number), pick(names),
                                       pick(leaves));
      case Table::Cluster:
        return Bytes(keys::kCluster);
      case Table::Label:
        return keys::label_prefix(pick(leaves), pick(leaves)) +
               keys::of_entry(pick(names), pick(leaves));
      case Table::LabelName:
        return keys::label_name_prefix(pick(leaves)) + keys::of_entry(pick(names), pick(leaves));
      case Table::ApiKey:
      case Table::Role:
        return Bytes(pick(names));
      case Table::Assignment:
        return keys::of_assignment(pick(names), pick(leaves));
      case Table::GroupMember:
        return keys::of_group_member(pick(names), pick(leaves));
      case Table::MemberGroup:
        return keys::of_member_group(pick(names), pick(leaves));
      case Table::Policy:
        return keys::of_policy(pick(names));
      case Table::Quota:
        return keys::of_quota(pick(names));
      case Table::Retention:
        return keys::of_retention(pick(names));
      case Table::RestorePoint:
        return keys::of_restore_point(pick(leaves));
      case Table::HeldIndex:
        return keys::encode_key(keys::HeldIndexKey{number, pick(leaves)});
      case Table::Chore:
        return keys::encode_key(
            keys::ChoreKey{static_cast<std::int64_t>(number), random() % 3, pick(names)});
      case Table::Request:
      case Table::OpenRequest:
        return keys::of_request(number);
      case Table::RequestChange:
      case Table::RequestNote:
        return keys::of_request_part(number, static_cast<std::uint32_t>(random() % 3));
      case Table::Approval:
        return keys::of_approval(number, pick(leaves));
      case Table::DueRequest:
        return keys::of_due_request(static_cast<std::int64_t>(number), number);
      case Table::Schema:
        return keys::of_schema(pick(names), pick(leaves));
      case Table::SchemaVersion:
        return keys::of_schema_version(pick(names), pick(leaves), number);
      case Table::Binding:
        return keys::of_binding(pick(names));
      case Table::DataKey:
        return keys::of_data_key(pick(names));
      case Table::WrappedKey:
        return keys::of_wrapped_key(pick(leaves), pick(names));
      case Table::MasterKey:
        return keys::of_master_key(pick(leaves));
    }
    return {};
  };
  const auto random_bound = [&](Table table) -> Bytes {
    Bytes bound = random_key(table);
    if (bound.empty()) return bound;
    switch (random() % 6) {
      case 0:
        return {};
      case 1:
        return bound + '\0';
      case 2:
        return bound.substr(0, random() % (bound.size() + 1));
      case 3:
        return keys::end_of_prefix(bound.substr(0, 1 + random() % bound.size()));
      case 4:
        return bound + (random() % 2 ? "\x01" : "\xff");
      default:
        return bound;
    }
  };
  std::array<std::map<Bytes, Bytes>, domain::kTableCount> model;
  for (int step = 0; step < 3000; ++step) {
    const auto table = static_cast<Table>(1 + random() % (domain::kTableCount - 1));
    auto& rows = model[static_cast<std::size_t>(table)];
    const Bytes key = random_key(table);
    if (random() % 4 != 0) {
      const Bytes value = "v" + std::to_string(step);
      this->store().put(table, key, value);
      rows[key] = value;
    } else {
      this->store().erase(table, key);
      rows.erase(key);
    }
    this->store().command_applied();
    if (step % 150 == 0) {
      this->harness_.settle();
    }
    const Bytes from = random_bound(table);
    const Bytes to = random_bound(table);
    typename TestFixture::Rows expected;
    for (auto at = rows.lower_bound(from); at != rows.end() && (to.empty() || at->first < to);
         ++at) {
      expected.emplace_back(*at);
    }
    ASSERT_EQ(this->scan(table, from, to), expected) << step;
    std::ranges::reverse(expected);
    ASSERT_EQ(this->scan_backwards(table, from, to), expected) << step;
  }
}

// A scan of rows that were erased and are still on disk is work that nobody would see: each is
// either forgotten or told of, and the one who scans may end it there.
TYPED_TEST_P(StateStoreContract, WhatIsPassedOverIsToldInOrderAndMayEndTheScan) {
  const auto key_of = [](int i) {
    return keys::label_name_prefix("env") + keys::of_entry("/a", "k" + std::to_string(i));
  };
  for (int i = 0; i < 9; ++i) this->store().put(Table::LabelName, key_of(i), "");
  this->settle();
  for (int i = 1; i < 8; ++i) this->store().erase(Table::LabelName, key_of(i));
  this->store().command_applied();

  std::vector<Bytes> seen;
  std::vector<Bytes> passed;
  const auto visit = [&](ByteView key, ByteView) {
    seen.emplace_back(key);
    return true;
  };
  this->store().scan(Table::LabelName, "", "", visit, [&](ByteView key) {
    EXPECT_TRUE(passed.empty() || passed.back() < key);
    passed.emplace_back(key);
    return true;
  });
  EXPECT_EQ(seen, (std::vector<Bytes>{key_of(0), key_of(8)}));
  for (const Bytes& key : passed) EXPECT_EQ(this->store().get(Table::LabelName, key), std::nullopt);

  const std::size_t all = passed.size();
  seen.clear();
  passed.clear();
  this->store().scan(Table::LabelName, "", "", visit, [&](ByteView key) {
    passed.emplace_back(key);
    return passed.size() < 3;
  });
  EXPECT_EQ(passed.size(), std::min<std::size_t>(all, 3));
  EXPECT_EQ(seen.size(), all == 0 ? 2U : 1U);
}

REGISTER_TYPED_TEST_SUITE_P(StateStoreContract, StartsEmpty, LooksUpAnyNumberThatAClientMayName,
                            WritesAreVisibleAtOnceAndAfterwards, ErasesWhateverLevelARowIsOn,
                            OverwritesWhateverLevelARowIsOn, KeepsBytesThatItCannotDecode,
                            KeepsRowsThatDisagreeWithTheirKeys, AVisitorMayStopAndMayRead,
                            ScansAreThoseOfASortedMap,
                            WhatIsPassedOverIsToldInOrderAndMayEndTheScan);

}  // namespace confman::contract
