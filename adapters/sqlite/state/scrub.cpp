#include "adapters/sqlite/state/scrub.hpp"

#include <algorithm>
#include <utility>

#include "domain/base/assert.hpp"
#include "domain/base/marks.hpp"
#include "domain/catalogue.hpp"
#include "domain/cluster/cluster.hpp"
#include "domain/entries/label_index.hpp"

namespace confman::sqlite {
namespace {

using domain::Table;

// Meta isn't among the rows that it sums up.
constexpr auto kFirstTable = static_cast<Table>(1);
constexpr auto kNoTable = static_cast<Table>(domain::kTableCount);

std::string row_of(Table table) {
  return std::string("a row of table ") + layout_of(table).name;
}

}  // namespace

void StateScrub::Tally::add(Table table, ByteView key, ByteView value, std::uint64_t times) {
  const domain::RowDigest row = domain::digest_of_row(table, key, value);
  domain::RowDigest& to = domain::is_derived(table) ? derived : sum;
  to.low += row.low * times;
  to.high += row.high * times;
  if (table == Table::Namespace) {
    namespaces += times;
  } else if (table == Table::Outcome) {
    outcomes += times;
  } else if (table == Table::Entry) {
    const auto entry = domain::decode_entry_row(value);
    live_entries += entry && !entry->deleted ? times : 0;
    if (!entry) return;
    domain::for_each_label_row(key, entry->labels, [&](Table index, ByteView index_key) {
      add(index, index_key, {}, ~times + 1);
    });
  }
}

bool StateScrub::Tally::is_of(const domain::MetaRow& meta) const {
  return sum.low == meta.digest_low && sum.high == meta.digest_high && derived.low == 0 &&
         derived.high == 0 && namespaces == meta.namespaces && live_entries == meta.live_entries &&
         outcomes == meta.outcomes;
}

StateScrub::StateScrub(Connection connection, ScrubLimits limits)
    : connection_(std::move(connection)), reader_(connection_), limits_(limits) {}

std::expected<ScrubProgress, std::string> StateScrub::step() {
  CONFMAN_ASSERT(!progress_.done, "A scrub that has come to its end is over.");
  connection_.must_exec("BEGIN");
  const auto read = read_on();
  connection_.must_exec("COMMIT");
  if (!read) {
    return std::unexpected(read.error());
  }
  return progress_;
}

bool StateScrub::is_ahead(Table table, ByteView key) const {
  if (!begun_ || progress_.done || table < kFirstTable) {
    return false;
  }
  return table > table_ || (table == table_ && (!last_key_ || key > *last_key_));
}

void StateScrub::changed(Table table, ByteView key, const std::optional<Bytes>& before,
                         const std::optional<ByteView>& after) {
  CONFMAN_ASSERT(is_ahead(table, key), "What the scrub has read is of no more interest to it.");
  constexpr std::uint64_t kLessOne = ~std::uint64_t{0};
  if (before) {
    tally_.add(table, key, *before, 1);
  }
  if (after) {
    tally_.add(table, key, *after, kLessOne);
  }
}

std::expected<void, std::string> StateScrub::read_on() {
  if (!begun_) {
    auto meta = read_meta();
    if (!meta) {
      return std::unexpected(meta.error());
    }
    meta_ = *meta;
    table_ = kFirstTable;
    begun_ = true;
  }
  Room room{limits_.rows_per_step, limits_.bytes_per_step};
  while (room.any() && !progress_.done) {
    if (auto read = read_table(room); !read) {
      return read;
    }
  }
  return {};
}

// As far as there is room; to the end of the table if there is more.
std::expected<void, std::string> StateScrub::read_table(Room& room) {
  Statement& select = selects_[static_cast<std::size_t>(table_)];
  if (!select) {
    select = connection_.must_prepare(select_in_order(table_).c_str());
  }
  const Bytes bound = last_key_ ? *last_key_ + '\0' : Bytes();
  KeyParts from;
  split_bound(table_, bound, from);
  from.bind(select, 1);
  std::expected<void, std::string> taken;
  bool more = true;
  while (taken && room.any() && (more = select.must_step())) {
    taken = take_row(select, room);
  }
  select.reset();
  return taken && !more ? end_table() : taken;
}

std::expected<void, std::string> StateScrub::take_row(const Statement& row, Room& room) {
  Bytes key = join_key(table_, row);
  const auto value = read_value(row, table_, key);
  const bool fits = value && (!last_key_ || key > *last_key_) && is_where_it_is_looked_for(row);
  if (!fits || (table_ == Table::Cluster && !domain::decode_cluster_row(*value))) {
    return std::unexpected(row_of(table_) + " is damaged");
  }
  if (table_ == Table::Audit) {
    if (auto taken = take_event(*value); !taken) {
      return taken;
    }
  }
  tally_.add(table_, key, *value, 1);
  ++progress_.rows;
  room.rows -= 1;
  room.bytes -= std::min(room.bytes, key.size() + value->size());
  last_key_ = std::move(key);
  return {};
}

// By its index: there the row's key is the same.
bool StateScrub::is_where_it_is_looked_for(const Statement& row) const {
  const auto& layout = layout_of(table_);
  return !has_index(table_) ||
         row.number(static_cast<int>(layout.key.size() + layout.values.size())) == 1;
}

std::expected<void, std::string> StateScrub::take_event(ByteView value) {
  const auto event = domain::decode_audit_row(value);
  if (!event || event->chain != domain::chain_after(audit_chain_, *event)) {
    return std::unexpected("an event of table audit doesn't follow from the one before");
  }
  audit_chain_ = event->chain;
  ++audit_events_;
  return {};
}

std::expected<void, std::string> StateScrub::end_table() {
  if (table_ == Table::Audit) {
    // Events are only added: it ends as it should now.
    const auto now = read_meta();
    if (!now) {
      return std::unexpected(now.error());
    }
    if (audit_chain_ != now->audit_head || audit_events_ != now->audit_events) {
      return std::unexpected("the events of table audit are not those that table meta names");
    }
  }
  last_key_.reset();
  table_ = static_cast<Table>(static_cast<std::size_t>(table_) + 1);
  if (table_ < kNoTable) {
    return {};
  }
  if (!tally_.is_of(meta_)) {
    CONFMAN_MARK("state: SQLite finds nothing wrong, and the rows are not those that were written");
    return std::unexpected("its rows are not those that table meta sums up");
  }
  progress_.done = true;
  return {};
}

std::expected<domain::MetaRow, std::string> StateScrub::read_meta() {
  const auto value = reader_.get(Table::Meta, domain::keys::kMeta);
  if (!value) {
    return domain::MetaRow{};
  }
  auto meta = domain::decode_meta_row(*value);
  if (!meta) {
    return std::unexpected(row_of(Table::Meta) + " is damaged");
  }
  return std::move(*meta);
}

}  // namespace confman::sqlite
