#include <algorithm>
#include <functional>
#include <gtest/gtest.h>

#include "domain/catalogue.hpp"
#include "domain/snapshot/format.hpp"
#include "domain/snapshot/stream.hpp"
#include "domain/state/digest.hpp"
#include "tests/domain/support.hpp"

namespace confman::domain {
namespace {

using namespace snapshot_format;

World world_with_content(std::size_t entries = 20, std::size_t value_bytes = 50) {
  World world;
  world.change_members("membership");
  world.run(make_namespace("/a"));
  for (std::size_t i = 0; i < entries; ++i) {
    world.run(put("/a", numbered("k", i), Bytes(value_bytes, 'v')),
              i % 2 == 0 ? numbered("key", i) : "");
  }
  world.run(del("/a", "k1"));
  return world;
}

// The fault of a stream fed in pieces; nothing if it is good.
std::optional<SnapshotFault> fault_of(ByteView stream, std::size_t piece = SIZE_MAX) {
  SnapshotReader reader([](Table, ByteView, ByteView) {});
  for (std::size_t at = 0; at < stream.size(); at += std::min(piece, stream.size() - at)) {
    const auto fed = reader.feed(stream.substr(at, piece));
    if (!fed) {
      EXPECT_EQ(reader.finish().error(), fed.error()) << "a fault must stick";
      return fed.error();
    }
  }
  const auto end = reader.finish();
  return end ? std::nullopt : std::optional(end.error());
}

TEST(Snapshot, TakesWhatADeletedNamespaceLeaves) {
  World world = world_with_content();
  world.run(make_namespace("/b"));
  world.run(drop_namespace("/b"));
  EXPECT_EQ(fault_of(world.snapshot()), std::nullopt);
}

// A stream put together by hand, so that each part can be wrong in one way only.
struct Row {
  std::uint8_t table;
  Bytes key;
  Bytes value;
};
struct Forge {
  SnapshotHeader header;
  std::vector<Row> rows;
  std::uint64_t first_sequence = 0;
  std::optional<std::uint64_t> row_count;
  bool wrong_hash = false;
  bool footer = true;

  explicit Forge(const World& world)
      : header{"test", world.meta().applied, cluster_of(world.store).membership, 0} {
    for (std::size_t i = 0; i < kTableCount; ++i) {
      world.store.scan(static_cast<Table>(i), {}, {}, [&](ByteView key, ByteView value) {
        rows.push_back({static_cast<std::uint8_t>(i), Bytes(key), Bytes(value)});
        return true;
      });
    }
  }

  static void seal(Bytes& part) { ByteWriter(part).u32(crc32c(part)); }

  Bytes stream() const {
    Bytes out;
    SnapshotWriter(header, [&out](ByteView bytes) { out += bytes; });
    Bytes content;
    for (const Row& row : rows) {
      ByteWriter writer(content);
      writer.u8(row.table);
      writer.bytes(row.key);
      writer.bytes(row.value);
    }
    Bytes block(1, kBlockMark);
    ByteWriter writer(block);
    writer.u64(first_sequence);
    writer.u32(static_cast<std::uint32_t>(content.size()));
    writer.raw(content);
    seal(block);
    out += block;
    if (!footer) return out;
    Bytes end(1, kFooterMark);
    ByteWriter(end).u64(row_count.value_or(rows.size()));
    ByteWriter(end).raw(as_view(sha256(wrong_hash ? "something else" : out)));
    seal(end);
    return out + end;
  }
};

TEST(Snapshot, CarriesTheWholeState) {
  const World world = world_with_content();
  MemoryStateStore loaded;
  SnapshotReader reader(
      [&loaded](Table table, ByteView key, ByteView value) { loaded.put(table, key, value); });
  const Bytes stream = world.snapshot();
  ASSERT_TRUE(reader.feed(stream));
  const auto header = reader.finish();
  ASSERT_TRUE(header);
  EXPECT_EQ(header->cluster, "test");
  EXPECT_EQ(header->position, world.meta().applied);
  EXPECT_EQ(header->membership, "membership");
  EXPECT_EQ(reader.offset(), stream.size());
  EXPECT_EQ(loaded, world.store);

  // The loaded state goes on exactly as the other does.
  World again;
  again.store = loaded;
  again.now_ms = world.now_ms;
  World other = world;
  EXPECT_EQ(again.run(put("/a", "k0"), "key0"), other.run(put("/a", "k0"), "key0"));
  EXPECT_EQ(again.run(put("/a", "k5")), other.run(put("/a", "k5")));
  EXPECT_EQ(again.store, other.store);
}

TEST(Snapshot, PiecesOfAnySizeWillDo) {
  const Bytes stream = world_with_content().snapshot();
  for (const std::size_t piece : {1, 2, 3, 7, 100, 1000}) {
    EXPECT_EQ(fault_of(stream, piece), std::nullopt) << piece;
  }
}

TEST(Snapshot, LargeStatesTakeSeveralBlocksOfBoundedSize) {
  const World world = world_with_content(40, 30'000);
  std::size_t pieces = 0;
  write_snapshot(world.store, {"test", world.meta().applied, "membership", 0}, [&](ByteView piece) {
    EXPECT_LE(piece.size(), kMaxBlockBytes + kMaxRowBytes);
    ++pieces;
  });
  EXPECT_GT(pieces, 30U);
  EXPECT_EQ(fault_of(world.snapshot(), 4096), std::nullopt);
}

TEST(Snapshot, TruncationAtEveryByteIsDetected) {
  const Bytes stream = world_with_content(3).snapshot();
  EXPECT_EQ(fault_of(""), SnapshotFault::EmptyFile);
  for (std::size_t size = 1; size < stream.size(); ++size) {
    const auto fault = fault_of(ByteView(stream).substr(0, size));
    ASSERT_TRUE(fault == SnapshotFault::Truncated || fault == SnapshotFault::MissingFooter)
        << size << " of " << stream.size();
  }
}

TEST(Snapshot, EveryFlippedBitIsDetected) {
  Bytes stream = world_with_content(2).snapshot();
  for (std::size_t at = 0; at < stream.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      stream[at] ^= static_cast<char>(1 << bit);
      ASSERT_NE(fault_of(stream), std::nullopt) << "byte " << at << " bit " << bit;
      stream[at] ^= static_cast<char>(1 << bit);
    }
  }
}

TEST(Snapshot, EachFaultHasItsCode) {
  const World world = world_with_content(2);
  const Forge good(world);
  ASSERT_EQ(fault_of(good.stream()), std::nullopt);
  const auto expect = [&](SnapshotFault fault, const std::function<void(Forge&)>& spoil) {
    Forge forge = good;
    spoil(forge);
    const auto found = fault_of(forge.stream());
    EXPECT_EQ(found, fault) << code_of(fault) << " but " << (found ? code_of(*found) : "nothing");
  };
  const auto replace_row = [](Table table, const std::function<void(Row&)>& change) {
    return [=](Forge& forge) {
      change(*std::ranges::find(forge.rows, static_cast<std::uint8_t>(table), &Row::table));
    };
  };
  expect(SnapshotFault::BlockSequence, [](Forge& f) { f.first_sequence = 1; });
  expect(SnapshotFault::SectionOrder, [](Forge& f) { std::swap(f.rows[3], f.rows[4]); });
  expect(SnapshotFault::SectionOrder, [](Forge& f) { f.rows.push_back(f.rows.back()); });
  expect(SnapshotFault::RowCount, [](Forge& f) { f.row_count = 1; });
  expect(SnapshotFault::RowCount, [](Forge& f) { f.header.rows = 1; });
  expect(SnapshotFault::FileHash, [](Forge& f) { f.wrong_hash = true; });
  expect(SnapshotFault::MissingFooter, [](Forge& f) { f.footer = false; });
  expect(SnapshotFault::DigestMismatch, [](Forge& f) { f.rows.pop_back(); });
  expect(SnapshotFault::DigestMismatch, [](Forge& f) { f.rows.erase(f.rows.begin()); });
  expect(SnapshotFault::BadHeader, [](Forge& f) { ++f.header.position.index; });
  expect(SnapshotFault::BadRow, [](Forge& f) { f.rows.push_back({7, "k", "v"}); });
  expect(SnapshotFault::BadRow, replace_row(Table::Meta, [](Row& r) { r.key = Bytes("mete"); }));
  expect(SnapshotFault::BadRow, replace_row(Table::Namespace, [](Row& r) { r.key = Bytes("a"); }));
  expect(SnapshotFault::BadRow, replace_row(Table::Entry, [](Row& r) { r.key = Bytes("/a"); }));
  expect(SnapshotFault::BadRow, replace_row(Table::Entry, [](Row& r) { r.value = Bytes("x"); }));
  expect(SnapshotFault::BadRow, replace_row(Table::Version, [](Row& r) { r.key += "x"; }));
  expect(SnapshotFault::BadRow, replace_row(Table::Audit, [](Row& r) { r.key += "x"; }));
  expect(SnapshotFault::BadRow, replace_row(Table::Outcome, [](Row& r) { r.value.pop_back(); }));
  expect(SnapshotFault::BadRow,
         replace_row(Table::OutcomeExpiry, [](Row& r) { r.value = Bytes("x"); }));
}

TEST(Snapshot, FaultsOfTheFrame) {
  const Bytes good = world_with_content(2).snapshot();
  EXPECT_EQ(fault_of("PK\x03\x04"), SnapshotFault::BadMagic);
  EXPECT_EQ(fault_of("{\"a\":1}"), SnapshotFault::BadMagic);
  Bytes newer = good;
  newer[kMagic.size()] = '2';
  EXPECT_EQ(fault_of(newer), SnapshotFault::UnsupportedFormat);
  Bytes header_damaged = good;
  header_damaged[kHeaderPrefixBytes + 3] ^= 1;
  EXPECT_EQ(fault_of(header_damaged), SnapshotFault::HeaderCrc);
  Bytes huge_header = good.substr(0, kMagic.size() + 1) + "\xff\xff\xff\x7f";
  EXPECT_EQ(fault_of(huge_header), SnapshotFault::BadHeader);
  EXPECT_EQ(fault_of(good + "x"), SnapshotFault::TrailingBytes);
  EXPECT_EQ(fault_of(good + good), SnapshotFault::TrailingBytes);

  Bytes header_alone;
  SnapshotWriter({"c", {}, {}, 0}, [&header_alone](ByteView bytes) { header_alone += bytes; });
  const Bytes huge_block = header_alone + "B" + Bytes(8, '\0') + "\xff\xff\xff\xff";
  EXPECT_EQ(fault_of(huge_block), SnapshotFault::BlockTooLarge) << "before waiting for 4 GiB";
  EXPECT_EQ(fault_of(header_alone + "X"), SnapshotFault::BlockCrc);
  Bytes block_damaged = good;
  block_damaged[header_alone.size() + 60] ^= 1;
  EXPECT_EQ(fault_of(block_damaged), SnapshotFault::BlockCrc);
  Bytes footer_damaged = good;
  footer_damaged.back() ^= 1;
  EXPECT_EQ(fault_of(footer_damaged), SnapshotFault::BlockCrc);
}

TEST(Snapshot, NewerHeaderFieldsAreSkipped) {
  const World world = world_with_content(2);
  const Bytes good = world.snapshot();
  const std::uint32_t fields = ByteReader(ByteView(good).substr(kMagic.size() + 1)).u32();
  Bytes header = good.substr(0, kMagic.size() + 1);
  ByteWriter writer(header);
  writer.u32(fields + 3);
  writer.raw(ByteView(good).substr(kHeaderPrefixBytes, fields));
  writer.raw("\x63\x01x");
  writer.u32(crc32c(header));
  const std::size_t body = kHeaderPrefixBytes + fields + kCrcBytes;
  Bytes stream = header + good.substr(body, good.size() - body - kFooterBytes);
  Bytes footer = good.substr(good.size() - kFooterBytes, 9);
  footer += as_view(sha256(stream));
  Forge::seal(footer);
  EXPECT_EQ(fault_of(stream + footer), std::nullopt);
}

// If this changes, snapshots and backups that people keep can't be read.
TEST(Snapshot, GoldenStreamOfTheInitialState) {
  MemoryStateStore store;
  initialise(store);
  Bytes stream;
  write_snapshot(store, {"c", {}, "m", 2}, [&stream](ByteView bytes) { stream += bytes; });
  EXPECT_EQ(to_hex(as_view(sha256(stream))),
            "577680ea8e753627ef064f54b3307ece205b50b8a16b9478faa585d724d7c29d");
  EXPECT_TRUE(
      stream.starts_with(ByteView("CFMSNAP1\x09\0\0\0\x01\x01"
                                  "c\x04\x01m\x05\x01\x02",
                                  21)));
}

}  // namespace
}  // namespace confman::domain
