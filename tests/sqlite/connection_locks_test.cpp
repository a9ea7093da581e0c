#include "adapters/sqlite/connection_locks.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>

namespace confman::sqlite {
namespace {

class ConnectionLocksTest : public testing::Test {
 protected:
  ConnectionLocks locks_;
  ConnectionLocks::Holder a_;
  ConnectionLocks::Holder b_;
};

TEST_F(ConnectionLocksTest, ReadersShareAndOneWriterReserves) {
  EXPECT_TRUE(locks_.lock(a_, SQLITE_LOCK_SHARED));
  EXPECT_TRUE(locks_.lock(b_, SQLITE_LOCK_SHARED));
  EXPECT_FALSE(locks_.is_reserved());
  EXPECT_TRUE(locks_.lock(a_, SQLITE_LOCK_RESERVED));
  EXPECT_TRUE(locks_.is_reserved());
  EXPECT_FALSE(locks_.lock(b_, SQLITE_LOCK_RESERVED));
  EXPECT_EQ(b_.level, SQLITE_LOCK_SHARED);
}

TEST_F(ConnectionLocksTest, AWriterThatWaitsForReadersLetsNoNewOneIn) {
  ASSERT_TRUE(locks_.lock(a_, SQLITE_LOCK_SHARED));
  ASSERT_TRUE(locks_.lock(b_, SQLITE_LOCK_SHARED));
  EXPECT_FALSE(locks_.lock(a_, SQLITE_LOCK_EXCLUSIVE));
  EXPECT_EQ(a_.level, SQLITE_LOCK_PENDING);
  ConnectionLocks::Holder late;
  EXPECT_FALSE(locks_.lock(late, SQLITE_LOCK_SHARED));
  locks_.unlock(b_, SQLITE_LOCK_NONE);
  EXPECT_TRUE(locks_.lock(a_, SQLITE_LOCK_EXCLUSIVE));
  locks_.unlock(a_, SQLITE_LOCK_SHARED);
  EXPECT_TRUE(locks_.lock(late, SQLITE_LOCK_SHARED));
}

TEST_F(ConnectionLocksTest, SlotsAreSharedOrTaken) {
  EXPECT_TRUE(locks_.lock_slots(a_, 3, 1, false));
  EXPECT_TRUE(locks_.lock_slots(b_, 3, 1, false));
  EXPECT_FALSE(locks_.lock_slots(b_, 2, 3, true)) << "one of three is shared";
  EXPECT_TRUE(locks_.lock_slots(b_, 4, 2, true));
  EXPECT_FALSE(locks_.lock_slots(a_, 5, 1, false));
  locks_.unlock_slots(b_, 4, 2);
  EXPECT_TRUE(locks_.lock_slots(a_, 5, 1, false));
  locks_.unlock_slots(a_, 3, 1);
  EXPECT_FALSE(locks_.lock_slots(a_, 3, 1, true)) << "the other one still has it";
  locks_.unlock_slots(b_, 3, 1);
  EXPECT_TRUE(locks_.lock_slots(a_, 3, 1, true));
}

TEST_F(ConnectionLocksTest, TheIndexIsSharedUntilTheLastOneLeaves) {
  EXPECT_EQ(locks_.map(a_, 0, 100, false), nullptr);
  auto* region = static_cast<char*>(locks_.map(a_, 1, 100, true));
  ASSERT_NE(region, nullptr);
  EXPECT_EQ(region[99], 0);
  region[0] = 'x';
  EXPECT_EQ(locks_.map(b_, 1, 100, false), region);
  ASSERT_TRUE(locks_.lock_slots(a_, 0, 8, true));
  locks_.unmap(a_);
  EXPECT_TRUE(locks_.lock_slots(b_, 0, 1, true)) << "who leaves leaves no locks";
  EXPECT_EQ(locks_.map(b_, 1, 100, false), region);
  locks_.unmap(b_);
  EXPECT_EQ(locks_.map(a_, 1, 100, false), nullptr);
}

}  // namespace
}  // namespace confman::sqlite
