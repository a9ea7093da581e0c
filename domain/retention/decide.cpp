#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "domain/base/assert.hpp"
#include "domain/codec/must_decode.hpp"
#include "domain/entries/entry.hpp"
#include "domain/entries/subtree.hpp"
#include "domain/namespaces/terms.hpp"
#include "domain/query/page_builder.hpp"
#include "domain/retention/commands.hpp"
#include "domain/retention/held_index.hpp"
#include "domain/retention/retention.hpp"
#include "domain/state/held_row.hpp"
#include "domain/state/writer.hpp"

namespace confman::domain {
namespace {

HeldRow<RetentionTable> hold_retention(const StateStore& store, std::string_view path) {
  return hold<RetentionTable>(store, keys::of_retention(path));
}

Chore chore_of(std::string_view path, const RetentionRow& row) {
  return {row.next_pass_ms, ChoreKind::PruneVersions, std::string(path)};
}

// One step of a pass over the entries of a namespace and below, but for namespaces that have terms
// of their own.
class Step {
 public:
  Step(StateWriter& state, const Act& act, std::string_view path, RetentionRow& row)
      : state_(state),
        path_(path),
        row_(row),
        since_ms_(act.stamp.wall_ms - row.keep_ms),
        held_(oldest_held_index(state.store())) {}

  // The number of versions that went.
  std::uint64_t run() {
    for (auto& [from, to] : keys::of_subtree(path_)) {
      if (!row_.pruned_to.empty()) from = std::max(from, behind(row_.pruned_to));
      while (from < to && !spent()) {
        const Bytes before = row_.pruned_to;
        leap_to_.clear();
        find_next(from, to);
        if (!next_) break;
        if (!prune(*next_)) {
          row_.pruned_to = before;  // the rest of it is the next step's
          return pruned_;
        }
        from = leap_to_.empty() ? behind(row_.pruned_to) : leap_to_;
      }
    }
    ended_ = !spent();
    if (ended_) row_.pruned_to.clear();
    return pruned_;
  }
  bool ended() const { return ended_; }

 private:
  struct Entry {
    std::string path;
    std::string key;
    EntryRow head;
  };

  bool spent() const { return work_.rows >= kMaxChoreRows || work_.bytes >= kMaxChoreBytes; }

  // The next that is this step's business. What it goes by is behind it.
  void find_next(const Bytes& from, const Bytes& to) {
    next_.reset();
    state_.store().scan(Table::Entry, from, to, [&](ByteView bytes, ByteView value) {
      if (spent()) return false;
      work_ += {1, value.size()};
      const auto name = keys::parse_entry(bytes);
      CONFMAN_ASSERT(name, "A row of Entry has a key that does not parse.");
      row_.pruned_to = bytes;
      if (!is_ours(name->path)) {
        leap_to_ = keys::end_of_prefix(keys::of_entry(name->path, {}));
        next_ = Entry{};
        return false;
      }
      EntryRow head = must_decode(decode_entry_row(value));
      if (name->key.empty() || head.version == 1) return true;
      next_ = Entry{std::string(name->path), std::string(name->key), std::move(head)};
      return false;
    });
  }

  bool is_ours(std::string_view path) {
    if (path != looked_into_) {
      looked_into_ = path;
      ours_ = retention_at(state_.store(), state_.meta().retentions, path).from == path_;
      work_ += {1, 0};
    }
    return ours_;
  }

  // From the oldest on, up to the first that stays. False: there may be more to go.
  bool prune(const Entry& entry) {
    if (entry.head.version == 0) return true;  // of other terms
    const Bytes from = keys::of_version(entry.path, entry.key, 0);
    const Bytes to = keys::of_version(entry.path, entry.key, entry.head.version);
    std::optional<std::pair<Bytes, Bytes>> oldest;  // and its row
    std::vector<std::pair<Bytes, Bytes>> gone;
    const auto look = [&](ByteView key, const Bytes& value) {
      // What came after it says until when it was live.
      const EntryRow successor = must_decode(decode_entry_row(value));
      if (oldest && stays(entry.head, successor)) return false;
      if (oldest) gone.push_back(std::move(*oldest));
      oldest = {Bytes(key), value};
      return true;
    };
    bool more = true;
    bool cut = false;
    std::size_t looked = 0;
    state_.store().scan(Table::Version, from, to, [&](ByteView key, ByteView value) {
      // Two rows tell something, so that each step gets on, however large they are.
      cut = ++looked > 2 && spent();
      if (cut) return false;
      work_ += {1, value.size()};
      more = look(key, Bytes(value));
      return more;
    });
    if (more && !cut && oldest && !stays(entry.head, entry.head)) {
      gone.push_back(std::move(*oldest));
    }
    for (const auto& [key, value] : gone) state_.remove(Table::Version, key, value);
    pruned_ += gone.size();
    return !cut;
  }

  // Whether the version before this one does.
  bool stays(const EntryRow& head, const EntryRow& successor) const {
    const bool by_number =
        row_.keep_versions > 0 && successor.version - 1 + row_.keep_versions > head.version;
    const bool by_age = row_.keep_ms > 0 && successor.updated_at.wall_ms > since_ms_;
    return by_number || by_age || successor.revision.index > held_;
  }

  StateWriter& state_;
  const std::string_view path_;
  RetentionRow& row_;
  const std::int64_t since_ms_;
  const std::uint64_t held_;
  Work work_;
  Bytes leap_to_;
  std::optional<Entry> next_;
  std::string looked_into_;
  bool ours_ = false;
  bool ended_ = false;
  std::uint64_t pruned_ = 0;
};

}  // namespace

Checked check(const PutRetention& c) {
  if (auto ok = check_path_field(c.path); !ok) return ok;
  const bool good =
      c.keep_versions <= kMaxKeptVersions && c.keep_ms >= 0 && c.keep_ms <= kMaxKeptMs;
  if (!good) return fault(CommandFaultKind::BadRetention);
  return check_precondition(c.precondition);
}

Checked check(const DeleteRetention& c) {
  if (auto ok = check_path_field(c.path); !ok) return ok;
  return check_precondition(c.precondition);
}

Decision decide(StateWriter& state, const Act& act, const PutRetention& command) {
  const auto held = hold_retention(state.store(), command.path);
  Decision decision = begin_setting(state, held, command, Refusal::RetentionExists,
                                    state.meta().retentions, kMaxRetentions);
  if (decision.refusal) return decision;

  if (held.bytes && !held.row.keeps_all()) remove_chore(state, chore_of(command.path, held.row));
  const RetentionRow row{.revision = act.position,
                         .author = act.author,
                         .updated_at = act.stamp,
                         .keep_versions = command.keep_versions,
                         .keep_ms = command.keep_ms,
                         .pruned_to = {},
                         .next_pass_ms = 0};
  if (!row.keeps_all()) add_chore(state, chore_of(command.path, row));
  write(state, held, row);
  if (!held.bytes) ++state.meta().retentions;
  decision.new_version = act.position.index;
  return decision;
}

Decision decide(StateWriter& state, const Act& /*act*/, const DeleteRetention& command) {
  const auto held = hold_retention(state.store(), command.path);
  const Decision decision =
      begin_unsetting(held, command, Refusal::RetentionExists, Refusal::RetentionNotFound);
  if (!decision.refusal) remove_retention(state, command.path);
  return decision;
}

void remove_retention(StateWriter& state, std::string_view path) {
  if (state.meta().retentions == 0) return;
  const auto held = hold_retention(state.store(), path);
  if (!held.bytes) return;
  if (!held.row.keeps_all()) remove_chore(state, chore_of(path, held.row));
  remove(state, held);
  --state.meta().retentions;
}

Decision prune_versions(StateWriter& state, const Act& act, const Chore& chore) {
  Decision decision;
  decision.action = Action::VersionsPruned;
  const auto held = hold_retention(state.store(), chore.path);
  CONFMAN_ASSERT(held.bytes && !held.row.keeps_all(),
                 "Versions are to be pruned by terms that keep all.");
  remove_chore(state, chore);
  RetentionRow row = held.row;
  Step step(state, act, chore.path, row);
  decision.new_version = step.run();
  row.next_pass_ms = step.ended() ? act.stamp.wall_ms + kRetentionPassMs : 0;
  add_chore(state, chore_of(chore.path, row));
  write(state, held, row);
  return decision;
}

}  // namespace confman::domain
