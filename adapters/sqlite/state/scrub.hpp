#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>

#include "adapters/sqlite/state/tables.hpp"
#include "domain/catalogue.hpp"
#include "domain/state/digest.hpp"
#include "domain/state/meta.hpp"

namespace confman::sqlite {

// How fast a state is read through, beside everything else that its node does: so many rows at a
// time, or so many bytes if that is less, and then its worker looks for other work for a while
// (Worker::Next::WhenIdle). 256 rows take about a millisecond when the system has them in memory.
struct ScrubLimits {
  // 0: it isn't read. For rows that no state machine has written, which sum up to nothing.
  std::size_t rows_per_step = 256;
  std::size_t bytes_per_step = 1024 * 1024;
};

struct ScrubProgress {
  std::uint64_t rows{};  // read so far
  bool done = false;
};

// Reads a state.db through once, from the first row to the last, while it is in use: what rows are
// read for anyway is found by their checksums; a row that isn't there any more, or an old one in
// its place, is found by nobody who doesn't know what should be there.
//
// Each row is looked for as reads look for it, by the index of its table, and must be the one that
// was written under its key. Keys must ascend: then every look-up by a key finds its row, because
// a walk in order passes the inner pages of an index too. In the end the rows must sum up to what
// the Meta row said when the scrub began, counts and digest; the events of the audit trail must
// follow from each other, and the last one must be the Meta row's.
//
// Rows change meanwhile. Whoever writes one that the scrub hasn't reached says what it was before:
// that is counted, instead of what will be found. So the sum is of the rows as they were in the
// beginning, exactly, and nothing needs to be remembered.
//
// Used by the thread that writes to the state; its own connection reads what is committed, and
// holds no transaction between two steps.
class StateScrub {
 public:
  // A read-only connection.
  StateScrub(Connection connection, ScrubLimits limits);
  StateScrub(const StateScrub&) = delete;
  StateScrub& operator=(const StateScrub&) = delete;

  // Reads on a little. The error is what is damaged, in words. Not after that, nor after the end.
  std::expected<ScrubProgress, std::string> step();
  const ScrubProgress& progress() const { return progress_; }
  // `before` is what state.db holds, nothing if it has no such row; likewise `after`. Only of rows
  // that are ahead.
  bool is_ahead(domain::Table table, ByteView key) const;
  void changed(domain::Table table, ByteView key, const std::optional<Bytes>& before,
               const std::optional<ByteView>& after);

 private:
  // What all rows come to.
  struct Tally {
    domain::RowDigest sum;
    // Of the derived rows, less those that follow from the entries: nothing.
    domain::RowDigest derived;
    std::uint64_t namespaces{};
    std::uint64_t live_entries{};
    std::uint64_t outcomes{};

    void add(domain::Table table, ByteView key, ByteView value, std::uint64_t times);
    bool is_of(const domain::MetaRow& meta) const;
  };

  // What is left of a step.
  struct Room {
    std::size_t rows{};
    std::size_t bytes{};

    bool any() const { return rows > 0 && bytes > 0; }
  };

  std::expected<void, std::string> read_on();
  std::expected<void, std::string> read_table(Room& room);
  std::expected<void, std::string> take_row(const Statement& row, Room& room);
  bool is_where_it_is_looked_for(const Statement& row) const;
  std::expected<void, std::string> take_event(ByteView value);
  std::expected<void, std::string> end_table();
  std::expected<domain::MetaRow, std::string> read_meta();

  Connection connection_;
  TableReader reader_;
  const ScrubLimits limits_;
  std::array<Statement, domain::kTableCount> selects_;

  bool begun_ = false;
  domain::MetaRow meta_;  // of the beginning
  domain::Table table_ = domain::Table::Meta;
  std::optional<Bytes> last_key_;  // of this table
  Tally tally_;
  ScrubProgress progress_;
  Sha256Digest audit_chain_{};
  std::uint64_t audit_events_ = 0;
};

}  // namespace confman::sqlite
