#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "domain/codec/must_decode.hpp"
#include "domain/entries/label_index.hpp"
#include "domain/entries/query.hpp"
#include "domain/namespaces/namespace.hpp"
#include "domain/query/page_builder.hpp"

// The entries of a namespace, by scans of Entry or, with labels, of the label index.
namespace confman::domain {
namespace {

// Of keys of entries.
struct Range {
  Bytes from;
  Bytes to;
};

Range with_prefix(Bytes prefix) {
  Bytes to = keys::end_of_prefix(prefix);
  return {std::move(prefix), std::move(to)};
}

// "/a" has its own entries at "/a\0…" and those below at "/a/…"; between the two lie strangers such
// as "/a-b", which a single range would have to wade through.
Range own_entries(const ListEntries& query) {
  return with_prefix(keys::of_entry(query.path, query.key_prefix));
}

Range entries_below(const ListEntries& query) {
  if (query.path != "/") return with_prefix(query.path + "/");
  Range all = with_prefix("/");
  all.from = keys::end_of_prefix(keys::of_entry("/", {}));
  return all;
}

// "name" or "name=value".
struct Wanted {
  explicit Wanted(std::string_view text)
      : name(text.substr(0, text.find('='))),
        value(name.size() == text.size() ? std::nullopt
                                         : std::optional(text.substr(name.size() + 1))),
        table(value ? Table::Label : Table::LabelName),
        prefix(value ? keys::label_prefix(name, *value) : keys::label_name_prefix(name)) {}

  std::string_view name;
  std::optional<std::string_view> value;
  // Where the index has them: the prefix, and behind it the key of the entry.
  Table table;
  Bytes prefix;
};

class Listing {
 public:
  Listing(const StateStore& store, const ListEntries& query, Sight* sight)
      : store_(store),
        query_(query),
        page_(query.limit, query.max_visited, query.max_bytes, sight) {
    for (const std::string& label : query.labels) labels_.emplace_back(label);
    // One with a value has fewer entries, as a rule.
    std::ranges::partition(labels_, [](const Wanted& wanted) { return wanted.value.has_value(); });
  }

  EntryPage run() {
    const Bytes after =
        query_.after ? behind(keys::of_entry(query_.after->first, query_.after->second)) : Bytes{};
    std::array<Range, 2> ranges{own_entries(query_), entries_below(query_)};
    for (Range& range : std::span(ranges).first(query_.recursive ? 2 : 1)) {
      range.from = std::max(range.from, after);
      while (range.from < range.to && !page_.over()) {
        leap_to_.clear();
        labels_.empty() ? scan_entries(range) : scan_labels(range);
        if (leap_to_.empty()) break;
        range.from = leap_to_;
      }
    }
    return page_.take([](ByteView bytes) {
      const auto name = keys::parse_entry(bytes);
      return EntryPosition(name->path, name->key);
    });
  }

 private:
  static keys::EntryKey name_of(ByteView bytes) {
    const auto name = keys::parse_entry(bytes);
    CONFMAN_ASSERT(name, "A row of Entry has a key that does not parse.");
    return *name;
  }

  void scan_entries(const Range& range) {
    store_.scan(Table::Entry, range.from, range.to, [&](ByteView bytes, ByteView value) {
      if (!page_.visit(bytes, value.size())) return false;
      const keys::EntryKey name = name_of(bytes);
      if (!sees(name.path) || !has_prefix(name)) return false;
      EntryRow row = must_decode(decode_entry_row(value));
      return row.deleted ? !leaps_over(name.path) : add(name, std::move(row));
    });
  }

  // Goes along the rows of one label. Where another label has no row for an entry, the next one
  // that it has is where to go on: the work is that of the rarest label, whichever that is.
  void scan_labels(const Range& range) {
    const Wanted& first = labels_.front();
    const auto entry_of = [&first](ByteView key) { return key.substr(first.prefix.size()); };
    const auto visit = [&](ByteView key, ByteView) {
      const ByteView bytes = entry_of(key);
      if (!page_.visit(bytes, 0)) return false;
      const keys::EntryKey name = name_of(bytes);
      if (!sees(name.path) || !has_prefix(name)) return false;
      for (const Wanted& wanted : std::span(labels_).subspan(1)) {
        leap_to_ = first_labelled(wanted, bytes, range.to);
        if (leap_to_ != bytes) return false;
      }
      leap_to_.clear();
      return add_labelled(bytes, name);
    };
    const auto pass = [&](ByteView key) { return page_.visit(entry_of(key), 0); };
    store_.scan(first.table, first.prefix + range.from, first.prefix + range.to, visit, pass);
  }

  // The first entry with the label from there on, or another place before it with none in between.
  Bytes first_labelled(const Wanted& wanted, ByteView from, const Bytes& to) {
    Bytes place = to;
    store_.scan(
        wanted.table, wanted.prefix + Bytes(from), wanted.prefix + to,
        [&](ByteView key, ByteView) {
          page_.look_up(0);
          place = key.substr(wanted.prefix.size());
          return false;
        },
        [&](ByteView key) {
          page_.look_up(0);
          if (!page_.spent()) return true;
          place = behind(Bytes(key.substr(wanted.prefix.size())));
          return false;
        });
    return place;
  }

  bool add_labelled(ByteView bytes, const keys::EntryKey& name) {
    const auto value = store_.get(Table::Entry, bytes);
    CONFMAN_ASSERT(value, "The label index has an entry that isn't there.");
    page_.look_up(value->size());
    return add(name, must_decode(decode_entry_row(*value)));
  }

  bool add(const keys::EntryKey& name, EntryRow row) {
    const std::size_t size = row.value.size() + row.description.size();
    return page_.add({std::string(name.path), std::string(name.key), std::move(row)}, size);
  }

  // If not, the scan goes on where the prefix begins in this namespace, or behind the namespace.
  bool has_prefix(const keys::EntryKey& name) {
    if (name.key.starts_with(query_.key_prefix)) return true;
    leap_to_ = name.key < query_.key_prefix ? keys::of_entry(name.path, query_.key_prefix)
                                            : end_of_namespace(name.path);
    return false;
  }

  // If not, the scan goes on behind the namespace.
  bool sees(std::string_view path) {
    const bool seen = page_.sees(path);
    if (!seen) leap_to_ = end_of_namespace(path);
    return seen;
  }

  // At a tombstone. Behind the namespace, if nothing lives in it: it may hold nothing else.
  bool leaps_over(std::string_view path) {
    if (path == looked_into_) return false;
    looked_into_ = path;
    const auto bytes = store_.get(Table::Namespace, keys::of_namespace(path));
    page_.look_up(0);
    const bool dead = !bytes || must_decode(decode_namespace_row(*bytes)).live_entries == 0;
    if (dead) leap_to_ = end_of_namespace(path);
    return dead;
  }

  static Bytes end_of_namespace(std::string_view path) {
    return keys::end_of_prefix(keys::of_entry(path, {}));
  }

  const StateStore& store_;
  const ListEntries& query_;
  std::vector<Wanted> labels_;
  PageBuilder<FoundEntry> page_;
  Bytes leap_to_;            // where to go on, when a scan has ended itself
  std::string looked_into_;  // the last namespace that leaps_over() was asked for
};

}  // namespace

std::expected<EntryPage, QueryFault> list_entries(const StateStore& store, const ListEntries& query,
                                                  Sight* sight) {
  if (!store.get(Table::Namespace, keys::of_namespace(query.path))) {
    return std::unexpected(QueryFault::NamespaceNotFound);
  }
  return Listing(store, query, sight).run();
}

}  // namespace confman::domain
