// Scans of the state store: three sorted sources merged, of which the newer hides the older.

#include <iterator>

#include "adapters/sqlite/state/store.hpp"

namespace confman::sqlite {
namespace {

using domain::Table;

// The rows of one generation within a range, in either direction.
template <bool kBackwards>
class GenerationCursor {
 public:
  GenerationCursor(const Generation* generation, Table table, ByteView from, ByteView to)
      : table_(table) {
    if (generation == nullptr) {
      return;
    }
    rows_ = &generation->of(table);
    const auto& rows = *rows_;
    const auto first = rows.lower_bound(from);
    auto last = to.empty() ? rows.end() : rows.lower_bound(to);
    if (!to.empty() && to <= from) {
      last = first;
    }
    at_ = kBackwards ? last : first;
    end_ = kBackwards ? first : last;
    skip_others();
  }

  bool done() const { return at_ == end_; }
  ByteView key() const { return head()->first; }
  const Generation::Row& row() const { return head()->second; }
  void advance() {
    step();
    skip_others();
  }

 private:
  void step() { kBackwards ? --at_ : ++at_; }
  void skip_others() {
    for (int steps = 0; !done() && head()->second.table() != table_; ++steps) {
      steps < kStepsBeforeSearch || kBackwards ? step() : leap_over_versions();
    }
  }
  // An entry may have been written thousands of times since the last flush. The cursor is at one of
  // its versions: the key of the entry, a NUL, a number. No name holds a byte as low as the one
  // behind which the next entry must be.
  void leap_over_versions() {
    constexpr std::size_t kNumberBytes = 9;
    const ByteView key = head()->first;
    const Bytes behind = Bytes(key.substr(0, key.size() - kNumberBytes)) + '\x01';
    const bool beyond = end_ != rows_->end() && behind >= end_->first;
    at_ = beyond ? end_ : rows_->lower_bound(behind);
  }
  Generation::Rows::const_iterator head() const { return kBackwards ? std::prev(at_) : at_; }

  static constexpr int kStepsBeforeSearch = 8;

  Table table_;
  const Generation::Rows* rows_ = nullptr;
  Generation::Rows::const_iterator at_;
  Generation::Rows::const_iterator end_ = at_;
};

}  // namespace

template <bool kBackwards>
void StateDatabase::merge(Table table, ByteView from, ByteView to, const Visitor& visit,
                          const Passer& pass) const {
  GenerationCursor<kBackwards> active(active_.get(), table, from, to);
  GenerationCursor<kBackwards> frozen(frozen_.get(), table, from, to);
  auto stored =
      kBackwards ? reader().scan_backwards(table, from, to) : reader().scan(table, from, to);
  // Its first row is fetched once it may be the next one: going backwards, what is behind all of
  // state.db comes before.
  bool unasked = may_be_stored(table, from);
  bool more_stored = false;
  const auto comes_first = [&](const auto& cursor) {
    return kBackwards && !cursor.done() && !may_be_stored(table, cursor.key());
  };
  const auto before = [](ByteView a, ByteView b) { return kBackwards ? a > b : a < b; };

  for (;;) {
    if (unasked && !comes_first(active) && !comes_first(frozen)) {
      unasked = false;
      more_stored = stored.next();
    }
    if (active.done() && frozen.done() && !more_stored) {
      return;
    }
    Bytes stored_value;
    ByteView key;
    if (!active.done()) {
      key = active.key();
    }
    if (!frozen.done() && (key.data() == nullptr || before(frozen.key(), key))) {
      key = frozen.key();
    }
    if (more_stored && (key.data() == nullptr || before(stored.key(), key))) {
      key = stored.key();
    }
    const bool in_active = !active.done() && active.key() == key;
    const bool in_frozen = !frozen.done() && frozen.key() == key;
    const bool in_stored = more_stored && stored.key() == key;
    const Generation::Row* newest =
        in_active ? &active.row() : (in_frozen ? &frozen.row() : nullptr);
    if (newest == nullptr) {
      stored_value = stored.value();
    }
    const bool hidden = newest != nullptr && newest->erased();
    const bool go_on = hidden ? !pass || pass(key)
                              : visit(key, newest == nullptr ? stored_value : newest->value());
    if (!go_on) {
      return;
    }
    // The cursor owns the key's bytes: it moves last.
    if (in_active) {
      active.advance();
    }
    if (in_frozen) {
      frozen.advance();
    }
    if (in_stored) {
      more_stored = stored.next();
    }
  }
}

void StateDatabase::scan(Table table, ByteView from, ByteView to, const Visitor& visit,
                         const Passer& pass) const {
  merge<false>(table, from, to, visit, pass);
}

void StateDatabase::scan_backwards(Table table, ByteView from, ByteView to,
                                   const Visitor& visit) const {
  merge<true>(table, from, to, visit, {});
}

}  // namespace confman::sqlite
