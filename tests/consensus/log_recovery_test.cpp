#include "consensus/log_recovery.hpp"

#include <gtest/gtest.h>

#include "consensus/hash_chain.hpp"
#include "tests/consensus/support/solo.hpp"

// What a start finds of a log, and what that means (Alagappan et al., FAST '18, §3.3: "distinguish
// crashes from corruptions").
namespace confman::consensus::test {
namespace {

// A log of entries 1 to n, as a store that lost nothing finds it.
struct Stored {
  FoundLog found;

  explicit Stored(const std::vector<std::uint64_t>& terms, std::uint64_t generation = 3) {
    std::uint64_t chain = kFirstChain;
    for (const Entry& e : log_of(terms)) {
      chain = next_chain(chain, e);
      found.records.push_back({.slot = e.index, .entry = e, .crc = entry_crc(e), .chain = chain});
    }
    found.head = head(terms.size(), generation);
    found.summary = found.head;
  }
  // The head of this log when it ended at that entry.
  LogPromise head(std::uint64_t last, std::uint64_t generation) const {
    LogPromise promise{.generation = generation,
                       .base = {},
                       .base_chain = kFirstChain,
                       .last = {},
                       .last_chain = kFirstChain,
                       .hard_state = {Term{9}, MemberId{2}}};
    if (last != 0) {
      const FoundRecord& record = found.records[last - 1];
      promise.last = {record.entry.index, record.entry.term};
      promise.last_chain = record.chain;
    }
    return promise;
  }
  FoundRecord& at(std::uint64_t index) { return found.records[index - 1]; }
  void rot(std::uint64_t index) { at(index).entry.payload = make_payload("rotten"); }
  // A batch that ends here was under way when the node stopped: the store has it, the head doesn't.
  void batch_under_way(std::uint64_t before, std::uint64_t after) {
    found.head = head(before, 3);
    found.summary = head(after, 4);
  }
};

// "1 2 | _ 4" : entries 1 and 2 are whole, 3 is missing, 4 is there behind it.
std::string shape(const std::expected<RecoveredLog, LogLoss>& recovered) {
  if (!recovered) {
    switch (recovered.error()) {
      case LogLoss::HeadMissing:
        return "no head";
      case LogLoss::HeadDamaged:
        return "head damaged";
      case LogLoss::HeadStale:
        return "head stale";
    }
  }
  const RestoredLog& log = recovered->log;
  std::string text;
  const auto say = [&](const std::string& word) { text += (text.empty() ? "" : " ") + word; };
  for (const Entry& e : log.entries) say(std::to_string(e.index.value));
  if (recovered->dropped_torn_batch) say("torn");
  if (!log.damaged) return text;
  EXPECT_EQ(log.damaged->before.index.value, log.base.index.value + log.entries.size());
  EXPECT_EQ(log.damaged->promised, recovered->promise.last);
  EXPECT_EQ(log.damaged->promised_chain, recovered->promise.last_chain);
  EXPECT_FALSE(log.damaged->slots.front().entry && log.damaged->slots.front().vouches);
  say("|");
  for (const auto& slot : log.damaged->slots) {
    say(!slot.entry ? "_" : std::to_string(slot.entry->index.value) + (slot.vouches ? "" : "?"));
  }
  return text;
}

struct Case {
  const char* what;
  std::function<void(Stored&)> happened;
  const char* found;
};

class Recovery : public testing::TestWithParam<Case> {};

// Of entries 1 to 5, of the terms 1 1 2 2 3.
const Case kCases[] = {
    {"whole", [](Stored&) {}, "1 2 3 4 5"},
    {"a rotten record in the middle", [](Stored& s) { s.rot(3); }, "1 2 | _ 4 5"},
    {"the first", [](Stored& s) { s.rot(1); }, "| _ 2 3 4 5"},
    {"the last, which was promised: not a torn end", [](Stored& s) { s.rot(5); }, "1 2 3 4 | _"},
    {"two holes",
     [](Stored& s) {
       s.rot(2);
       s.rot(4);
     },
     "1 | _ 3 _ 5"},
    {"all of them", [](Stored& s) { s.found.records.clear(); }, "| _ _ _ _ _"},
    {"a missing record", [](Stored& s) { s.found.records.erase(s.found.records.begin() + 2); },
     "1 2 | _ 4 5"},
    {"a misdirected write: another slot's record, whole in itself",
     [](Stored& s) {
       s.at(3) = s.at(2);
       s.at(3).slot = LogIndex{3};
     },
     "1 2 | _ 4 5"},
    {"a kind that there is none",
     [](Stored& s) { s.at(3).entry.kind = static_cast<EntryKind>(77); }, "1 2 | _ 4 5"},
    {"nothing where a payload was", [](Stored& s) { s.at(3).entry.payload = nullptr; },
     "1 2 | _ 4 5"},
    {"only a chain value is damaged: those before and behind it tell what it was",
     [](Stored& s) { s.at(3).chain ^= 1; }, "1 2 3 4 5"},
    {"the first chain value", [](Stored& s) { s.at(1).chain ^= 1; }, "1 2 3 4 5"},
    {"the last chain value", [](Stored& s) { s.at(5).chain ^= 1; }, "1 2 3 4 5"},
    {"a chain value behind a hole: nothing tells what it was",
     [](Stored& s) {
       s.rot(2);
       s.at(3).chain ^= 1;
     },
     "1 | _ 3 4 5"},
    {"a chain value that doesn't follow, before a hole: one of the two is of an earlier time",
     [](Stored& s) {
       s.at(3).chain ^= 1;
       s.rot(4);
     },
     "1 | 2? 3? _ 5"},
    {"the right one before one of an earlier time: that must not tell what it is",
     [](Stored& s) {
       FoundRecord before = s.at(3);
       before.entry.term = Term{1};
       FoundRecord& r = s.at(4);
       r.entry.term = Term{1};
       r.crc = entry_crc(r.entry);
       r.chain = next_chain(next_chain(s.at(2).chain, entry_crc(before.entry)), r.crc);
       s.rot(5);
     },
     "1 2 | 3? 4? _"},
    {"a record of an earlier time, exchanged for the one of that slot",
     [](Stored& s) {
       FoundRecord& r = s.at(3);
       r.entry.term = Term{1};
       r.crc = entry_crc(r.entry);
       r.chain = next_chain(s.at(2).chain, r.crc);
     },
     "1 2 | _ 4 5"},
    {"the last one of an earlier time",
     [](Stored& s) {
       FoundRecord& r = s.at(5);
       r.entry.term = Term{2};
       r.crc = entry_crc(r.entry);
       r.chain = next_chain(s.at(4).chain, r.crc);
     },
     "1 2 3 4 | _"},
    {"a hole, and the last one of an earlier time",
     [](Stored& s) {
       s.rot(3);
       FoundRecord& r = s.at(5);
       r.entry.term = Term{2};
       r.crc = entry_crc(r.entry);
       r.chain = next_chain(s.at(4).chain, r.crc);
     },
     "1 2 | _ 4 _"},
    {"two records of one slot: the one that the next confirms",
     [](Stored& s) {
       FoundRecord old = s.at(3);
       old.entry.term = Term{8};
       old.crc = entry_crc(old.entry);
       old.chain = next_chain(s.at(2).chain, old.crc);
       s.found.records.insert(s.found.records.begin(), old);
     },
     "1 2 3 4 5"},
    {"two last records: the one that the head confirms",
     [](Stored& s) {
       FoundRecord old = s.at(5);
       old.entry.term = Term{8};
       old.crc = entry_crc(old.entry);
       old.chain = next_chain(s.at(4).chain, old.crc);
       s.found.records.insert(s.found.records.begin(), old);
     },
     "1 2 3 4 5"},
    {"records behind the end are no part of the log",
     [](Stored& s) { s.found.head = s.found.summary = s.head(3, 3); }, "1 2 3"},
    {"no head", [](Stored& s) { s.found.head.reset(); }, "no head"},
    {"a dead place of the head, and nothing was under way: it may have promised more",
     [](Stored& s) { s.found.head_slot_dead = true; }, "head damaged"},
    {"a dead place of the head, and a batch was under way: that was being recorded there",
     [](Stored& s) {
       s.batch_under_way(4, 5);
       s.found.head_slot_dead = true;
     },
     "1 2 3 4 5"},
    {"a dead place of the head, and the batch isn't whole: it was, before it was recorded there",
     [](Stored& s) {
       s.batch_under_way(3, 5);
       s.found.head_slot_dead = true;
       s.rot(5);
     },
     "1 2 3 4 | _"},
    {"a dead place of the head, and what the store says can't be read",
     [](Stored& s) {
       s.found.head_slot_dead = true;
       s.found.summary.reset();
     },
     "head damaged"},
    {"an old copy of the head",
     [](Stored& s) {
       s.found.head = s.head(3, 3);
       s.found.summary = s.head(5, 5);
     },
     "head stale"},
    {"the store is behind the head: records are missing",
     [](Stored& s) {
       s.found.summary = s.head(3, 2);
       s.found.records.resize(3);
     },
     "1 2 3 | _ _"},
    {"a head that promises the impossible", [](Stored& s) { s.found.head->last = log_id(5, 10); },
     "head damaged"},
    {"a head that ends before it begins", [](Stored& s) { s.found.head->base = log_id(6, 3); },
     "head damaged"},
    {"an empty log whose end isn't its beginning",
     [](Stored& s) {
       s.found.head = s.head(0, 3);
       s.found.head->last_chain = 7;
     },
     "head damaged"},
    {"a batch under way that is whole: it may stay", [](Stored& s) { s.batch_under_way(3, 5); },
     "1 2 3 4 5"},
    {"a batch under way that is torn is dropped",
     [](Stored& s) {
       s.batch_under_way(3, 5);
       s.rot(5);
     },
     "1 2 3 torn"},
    {"a torn batch, and damage in what was promised",
     [](Stored& s) {
       s.batch_under_way(3, 5);
       s.rot(5);
       s.rot(2);
     },
     "1 torn | _ 3"},
    {"a whole batch, and damage in what was promised",
     [](Stored& s) {
       s.batch_under_way(3, 5);
       s.rot(2);
     },
     "1 | _ 3 4 5"},
    {"a summary that can't be is none",
     [](Stored& s) {
       s.found.summary = s.head(5, 4);
       s.found.summary->base = log_id(6, 3);
     },
     "1 2 3 4 5"}};

TEST_P(Recovery, FindsWhatItMeans) {
  Stored stored({1, 1, 2, 2, 3});
  GetParam().happened(stored);
  EXPECT_EQ(shape(recover(stored.found)), GetParam().found) << GetParam().what;
}

// In any order: nothing depends on how a store reads.
TEST_P(Recovery, DoesNotDependOnTheOrderOfTheRecords) {
  Stored stored({1, 1, 2, 2, 3});
  GetParam().happened(stored);
  std::ranges::reverse(stored.found.records);
  EXPECT_EQ(shape(recover(stored.found)), GetParam().found) << GetParam().what;
}

INSTANTIATE_TEST_SUITE_P(All, Recovery, testing::ValuesIn(kCases));

TEST(Recovery, KeepsTheHardStateAndTheBase) {
  Stored stored({1, 1, 2, 2, 3});
  stored.found.head->base = log_id(2, 1);
  stored.found.head->base_chain = stored.at(2).chain;
  stored.found.summary = stored.found.head;
  const auto recovered = recover(stored.found);
  EXPECT_EQ(shape(recovered), "3 4 5");
  EXPECT_EQ(recovered->log.base, log_id(2, 1));
  EXPECT_EQ(recovered->log.hard_state, (HardState{Term{9}, MemberId{2}}));
  EXPECT_EQ(recovered->promise, *stored.found.head);
}

TEST(Recovery, OfAnEmptyLogIsEmpty) {
  EXPECT_EQ(shape(recover(Stored({}).found)), "");
}

// Or each start would distrust one more.
TEST(Recovery, FindsTheSameAgainInWhatItHasKept) {
  Stored stored({1, 1, 2, 2, 3});
  stored.at(3).chain ^= 1;
  stored.rot(4);
  const auto first = recover(stored.found);
  ASSERT_EQ(shape(first), "1 | 2? 3? _ 5");
  FoundLog kept = stored.found;
  std::erase_if(kept.records, [](const FoundRecord& r) { return r.slot == LogIndex{4}; });
  for (const auto& slot : first->log.damaged->slots) {
    if (!slot.entry) continue;
    const auto row = std::ranges::find(kept.records, slot.entry->index, &FoundRecord::slot);
    *row = {slot.entry->index, *slot.entry, entry_crc(*slot.entry), slot.chain};
  }
  EXPECT_EQ(shape(recover(kept)), "1 | 2? 3? _ 5");
}

// Where damage begins is where the base is, if the base's chain isn't that of the records.
TEST(Recovery, OfABaseThatTheRecordsDoNotFollowDistrustsTheFirst) {
  Stored stored({1, 1, 2});
  stored.found.head->base = log_id(1, 1);
  stored.found.head->base_chain = 12345;
  stored.found.summary = stored.found.head;
  EXPECT_EQ(shape(recover(stored.found)), "| 2? 3");
}

}  // namespace
}  // namespace confman::consensus::test
