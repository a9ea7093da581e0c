// A state that is read through finds nothing where nothing is wrong, whatever is written meanwhile.

#include <gtest/gtest.h>
#include <map>

#include "domain/entries/entry.hpp"
#include "domain/namespaces/namespace.hpp"
#include "domain/outcomes/outcome.hpp"
#include "domain/state/digest.hpp"
#include "domain/state/meta.hpp"
#include "sim/seed/prng.hpp"
#include "sim/storage/node_storage.hpp"
#include "tests/sim_storage/storage_fixture.hpp"
#include "tests/sqlite/state_fill.hpp"

namespace confman::sim {
namespace {

using domain::Table;

// Rows that sum up to what their Meta row says, of any content: apply erases few of them.
class Rows {
 public:
  explicit Rows(domain::StateStore& store) : store_(store) {}

  void put(Table table, const Bytes& key, const Bytes& value) {
    erase(table, key);
    count(table, key, value, 1);
    rows_[{table, key}] = value;
    store_.put(table, key, value);
  }
  void erase(Table table, const Bytes& key) {
    const auto row = rows_.find({table, key});
    if (row == rows_.end()) return;
    count(table, key, row->second, ~std::uint64_t{0});
    rows_.erase(row);
    store_.erase(table, key);
  }
  void commit() {
    ++meta_.applied.index;
    store_.put(Table::Meta, domain::keys::kMeta, domain::encode(meta_));
    store_.command_applied();
  }

 private:
  void count(Table table, const Bytes& key, const Bytes& value, std::uint64_t times) {
    const auto digest = domain::digest_of_row(table, key, value);
    meta_.digest_low += digest.low * times;
    meta_.digest_high += digest.high * times;
    if (table == Table::Namespace) meta_.namespaces += times;
    if (table == Table::Outcome) meta_.outcomes += times;
    const auto entry = domain::decode_entry_row(value);
    if (table == Table::Entry && entry && !entry->deleted) meta_.live_entries += times;
  }

  domain::StateStore& store_;
  std::map<std::pair<Table, Bytes>, Bytes> rows_;
  domain::MetaRow meta_;
};

NodeStorage::Options scrubbing(Prng& prng, std::uint64_t most_rows) {
  NodeStorage::Options options;
  options.state.scrub.rows_per_step = 1 + prng.below(most_rows);
  options.state.checkpoint_pages = 20;
  return options;
}

bool is_done(NodeStorage& storage) {
  return storage.state().scrubbed().done;
}

void flush(NodeStorage& storage) {
  storage.state().flush();
  if (storage.has_work(NodeStorage::Job::State)) storage.run(NodeStorage::Job::State);
  (void)storage.take_completions();
}

// Each life begins with what the one before has written.
TEST(Scrub, CommandsMeanwhileDoNotConcernIt) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    Prng prng(seed, "scrub");
    NodeStorage storage(scrubbing(prng, 40));
    for (int life = 0; life < 5; ++life) {
      open_or_abort(storage);
      for (int n = 0; !is_done(storage); ++n) {
        // Nobody writes as fast for ever.
        for (auto i = n < 200 ? prng.below(6) : 0; i > 0; --i) {
          sqlite::apply_one(storage.state(), prng.next() % 1000);
        }
        if (prng.chance(1, 3)) flush(storage);
        storage.scrub_on();
      }
      for (int i = 0; i < 40; ++i) sqlite::apply_one(storage.state(), prng.next() % 1000);
      if (prng.chance(1, 2)) {
        storage.close();
      } else {
        flush(storage);
        storage.kill();
      }
    }
  }
}

// In all tables, on both sides of what has been read and right at it.
TEST(Scrub, RowsThatComeChangeAndGoMeanwhileDoNotConcernIt) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(seed);
    Prng prng(seed, "scrub");
    NodeStorage storage(scrubbing(prng, 5));
    open_or_abort(storage);
    Rows rows(storage.state());
    const auto change = [&] {
      const std::string name = "n" + std::to_string(prng.below(12));
      const Bytes value(prng.below(30), static_cast<char>('a' + prng.below(3)));
      domain::EntryRow entry;
      entry.version = 1 + prng.below(2);
      entry.value = value;
      entry.deleted = prng.chance(1, 3);
      const bool erases = prng.chance(1, 3);
      const auto put = [&](Table table, const Bytes& key, const Bytes& row) {
        erases ? rows.erase(table, key) : rows.put(table, key, row);
      };
      switch (prng.below(5)) {
        case 0:
          return put(Table::Namespace, domain::keys::of_namespace(name), value);
        case 1:
          return put(Table::Entry, domain::keys::of_entry(name, "k"), domain::encode(entry));
        case 2:
          return put(Table::Version, domain::keys::of_version(name, "k", entry.version),
                     domain::encode(entry));
        case 3:
          return put(Table::Outcome, domain::keys::of_outcome(name, "i"), value);
        default:
          return put(Table::OutcomeExpiry, domain::keys::of_outcome_expiry(1, name, "i"), "");
      }
    };
    const auto some = [&](std::uint64_t most) {
      for (auto i = 1 + prng.below(most); i > 0; --i) change();
      rows.commit();
      flush(storage);
    };
    some(60);
    for (int n = 0; n < 40 && !is_done(storage); ++n) {
      storage.scrub_on();
      if (prng.chance(1, 2)) some(4);
    }
    while (!is_done(storage)) storage.scrub_on();
    EXPECT_GT(storage.state().scrubbed().rows, 0U);
  }
}

}  // namespace
}  // namespace confman::sim
