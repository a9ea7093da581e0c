#pragma once

#include "tests/contract/log_store_contract.hpp"

// What every log store must do with a record that the disk has lost. The harness is that of
// log_store_contract.hpp, and can do this:
//
//     // Stops in order, loses the record of that entry, and starts again.
//     consensus::RestoredLog lose(std::uint64_t index);
namespace confman::contract {

template <class Harness>
class DamagedLogContract : public LogStoreContract<Harness> {
 protected:
  // Ten entries, without one.
  RestoredLog without(std::uint64_t lost) {
    this->vote(1, std::nullopt);
    this->harness_.await(this->append(1, 10, 1));
    this->next_ = {};
    return this->harness_.lose(lost);
  }
  PersistSeq fill(std::uint64_t index) {
    PersistRequest r = this->request();
    r.fill = {this->numbered(index, 1)};
    return this->send(std::move(r));
  }
};

TYPED_TEST_SUITE_P(DamagedLogContract);

TYPED_TEST_P(DamagedLogContract, SaysWhatIsMissingAndWhatIsLeft) {
  const auto log = this->without(4);
  ASSERT_TRUE(log.damaged);
  EXPECT_EQ(log.entries.size(), 3U);
  EXPECT_EQ(log.damaged->before, this->point_at(3, 1).id);
  EXPECT_EQ(log.damaged->chain_before, this->point_at(3, 1).chain);
  EXPECT_EQ(log.damaged->promised, this->point_at(10, 1).id);
  EXPECT_EQ(log.damaged->promised_chain, this->point_at(10, 1).chain);
  ASSERT_EQ(log.damaged->slots.size(), 7U);
  EXPECT_FALSE(log.damaged->slots[0].entry);
  EXPECT_EQ(log.damaged->slots[1].entry, this->numbered(5, 1));
  EXPECT_EQ(log.damaged->slots[1].chain, this->point_at(5, 1).chain);
}

TYPED_TEST_P(DamagedLogContract, LosesNothingMoreByARestart) {
  this->without(10);
  this->harness_.reopen();
  const auto log = this->harness_.crash();
  ASSERT_TRUE(log.damaged);
  EXPECT_EQ(log.damaged->first(), LogIndex{10});
  EXPECT_EQ(log.entries.size(), 9U);
}

TYPED_TEST_P(DamagedLogContract, IsWholeWhenWhatIsMissingIsFilledIn) {
  this->without(4);
  this->expect_entries(this->after_crash(this->fill(4)), 1, 10);
}

TYPED_TEST_P(DamagedLogContract, IsFilledOneHoleAfterTheOther) {
  this->without(4);
  this->harness_.lose(10);
  const auto log = this->after_crash(this->fill(4));
  ASSERT_TRUE(log.damaged);
  EXPECT_EQ(log.damaged->first(), LogIndex{10});
  this->expect_entries(this->after_crash(this->fill(10)), 1, 10);
}

TYPED_TEST_P(DamagedLogContract, FillingTouchesNothingElse) {
  this->vote(1, std::nullopt);
  this->append(1, 10, 1);
  this->fill(6);
  this->expect_entries(this->after_crash(this->append(11, 12, 1)), 1, 12);
}

TYPED_TEST_P(DamagedLogContract, ARebaseDropsWhatIsDamaged) {
  this->without(4);
  auto r = this->request();
  r.rebase = this->point_at(6, 1);
  this->send(std::move(r));
  const auto log = this->after_crash(this->append(11, 12, 1));
  EXPECT_EQ(log.base, (LogId{LogIndex{6}, Term{1}}));
  this->expect_entries(log, 7, 12);
}

// Another log takes the place of what is lost.
TYPED_TEST_P(DamagedLogContract, IsTruncatedWhereTheDamageBegins) {
  this->without(4);
  this->vote(2, std::nullopt);
  auto r = this->request();
  r.truncate_from = LogIndex{4};
  r.append = {this->numbered(4, 2), this->numbered(5, 2)};
  this->expect_entries(this->after_crash(this->send(std::move(r))), 1, 5);
}

TYPED_TEST_P(DamagedLogContract, AResetEndsTheDamage) {
  this->without(4);
  auto r = this->request();
  r.reset_to = this->point_at(20, 1);
  this->send(std::move(r));
  this->expect_entries(this->after_crash(this->append(21, 22, 1)), 21, 22);
}

REGISTER_TYPED_TEST_SUITE_P(DamagedLogContract, SaysWhatIsMissingAndWhatIsLeft,
                            LosesNothingMoreByARestart, IsWholeWhenWhatIsMissingIsFilledIn,
                            IsFilledOneHoleAfterTheOther, FillingTouchesNothingElse,
                            ARebaseDropsWhatIsDamaged, IsTruncatedWhereTheDamageBegins,
                            AResetEndsTheDamage);

}  // namespace confman::contract
