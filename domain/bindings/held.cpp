#include "domain/bindings/held.hpp"

#include <algorithm>

#include "domain/base/assert.hpp"
#include "domain/bindings/schema_document.hpp"
#include "domain/codec/must_decode.hpp"
#include "domain/entries/entry.hpp"
#include "domain/query/page_builder.hpp"

namespace confman::domain {
namespace {

// Also what is deleted is looked at, and counts so many times less.
constexpr std::size_t kMostRows = 4 * kMaxHeldEntries;

bool has_whole(const BoundSchemas& bound) {
  return std::ranges::any_of(*bound, &BoundSchema::is_of_namespace);
}
bool describes(const BoundSchemas& bound, std::string_view key) {
  return std::ranges::any_of(*bound, [&](const BoundSchema& each) {
    return each.is_of_namespace() || matches(each.keys, key);
  });
}

BoundSchemas shared(std::vector<BoundSchema> bound) {
  return std::make_shared<const std::vector<BoundSchema>>(std::move(bound));
}

std::vector<BoundSchema> bound_in(const std::optional<InForce>& what) {
  return what ? what->bound : std::vector<BoundSchema>();
}

// The live entries behind `after`, until `take` says that it is enough (false). Returns where it
// stopped; nothing: at the end.
template <class Take>
std::optional<std::string> scan_live(const StateStore& store, std::string_view path,
                                     const std::optional<std::string>& after, Work& work,
                                     Take take) {
  const Bytes prefix = keys::of_entry(path, {});
  const Bytes from = behind(after ? keys::of_entry(path, *after) : prefix);
  std::optional<std::string> stopped;
  store.scan(Table::Entry, from, keys::end_of_prefix(prefix), [&](ByteView key, ByteView value) {
    const auto name = keys::parse_entry(key);
    CONFMAN_ASSERT(name, "A row of Entry has a key that does not parse.");
    work += {1, value.size()};
    if (take(name->key, value)) return true;
    stopped = name->key;
    return false;
  });
  return stopped;
}

LiveEntry live(std::string_view key, EntryRow row) {
  return {std::string(key), std::move(row.content_type), std::move(row.value), row.sealed};
}

}  // namespace

void QuietSchemas::note(const std::vector<SchemaVersion>& versions) {
  if (versions_.size() + versions.size() > kMost) versions_.clear();
  versions_.insert(versions.begin(), versions.end());
}

BoundSchemas deprecating(const StateStore& store, const QuietSchemas& quiet, std::string_view path,
                         const std::string& key, Work& work) {
  const auto what = in_force(store, path, &work);
  if (!what) return nullptr;
  auto found = concerned_by(*what, {&key, 1});
  std::erase_if(found, [&](const BoundSchema& bound) {
    return quiet.contains({bound.schema, bound.version});
  });
  return found.empty() ? nullptr : shared(std::move(found));
}

HeldNamespace gather_marks(const StateStore& store, std::string_view path,
                           std::vector<EntryChange> changes, Work& work) {
  HeldNamespace held;
  held.path = path;
  std::vector<std::string> keys;
  keys.reserve(changes.size());
  for (const EntryChange& change : changes) keys.push_back(change.key);
  const auto what = in_force(store, path, &work);
  held.until_now = held.from_now =
      shared(what ? concerned_by(*what, keys) : std::vector<BoundSchema>());
  held.changes = std::move(changes);
  return held;
}

std::expected<HeldNamespace, GatherFault> gather(const StateStore& store, std::string_view path,
                                                 std::vector<EntryChange> changes, Work& work) {
  HeldNamespace held = gather_marks(store, path, std::move(changes), work);
  if (!has_whole(held.from_now)) {
    for (const EntryChange& change : held.changes) {
      const auto bytes = store.get(Table::Entry, keys::of_entry(path, change.key));
      work += {1, bytes ? bytes->size() : 0};
      EntryRow row = bytes ? must_decode(decode_entry_row(*bytes)) : EntryRow{.deleted = true};
      if (!row.deleted) held.entries.push_back(live(change.key, std::move(row)));
    }
    return held;
  }
  std::size_t rows = 0;
  std::size_t bytes = 0;
  const auto stopped =
      scan_live(store, path, std::nullopt, work, [&](std::string_view key, ByteView value) {
        EntryRow row = must_decode(decode_entry_row(value));
        if (++rows > kMostRows) return false;
        if (row.deleted) return true;
        bytes += row.value.size();
        if (held.entries.size() == kMaxHeldEntries || bytes > kMaxHeldBytes) return false;
        held.entries.push_back(live(key, std::move(row)));
        return true;
      });
  if (stopped) return std::unexpected(GatherFault::TooLarge);
  // With what would come. Who takes away may do so.
  std::size_t entries = held.entries.size();
  for (const EntryChange& change : held.changes) {
    if (!change.to) continue;
    const auto before = std::ranges::find(held.entries, change.key, &LiveEntry::key);
    entries += before == held.entries.end() ? 1 : 0;
    bytes += change.to->value.size();
    bytes -= before == held.entries.end() ? 0 : before->value.size();
    if (entries > kMaxHeldEntries || bytes > kMaxHeldBytes) {
      return std::unexpected(GatherFault::TooLarge);
    }
  }
  return held;
}

std::expected<void, GatherFault> Trial::begin(const StateStore& store, Work& work) {
  auto paths = bound_with(store, path_, &work);
  if (!paths) return std::unexpected(GatherFault::TooLarge);
  for (const BoundSchema& bound : bound_.value_or(std::vector<BoundSchema>())) {
    work += {1, 0};
    if (!exists(store, {bound.schema, bound.version})) {
      return std::unexpected(GatherFault::SchemaMissing);
    }
  }
  const auto before = shared(bound_in(in_force(store, path_, &work)));
  const auto after = shared(bound_ ? *bound_ : bound_in(in_force_above(store, path_)));
  for (std::string& path : *paths) {
    held_.namespaces.push_back({std::move(path), before, after, {}, {}});
  }
  begun_ = true;
  return {};
}

// Goes on in one namespace, and says in `after_` whether it is at its end.
std::expected<void, GatherFault> Trial::some_of(const StateStore& store, HeldNamespace& held,
                                                std::size_t max_rows, Work& work) {
  const bool whole = has_whole(held.from_now);
  std::size_t rows = 0;
  bool full = false;
  std::size_t held_bytes = 0;
  for (const LiveEntry& entry : held.entries) held_bytes += entry.value.size();
  after_ = scan_live(store, held.path, after_, work, [&](std::string_view key, ByteView value) {
    EntryRow row = must_decode(decode_entry_row(value));
    ++entries_;
    bytes_ += row.value.size();
    full = entries_ > kMaxTriedEntries || bytes_ > kMaxTriedBytes;
    if (full) return false;
    if (!row.deleted && (describes(held.from_now, key) || describes(held.until_now, key))) {
      held_bytes += row.value.size();
      full = whole && (held.entries.size() == kMaxHeldEntries || held_bytes > kMaxHeldBytes);
      if (full) return false;
      held.entries.push_back(live(key, std::move(row)));
    }
    return ++rows < max_rows && held_bytes < kMaxHeldBytes;
  });
  if (full) return std::unexpected(GatherFault::TooLarge);
  return {};
}

std::expected<bool, GatherFault> Trial::step(const StateStore& store, std::size_t max_rows,
                                             Work& work) {
  if (!begun_) {
    if (auto ok = begin(store, work); !ok) return std::unexpected(ok.error());
  }
  const std::size_t enough = work.rows + max_rows;
  while (at_ < held_.namespaces.size()) {
    if (work.rows >= enough || work.bytes >= kMaxHeldBytes) return false;
    auto ok = some_of(store, held_.namespaces[at_], enough - work.rows, work);
    if (!ok) return std::unexpected(ok.error());
    if (!after_) ++at_;
  }
  return true;
}

}  // namespace confman::domain
