#include <gtest/gtest.h>
#include <map>
#include <set>

#include "domain/catalogue.hpp"
#include "domain/entries/query.hpp"
#include "domain/limits.hpp"
#include "domain/model/path.hpp"
#include "domain/namespaces/query.hpp"
#include "domain/state/digest.hpp"
#include "domain/state/meta.hpp"
#include "domain/state/writer.hpp"
#include "tests/domain/support.hpp"

namespace confman::domain {
namespace {

// The same semantics written down once more, naively: whole histories in plain maps.
class Model {
 public:
  Reply run(const Command& command, Revision position) {
    log_ms_ = std::max(log_ms_, command.stamp.wall_ms);
    if (command.idempotency_key.empty()) return decide(command, position);
    const auto name = std::pair(command.actor.id, command.idempotency_key);
    const auto known = outcomes_.find(name);
    if (known != outcomes_.end() && log_ms_ < known->second.expires_ms) {
      Reply reply = known->second.reply;
      if (known->second.body != command.body) {
        ++events;
        return {Refusal::IdempotencyKeyReused, position, 0, false, false};
      }
      reply.replayed = true;
      return reply;
    }
    const Reply reply = decide(command, position);
    outcomes_[name] = {command.body, reply, log_ms_ + kOutcomeLifetimeMs};
    return reply;
  }

  // Empty: deleted.
  using History = std::vector<std::optional<Bytes>>;
  std::map<std::pair<std::string, std::string>, History> entries;
  std::map<std::string, std::uint64_t> namespaces{{"/", 1}};
  std::uint64_t events = 0;

  std::uint64_t live_entries(const std::string& path) const {
    std::uint64_t n = 0;
    for (const auto& [name, history] : entries) n += name.first == path && history.back();
    return n;
  }

 private:
  struct Outcome {
    CommandBody body;
    Reply reply;
    std::int64_t expires_ms{};
  };

  Reply decide(const Command& command, Revision position) {
    ++events;
    Reply reply = std::visit([this](const auto& body) { return decide(body); }, command.body);
    reply.revision = position;
    return reply;
  }

  static Reply refused(Refusal refusal, std::uint64_t current) {
    Reply reply;
    reply.refusal = refusal;
    reply.version = current;
    return reply;
  }
  static Reply done(std::uint64_t version, bool created) {
    Reply reply;
    reply.version = version;
    reply.created = created;
    return reply;
  }
  static bool mismatch(const Precondition& p, std::uint64_t live) {
    return (p.if_exists && live == 0) || (p.if_version && (live == 0 || live != p.if_version));
  }

  std::uint64_t live(const std::string& path, const std::string& key) const {
    const auto entry = entries.find({path, key});
    const bool is_live = entry != entries.end() && entry->second.back();
    return is_live ? entry->second.size() : 0;
  }

  Reply decide(const PutEntry& c) {
    if (!namespaces.contains(c.path)) return refused(Refusal::NamespaceNotFound, 0);
    const std::uint64_t current = live(c.path, c.key);
    if (c.precondition.if_absent && current > 0) return refused(Refusal::EntryExists, current);
    if (mismatch(c.precondition, current)) return refused(Refusal::VersionMismatch, current);
    History& history = entries[{c.path, c.key}];
    history.emplace_back(c.value);
    return done(history.size(), current == 0);
  }

  Reply decide(const DeleteEntry& c) {
    if (!namespaces.contains(c.path)) return refused(Refusal::NamespaceNotFound, 0);
    const std::uint64_t current = live(c.path, c.key);
    if (c.precondition.if_absent && current > 0) return refused(Refusal::EntryExists, current);
    if (mismatch(c.precondition, current)) return refused(Refusal::VersionMismatch, current);
    if (current == 0) return refused(Refusal::EntryNotFound, 0);
    History& history = entries[{c.path, c.key}];
    history.emplace_back(std::nullopt);
    return done(history.size(), false);
  }

  Reply decide(const PutNamespace& c) {
    const auto found = namespaces.find(c.path);
    const std::uint64_t current = found == namespaces.end() ? 0 : found->second;
    if (current == 0 && !namespaces.contains(std::string(parent_of(c.path)))) {
      return refused(Refusal::ParentNotFound, 0);
    }
    if (c.precondition.if_absent && current > 0) return refused(Refusal::NamespaceExists, current);
    if (mismatch(c.precondition, current)) return refused(Refusal::VersionMismatch, current);
    const std::uint64_t version = 1 + (current > 0 ? current : deleted_namespaces_[c.path]);
    namespaces[c.path] = version;
    return done(version, current == 0);
  }

  Reply decide(const DeleteNamespace& c) {
    if (c.path == "/") return refused(Refusal::RootImmutable, 0);
    const auto found = namespaces.find(c.path);
    const std::uint64_t current = found == namespaces.end() ? 0 : found->second;
    if (c.precondition.if_absent && current > 0) return refused(Refusal::NamespaceExists, current);
    if (mismatch(c.precondition, current)) return refused(Refusal::VersionMismatch, current);
    if (current == 0) return refused(Refusal::NamespaceNotFound, 0);
    bool empty = live_entries(c.path) == 0;
    for (const auto& [path, version] : namespaces) empty = empty && parent_of(path) != c.path;
    if (!empty) return refused(Refusal::NamespaceNotEmpty, current);
    deleted_namespaces_[c.path] = current + 1;
    namespaces.erase(found);
    return done(0, false);
  }

  Reply decide(const RollbackEntry& c) {
    const auto entry = entries.find({c.path, c.key});
    if (entry == entries.end()) {
      return refused(
          namespaces.contains(c.path) ? Refusal::EntryNotFound : Refusal::NamespaceNotFound, 0);
    }
    const History& history = entry->second;
    const std::uint64_t current = live(c.path, c.key);
    if (c.to_version > history.size()) return refused(Refusal::VersionNotFound, current);
    const auto content = history[c.to_version - 1];
    if (!content) return refused(Refusal::VersionIsDeletion, current);
    return decide(
        PutEntry{.path = c.path, .key = c.key, .value = *content, .precondition = c.precondition});
  }

  static Reply decide(const NoteRefusedChange& c) { return refused(c.refusal, 0); }
  // Of who may do what, and who has to agree, there is no model here: random_body() draws none
  // (access_test.cpp, review_model_test.cpp).
  template <class Body>
  static Reply decide(const Body&) {
    CONFMAN_UNREACHABLE("The model knows nothing of that command.");
  }

  std::map<std::pair<std::string, std::string>, Outcome> outcomes_;
  std::map<std::string, std::uint64_t> deleted_namespaces_;
  std::int64_t log_ms_ = 0;
};

Precondition random_precondition(Random& random) {
  switch (random.below(8)) {
    case 0:
      return if_absent();
    case 1:
      return if_exists();
    case 2:
    case 3:
      return if_version(random.below(5));
    default:
      return {};
  }
}

CommandBody random_body(Random& random) {
  constexpr std::array<std::string_view, 6> kPaths{"/", "/a", "/a/b", "/a-b", "/a/b/c", "/z"};
  const std::string path(kPaths[random.below(kPaths.size())]);
  const std::string key(1, static_cast<char>('k' + random.below(3)));
  const Precondition precondition = random_precondition(random);
  switch (random.below(11)) {
    case 9:
    case 10:
      return back(path, key, 1 + random.below(6), precondition);
    case 8:
      return NoteRefusedChange{Action::MemberRemoved, "node" + path, Refusal::LastVoter};
    case 0:
    case 1:
      return make_namespace(path, precondition);
    case 2:
      return drop_namespace(path, precondition);
    case 3:
    case 4:
      return del(path, key, precondition);
    default:
      return put(path, key, std::to_string(random.below(3)), precondition);
  }
}

void expect_same_state(const World& world, const Model& model) {
  std::uint64_t live = 0;
  for (const auto& [name, history] : model.entries) {
    const auto& [path, key] = name;
    const auto found = find_entry(world.store, path, key);
    ASSERT_EQ(found.has_value(), history.back().has_value());
    live += found ? 1 : 0;
    for (std::size_t i = 0; i < history.size(); ++i) {
      const EntryRow row = find_version(world.store, path, key, i + 1).value();
      ASSERT_EQ(row.version, i + 1);
      ASSERT_EQ(row.deleted, !history[i]);
      ASSERT_EQ(row.value, history[i].value_or(""));
    }
  }
  for (const auto& [path, version] : model.namespaces) {
    const NamespaceRow row = find_namespace(world.store, path).value();
    std::uint64_t children = 0;
    for (const auto& other : model.namespaces) children += parent_of(other.first) == path;
    ASSERT_EQ(row.version, version);
    ASSERT_EQ(row.children, children);
    ASSERT_EQ(row.live_entries, model.live_entries(path));
  }
  const MetaRow meta = world.meta();
  ASSERT_EQ(meta.live_entries, live);
  ASSERT_EQ(meta.namespaces, model.namespaces.size());
  ASSERT_EQ(meta.audit_events, model.events);
}

void expect_digest_of_rows(const MemoryStateStore& store) {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  std::uint64_t outcomes = 0;
  const MetaRow meta = meta_of(store);
  for (std::size_t i = 1; i < kTableCount; ++i) {
    const auto table = static_cast<Table>(i);
    store.scan(table, {}, {}, [&](ByteView key, ByteView value) {
      const RowDigest row = digest_of_row(table, key, value);
      low += row.low;
      high += row.high;
      outcomes += table == Table::Outcome;
      if (table == Table::OutcomeExpiry) {
        EXPECT_GE(keys::parse_outcome_expiry(key)->expires_wall_ms, meta.oldest_outcome_ms);
      }
      return true;
    });
  }
  ASSERT_EQ(meta.digest_low, low);
  ASSERT_EQ(meta.digest_high, high);
  ASSERT_EQ(meta.outcomes, outcomes);
}

TEST(Model, ApplyAgreesWithTheNaiveOne) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    World world;
    Model model;
    std::set<std::optional<Refusal>> seen;
    for (int step = 0; step < 600; ++step) {
      Command command = by_alice(random_body(random));
      if (random.one_in(2)) command.idempotency_key = numbered("key", random.below(20));
      if (random.one_in(100)) world.now_ms += kOutcomeLifetimeMs;
      command.stamp = {world.now_ms += static_cast<std::int64_t>(random.below(2)), 0};
      const Reply expected = model.run(command, {1, world.meta().applied.index + 1});
      const Reply reply = world.run(command);
      ASSERT_EQ(reply, expected) << "step " << step;
      seen.insert(reply.refusal);
      if (step % 50 != 0) continue;
      ASSERT_NO_FATAL_FAILURE(expect_same_state(world, model));
      ASSERT_NO_FATAL_FAILURE(expect_digest_of_rows(world.store));
    }
    expect_same_state(world, model);
    EXPECT_GE(seen.size(), 9U) << "the walk misses refusals that it should meet";
  }
}

TEST(Model, ReplicasThatApplyTheSameLogAreEqualByteForByte) {
  Random random(99);
  World one;
  World two;
  for (int step = 0; step < 500; ++step) {
    const Command command = by_alice(random_body(random), random.one_in(3) ? "key" : "");
    const Command from_the_log = decode_command(encode(command)).value();
    ASSERT_EQ(one.run(command), two.run(from_the_log));
  }
  EXPECT_EQ(one.store, two.store);
  EXPECT_EQ(one.snapshot(), two.snapshot());
}

// The digest is of the rows, not of the way that led to them.
TEST(Digest, IsTheSameWhateverTheOrderOfWrites) {
  MemoryStateStore one;
  StateWriter straight(one);
  straight.insert(Table::Entry, "a", "1");
  straight.insert(Table::Entry, "b", "2");
  straight.finish();
  MemoryStateStore two;
  StateWriter winding(two);
  winding.insert(Table::Entry, "b", "0");
  winding.insert(Table::Entry, "c", "3");
  winding.insert(Table::Entry, "a", "1");
  winding.replace(Table::Entry, "b", "0", "2");
  winding.remove(Table::Entry, "c", "3");
  winding.finish();
  EXPECT_EQ(one, two);
  EXPECT_NE(meta_of(one).digest_low, 0U);
}

TEST(Digest, TellsTablesKeysAndValuesApart) {
  const auto low = [](Table t, ByteView k, ByteView v) { return digest_of_row(t, k, v).low; };
  const auto high = [](Table t, ByteView k, ByteView v) { return digest_of_row(t, k, v).high; };
  for (const auto& lane : {+low, +high}) {
    const std::set<std::uint64_t> digests{
        lane(Table::Entry, "ab", "c"), lane(Table::Version, "ab", "c"),
        lane(Table::Entry, "a", "bc"), lane(Table::Entry, "abc", ""),
        lane(Table::Entry, "", "abc")};
    EXPECT_EQ(digests.size(), 5U);
  }
  EXPECT_NE(low(Table::Entry, "a", "b"), high(Table::Entry, "a", "b"));
}

}  // namespace
}  // namespace confman::domain
