#pragma once

#include <gtest/gtest.h>
#include <string>

#include "consensus/ports/snapshot_store.hpp"
#include "domain/base/hash.hpp"

// What every implementation of consensus::SnapshotStore must do. An implementation is given as a
// harness: a snapshot store with the state machine that it belongs to.
//
//   class Harness {
//    public:
//     consensus::SnapshotStore& store();
//     // Changes the state durably, and names kMembers in it; other seeds, other states.
//     void fill(int seed);
//     std::string fingerprint();                         // of the state's content
//     std::optional<consensus::SnapshotMeta> build();    // and waits; nothing: failed
//     bool install(consensus::SnapshotMeta meta);        // and waits; false: rejected
//   };
namespace confman::contract {

// A store doesn't look into it.
inline constexpr ByteView kMembers = "members";

template <class Harness>
class SnapshotStoreContract : public testing::Test {
 protected:
  static Bytes read_all(Harness& from, const consensus::SnapshotMeta& meta) {
    Bytes stream;
    while (auto piece = from.store().read(meta.last, stream.size(), 1000)) {
      if (piece->empty()) {
        break;
      }
      stream += *piece;
    }
    return stream;
  }
  static void stage_all(Harness& to, const consensus::SnapshotMeta& meta, const Bytes& stream) {
    std::uint64_t at = 0;
    while (at < stream.size()) {
      const auto next = to.store().stage(meta, at, ByteView(stream).substr(at, 700));
      ASSERT_GT(next, at);
      at = next;
    }
  }

  Harness sender_;
  Harness receiver_;
};

TYPED_TEST_SUITE_P(SnapshotStoreContract);

TYPED_TEST_P(SnapshotStoreContract, AnEmptyStateHasNoSnapshot) {
  EXPECT_EQ(this->sender_.build(), std::nullopt);
}

TYPED_TEST_P(SnapshotStoreContract, MetaDescribesTheStream) {
  this->sender_.fill(1);
  const auto meta = this->sender_.build();
  ASSERT_TRUE(meta);
  EXPECT_EQ(meta->membership, kMembers);
  EXPECT_GT(meta->last.index.value, 0U);
  const Bytes stream = this->read_all(this->sender_, *meta);
  EXPECT_EQ(stream.size(), meta->size);
  EXPECT_EQ(crc32c(stream), meta->checksum);
  EXPECT_EQ(this->sender_.store().read({meta->last.index.next(), meta->last.term}, 0, 10),
            std::nullopt);
}

TYPED_TEST_P(SnapshotStoreContract, BuildingAnewReplacesTheOldOne) {
  this->sender_.fill(1);
  const auto first = this->sender_.build();
  this->sender_.fill(2);
  const auto second = this->sender_.build();
  ASSERT_TRUE(first && second);
  ASSERT_NE(first->last, second->last);
  EXPECT_EQ(this->sender_.store().read(first->last, 0, 10), std::nullopt);
  EXPECT_TRUE(this->sender_.store().read(second->last, 0, 10));
}

TYPED_TEST_P(SnapshotStoreContract, AnInstalledStateIsTheSendersState) {
  this->sender_.fill(1);
  this->receiver_.fill(2);
  const auto meta = this->sender_.build();
  ASSERT_TRUE(meta);
  this->stage_all(this->receiver_, *meta, this->read_all(this->sender_, *meta));
  ASSERT_TRUE(this->receiver_.install(*meta));
  EXPECT_EQ(this->receiver_.fingerprint(), this->sender_.fingerprint());
  // And it goes on from there.
  const auto again = this->receiver_.build();
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, *meta);
}

TYPED_TEST_P(SnapshotStoreContract, StagingTakesOnlyWhatFollows) {
  this->sender_.fill(1);
  const auto meta = this->sender_.build();
  ASSERT_TRUE(meta);
  auto& store = this->receiver_.store();
  EXPECT_EQ(store.stage(*meta, 5, "later"), 0U);
  EXPECT_EQ(store.stage(*meta, 0, "begin"), 5U);
  EXPECT_EQ(store.stage(*meta, 0, "begin"), 5U);
  EXPECT_EQ(store.stage(*meta, 9, "gap"), 5U);
  EXPECT_EQ(store.stage(*meta, 5, Bytes(meta->size, 'x')), 5U) << "more than was announced";
  auto other = *meta;
  other.checksum ^= 1;
  EXPECT_EQ(store.stage(other, 5, "begin"), 0U) << "another stream starts at its beginning";
}

TYPED_TEST_P(SnapshotStoreContract, ADamagedStreamIsRejectedAndChangesNothing) {
  this->sender_.fill(1);
  this->receiver_.fill(2);
  const auto meta = this->sender_.build();
  ASSERT_TRUE(meta);
  const Bytes stream = this->read_all(this->sender_, *meta);
  const auto before = this->receiver_.fingerprint();
  for (std::size_t at = 0; at < stream.size(); at += 1 + stream.size() / 17) {
    Bytes damaged = stream;
    damaged[at] = static_cast<char>(damaged[at] ^ 4);
    this->stage_all(this->receiver_, *meta, damaged);
    EXPECT_FALSE(this->receiver_.install(*meta)) << at;
    EXPECT_EQ(this->receiver_.fingerprint(), before) << at;
  }
  auto wrong = *meta;
  wrong.checksum ^= 1;
  this->stage_all(this->receiver_, wrong, stream);
  EXPECT_FALSE(this->receiver_.install(wrong));
  this->stage_all(this->receiver_, *meta, stream.substr(0, stream.size() - 1));
  EXPECT_FALSE(this->receiver_.install(*meta)) << "incomplete";
  wrong = *meta;
  wrong.membership = "others";
  this->stage_all(this->receiver_, wrong, stream);
  EXPECT_FALSE(this->receiver_.install(wrong));
  wrong = *meta;
  wrong.chain ^= 1;
  this->stage_all(this->receiver_, wrong, stream);
  EXPECT_FALSE(this->receiver_.install(wrong));
  EXPECT_EQ(this->receiver_.fingerprint(), before);
  // What was rejected is gone: the same stream, whole, is taken from its beginning.
  this->stage_all(this->receiver_, *meta, stream);
  EXPECT_TRUE(this->receiver_.install(*meta));
}

REGISTER_TYPED_TEST_SUITE_P(SnapshotStoreContract, AnEmptyStateHasNoSnapshot,
                            MetaDescribesTheStream, BuildingAnewReplacesTheOldOne,
                            AnInstalledStateIsTheSendersState, StagingTakesOnlyWhatFollows,
                            ADamagedStreamIsRejectedAndChangesNothing);

}  // namespace confman::contract
