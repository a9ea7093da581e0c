#include "sim/oracle/storage_agrees.hpp"

#include <gtest/gtest.h>

#include "domain/state/memory_store.hpp"

// What a real store may give back, and what it mustn't.
namespace confman::sim {
namespace {

using consensus::Entry;
using consensus::EntryKind;
using consensus::LogIndex;
using consensus::RestoredLog;
using consensus::Term;

Entry entry_of(std::uint64_t index, std::uint64_t term, const std::string& text = "x") {
  return {LogIndex{index}, Term{term}, EntryKind::Command, make_payload(text)};
}

// Three entries of term 2.
class StorageAgrees : public testing::Test {
 protected:
  StorageAgrees() {
    written_.hard_state.term = Term{2};
    for (std::uint64_t i = 1; i <= 3; ++i) written_.append(entry_of(i, 2));
    found_.hard_state = written_.hard_state;
    for (const ChainedEntry& entry : written_.entries) found_.entries.push_back(entry.entry);
  }
  // The entries from the second on are among what is damaged.
  consensus::DamagedTail& damage() {
    consensus::DamagedTail& tail = found_.damaged.emplace();
    tail.before = {LogIndex{1}, Term{2}};
    tail.promised = {LogIndex{3}, Term{2}};
    tail.promised_chain = written_.entries.back().chain;
    tail.slots = {{}, {found_.entries[2], written_.entries[2].chain}};
    found_.entries.resize(1);
    return tail;
  }
  bool agree(const Injury& injury = {}) const {
    return difference(written_, found_, injury).empty();
  }

  LogImage written_;
  RestoredLog found_;
};

TEST_F(StorageAgrees, AboutWhatIsThere) {
  EXPECT_TRUE(agree());
}

TEST_F(StorageAgrees, NotIfSomethingIsMissingWithoutAWord) {
  found_.entries.pop_back();
  EXPECT_FALSE(agree());
  EXPECT_FALSE(agree({.fresh = true}));
}

TEST_F(StorageAgrees, NotIfSomethingIsMadeUp) {
  found_.entries.push_back(entry_of(4, 2));
  EXPECT_FALSE(agree({.fresh = true}));
  found_.entries.pop_back();
  found_.entries[1] = entry_of(2, 2, "y");
  EXPECT_FALSE(agree({.fresh = true}));
}

TEST_F(StorageAgrees, NotIfAVoteIsForgotten) {
  found_.hard_state.term = Term{1};
  EXPECT_FALSE(agree({.fresh = true}));
}

TEST_F(StorageAgrees, NotIfFoundersOrTheBaseAreOthers) {
  written_.founders.emplace();
  EXPECT_FALSE(agree({.fresh = true}));
  found_.founders.emplace();
  EXPECT_TRUE(agree());
  found_.base = {LogIndex{1}, Term{2}};
  found_.entries.erase(found_.entries.begin());
  EXPECT_FALSE(agree({.fresh = true}));
}

TEST_F(StorageAgrees, DamageIsReportedWhereThereCanBeSome) {
  damage();
  EXPECT_FALSE(agree());
  EXPECT_TRUE(agree({.fresh = true}));
  EXPECT_TRUE(agree({.fresh = false, .known_lost = {2}}));
  EXPECT_FALSE(agree({.fresh = false, .known_lost = {3}}));
}

TEST_F(StorageAgrees, InADamagedPartOlderEntriesMayStand) {
  consensus::DamagedTail& tail = damage();
  for (const std::uint64_t term : {1, 3}) {
    tail.slots[1].entry = entry_of(3, term, "old");
    EXPECT_TRUE(agree({.fresh = true}));
    EXPECT_FALSE(agree()) << "the disk was not damaged";
  }
  tail.slots[1].entry = entry_of(3, 2, "never written");
  EXPECT_FALSE(agree({.fresh = true}));
  tail.slots[1].entry.reset();
  found_.entries[0] = entry_of(1, 1, "old");
  EXPECT_TRUE(agree({.fresh = true})) << "nothing behind it says that it is";
  found_.entries[0] = entry_of(1, 2, "never written");
  EXPECT_FALSE(agree({.fresh = true}));
}

TEST_F(StorageAgrees, ADamagedPartPromisesWhatWasPromised) {
  consensus::DamagedTail& tail = damage();
  EXPECT_TRUE(agree({.fresh = true}));
  tail.promised_chain ^= 1;
  EXPECT_FALSE(agree({.fresh = true}));
  tail.promised_chain ^= 1;
  tail.slots.pop_back();
  EXPECT_FALSE(agree({.fresh = true}));
}

TEST(StatesAgree, RowByRow) {
  domain::MemoryStateStore written;
  domain::MemoryStateStore found;
  for (domain::MemoryStateStore* state : {&written, &found}) {
    state->put(domain::Table::Entry, "a", "1");
    state->put(domain::Table::Audit, "b", "2");
  }
  EXPECT_EQ(difference(written, found), "");
  found.put(domain::Table::Entry, "a", "2");
  EXPECT_NE(difference(written, found), "");
  found.put(domain::Table::Entry, "a", "1");
  found.erase(domain::Table::Audit, "b");
  EXPECT_NE(difference(written, found), "");
}

}  // namespace
}  // namespace confman::sim
