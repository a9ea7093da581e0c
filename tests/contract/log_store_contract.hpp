#pragma once

#include <gtest/gtest.h>
#include <memory>
#include <string>

#include "consensus/hash_chain.hpp"
#include "consensus/ports/log_store.hpp"

// What every implementation of consensus::LogStore must do. An implementation is given as a
// harness:
//
//   class Harness {
//    public:
//     consensus::LogStore& store();
//     void await(consensus::PersistSeq seq);   // until everything up to seq has been reported
//     consensus::RestoredLog reopen();         // stops in order and starts again
//     consensus::RestoredLog crash();          // loses what isn't durable and starts again
//   };
//
//   INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, LogStoreContract, SqliteLogHarness);
namespace confman::contract {

using namespace confman::consensus;  // NOLINT(google-build-using-namespace): test vocabulary

inline Entry entry_of(std::uint64_t index, std::uint64_t term, const std::string& text = "x") {
  return {LogIndex{index}, Term{term}, EntryKind::Command, make_payload(text)};
}

// Two founders, of which this disk has met one.
inline FounderRecord founders_of(std::uint64_t incarnation, bool founded) {
  const auto founder = [](std::uint64_t id, std::uint64_t met) {
    const std::string host = "host" + std::to_string(id);
    return Member{MemberId{id}, MemberRole::Voter, met, host, host + ":1", host + ":2"};
  };
  return {{{founder(1, incarnation), founder(2, 0)}, {}}, founded};
}

template <class Harness>
class LogStoreContract : public testing::Test {
 protected:
  PersistRequest request() {
    PersistRequest out;
    out.seq = next_ = next_.next();
    return out;
  }
  PersistSeq send(PersistRequest r) {
    const PersistSeq seq = r.seq;
    harness_.store().persist(std::move(r));
    return seq;
  }
  PersistSeq append(std::uint64_t from, std::uint64_t through, std::uint64_t term) {
    PersistRequest r = request();
    for (std::uint64_t i = from; i <= through; ++i) {
      r.append.push_back(numbered(i, term));
    }
    return send(std::move(r));
  }
  PersistSeq vote(std::uint64_t term, std::optional<MemberId> member) {
    PersistRequest r = request();
    r.hard_state = HardState{Term{term}, member};
    return send(std::move(r));
  }
  RestoredLog after_crash(PersistSeq seq) {
    harness_.await(seq);
    next_ = {};
    return harness_.crash();
  }
  static Entry numbered(std::uint64_t index, std::uint64_t term) {
    return entry_of(index, term, "entry " + std::to_string(index));
  }
  // Of a log that has had such entries only, all of one term, behind `start`.
  static LogPoint point_at(std::uint64_t index, std::uint64_t term, LogPoint start = {}) {
    for (std::uint64_t i = start.id.index.value + 1; i <= index; ++i) {
      start = {{LogIndex{i}, Term{term}}, next_chain(start.chain, numbered(i, term))};
    }
    return start;
  }
  static void expect_entries(const RestoredLog& log, std::uint64_t first, std::uint64_t last) {
    ASSERT_FALSE(log.damaged) << "from " << log.damaged->first().value << " on";
    ASSERT_EQ(log.entries.size(), last + 1 - first);
    for (std::uint64_t i = first; i <= last; ++i) {
      const Entry& entry = log.entries[i - first];
      EXPECT_EQ(entry.index.value, i);
      EXPECT_EQ(*entry.payload, "entry " + std::to_string(i));
    }
  }

  Harness harness_;
  PersistSeq next_;
};

TYPED_TEST_SUITE_P(LogStoreContract);

TYPED_TEST_P(LogStoreContract, StartsEmpty) {
  const auto log = this->harness_.reopen();
  EXPECT_EQ(log.hard_state, HardState{});
  EXPECT_EQ(log.base, LogId{});
  EXPECT_TRUE(log.entries.empty());
  EXPECT_FALSE(log.damaged);
  EXPECT_FALSE(log.founders);
}

TYPED_TEST_P(LogStoreContract, KeepsWhatItReported) {
  this->vote(3, MemberId{2});
  const auto log = this->after_crash(this->append(1, 20, 3));
  EXPECT_EQ(log.hard_state, (HardState{Term{3}, MemberId{2}}));
  this->expect_entries(log, 1, 20);
}

TYPED_TEST_P(LogStoreContract, AnOrderlyStopKeepsWhatWasQueued) {
  this->vote(1, std::nullopt);
  for (std::uint64_t i = 1; i <= 50; ++i) {
    this->append(i, i, 1);
  }
  this->expect_entries(this->harness_.reopen(), 1, 50);
}

TYPED_TEST_P(LogStoreContract, KeepsEveryByteAndKind) {
  Bytes all;
  for (int i = 0; i < 256; ++i) {
    all.push_back(static_cast<char>(i));
  }
  this->vote(1, std::nullopt);
  auto r = this->request();
  r.append = {{LogIndex{1}, Term{1}, EntryKind::Noop, make_payload("")},
              {LogIndex{2}, Term{1}, EntryKind::Command, make_payload(all)},
              {LogIndex{3}, Term{1}, EntryKind::Membership, make_payload(Bytes(100'000, '\0'))}};
  const auto expected = r.append;
  const auto log = this->after_crash(this->send(std::move(r)));
  EXPECT_EQ(log.entries, expected);
}

TYPED_TEST_P(LogStoreContract, AVoteCanBeTakenBackOnlyByATerm) {
  this->vote(4, MemberId{1});
  const auto log = this->after_crash(this->vote(5, std::nullopt));
  EXPECT_EQ(log.hard_state, (HardState{Term{5}, std::nullopt}));
}

TYPED_TEST_P(LogStoreContract, TruncatesBeforeItAppends) {
  this->vote(2, std::nullopt);
  this->append(1, 10, 1);
  auto r = this->request();
  r.truncate_from = LogIndex{6};
  r.append = {entry_of(6, 2, "entry 6"), entry_of(7, 2, "entry 7")};
  const auto log = this->after_crash(this->send(std::move(r)));
  this->expect_entries(log, 1, 7);
  EXPECT_EQ(log.entries[4].term, Term{1});
  EXPECT_EQ(log.entries[5].term, Term{2});
}

TYPED_TEST_P(LogStoreContract, TruncatesToNothing) {
  this->vote(2, std::nullopt);
  this->append(1, 10, 1);
  auto r = this->request();
  r.truncate_from = LogIndex{1};
  const auto log = this->after_crash(this->send(std::move(r)));
  EXPECT_TRUE(log.entries.empty());
  EXPECT_EQ(log.base, LogId{});
}

TYPED_TEST_P(LogStoreContract, CompactsAPrefix) {
  this->vote(1, std::nullopt);
  this->append(1, 100, 1);
  auto r = this->request();
  r.compact_to = LogId{LogIndex{60}, Term{1}};
  const auto log = this->after_crash(this->send(std::move(r)));
  EXPECT_EQ(log.base, (LogId{LogIndex{60}, Term{1}}));
  this->expect_entries(log, 61, 100);
}

TYPED_TEST_P(LogStoreContract, CompactsEverythingAndGoesOn) {
  this->vote(1, std::nullopt);
  this->append(1, 5, 1);
  auto r = this->request();
  r.compact_to = LogId{LogIndex{5}, Term{1}};
  this->send(std::move(r));
  const auto log = this->after_crash(this->append(6, 8, 1));
  EXPECT_EQ(log.base, (LogId{LogIndex{5}, Term{1}}));
  this->expect_entries(log, 6, 8);
}

TYPED_TEST_P(LogStoreContract, TruncatesDownToTheCompactedPrefix) {
  this->vote(2, std::nullopt);
  this->append(1, 10, 1);
  auto r = this->request();
  r.compact_to = LogId{LogIndex{7}, Term{1}};
  this->send(std::move(r));
  r = this->request();
  r.truncate_from = LogIndex{8};
  r.append = {entry_of(8, 2, "entry 8")};
  const auto log = this->after_crash(this->send(std::move(r)));
  EXPECT_EQ(log.base, (LogId{LogIndex{7}, Term{1}}));
  this->expect_entries(log, 8, 8);
}

TYPED_TEST_P(LogStoreContract, ResetDropsTheWholeLog) {
  this->vote(7, std::nullopt);
  this->append(1, 10, 1);
  auto r = this->request();
  r.reset_to = LogPoint{{LogIndex{500}, Term{6}}, 77};
  this->send(std::move(r));
  const auto log = this->after_crash(this->append(501, 503, 7));
  EXPECT_EQ(log.base, (LogId{LogIndex{500}, Term{6}}));
  this->expect_entries(log, 501, 503);
}

TYPED_TEST_P(LogStoreContract, KeepsTheLatestFounders) {
  auto r = this->request();
  r.founders = founders_of(5, false);
  this->send(std::move(r));
  this->append(1, 2, 0);
  r = this->request();
  r.founders = founders_of(6, true);
  const auto log = this->after_crash(this->send(std::move(r)));
  EXPECT_EQ(log.founders, founders_of(6, true));
  EXPECT_EQ(this->harness_.reopen().founders, founders_of(6, true));
}

TYPED_TEST_P(LogStoreContract, ARebaseDropsWhatIsUpToThere) {
  this->vote(1, std::nullopt);
  this->append(1, 10, 1);
  auto r = this->request();
  r.rebase = this->point_at(6, 1);
  const auto log = this->after_crash(this->send(std::move(r)));
  EXPECT_EQ(log.base, (LogId{LogIndex{6}, Term{1}}));
  this->expect_entries(log, 7, 10);
}

// Else what follows could not be told from another log's entries.
TYPED_TEST_P(LogStoreContract, AChainGoesOnFromWhereItIsSaidToBegin) {
  this->vote(7, std::nullopt);
  auto r = this->request();
  r.reset_to = LogPoint{{LogIndex{500}, Term{7}}, 77};
  const LogPoint start = *r.reset_to;
  this->send(std::move(r));
  this->append(501, 510, 7);
  r = this->request();
  r.compact_to = LogId{LogIndex{503}, Term{7}};
  this->send(std::move(r));
  r = this->request();
  r.rebase = this->point_at(505, 7, start);
  const auto log = this->after_crash(this->send(std::move(r)));
  this->expect_entries(log, 506, 510);

  r = this->request();
  r.rebase = this->point_at(506, 7, start);
  r.rebase->chain ^= 1;
  const auto other = this->after_crash(this->send(std::move(r)));
  ASSERT_TRUE(other.damaged) << "507 follows another 506";
  EXPECT_EQ(other.damaged->first(), LogIndex{507});
}

TYPED_TEST_P(LogStoreContract, ARequestIsAtomicAndOrdered) {
  this->vote(9, std::nullopt);
  this->append(1, 3, 1);
  // Founders, reset, truncate, append, hard state, compact, in this order.
  auto r = this->request();
  r.founders = founders_of(4, true);
  r.reset_to = LogPoint{{LogIndex{10}, Term{2}}, 77};
  r.truncate_from = LogIndex{11};
  r.append = {entry_of(11, 9, "entry 11"), entry_of(12, 9, "entry 12")};
  r.hard_state = HardState{Term{9}, MemberId{3}};
  r.compact_to = LogId{LogIndex{11}, Term{9}};
  const auto log = this->after_crash(this->send(std::move(r)));
  EXPECT_EQ(log.founders, founders_of(4, true));
  EXPECT_EQ(log.hard_state, (HardState{Term{9}, MemberId{3}}));
  EXPECT_EQ(log.base, (LogId{LogIndex{11}, Term{9}}));
  this->expect_entries(log, 12, 12);
}

TYPED_TEST_P(LogStoreContract, GoesOnAfterRestarts) {
  this->vote(1, std::nullopt);
  std::uint64_t last = 0;
  for (int round = 0; round < 5; ++round) {
    const auto log = this->after_crash(this->append(last + 1, last + 7, 1));
    last += 7;
    this->expect_entries(log, 1, last);
  }
}

REGISTER_TYPED_TEST_SUITE_P(LogStoreContract, StartsEmpty, KeepsWhatItReported,
                            AnOrderlyStopKeepsWhatWasQueued, KeepsEveryByteAndKind,
                            AVoteCanBeTakenBackOnlyByATerm, TruncatesBeforeItAppends,
                            TruncatesToNothing, CompactsAPrefix, CompactsEverythingAndGoesOn,
                            TruncatesDownToTheCompactedPrefix, ResetDropsTheWholeLog,
                            KeepsTheLatestFounders, ARebaseDropsWhatIsUpToThere,
                            AChainGoesOnFromWhereItIsSaidToBegin, ARequestIsAtomicAndOrdered,
                            GoesOnAfterRestarts);

}  // namespace confman::contract
