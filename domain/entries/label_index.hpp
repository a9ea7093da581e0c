#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "domain/codec/record.hpp"
#include "domain/model/labels.hpp"
#include "domain/state/key.hpp"
#include "domain/state/table.hpp"

// The index of entries by their labels: tables Label and LabelName, whose rows are derived from
// those of Entry. A tombstone has no labels, so the index holds live entries only.
namespace confman::domain {

namespace keys {

struct LabelKey {
  std::string_view name;
  std::string_view value;
  std::string_view path;
  std::string_view key;

  template <class Self, class Visit>
  static constexpr void for_each_part(Self& key, Visit&& visit) {
    visit("name", key.name);
    visit("value", key.value);
    visit("path", key.path);
    visit("key", key.key);
  }
};
struct LabelNameKey {
  std::string_view name;
  std::string_view path;
  std::string_view key;

  template <class Self, class Visit>
  static constexpr void for_each_part(Self& key, Visit&& visit) {
    visit("name", key.name);
    visit("path", key.path);
    visit("key", key.key);
  }
};
// What the entries with a label have in common in the keys of Label and LabelName; behind it comes
// the key of the entry, so they order as the entries do.
Bytes label_prefix(std::string_view name, std::string_view value);
Bytes label_name_prefix(std::string_view name);
std::optional<LabelKey> parse_label(ByteView key);
std::optional<LabelNameKey> parse_label_name(ByteView key);

}  // namespace keys

struct LabelTable {
  static constexpr Table kTable = Table::Label;
  static constexpr const char* kName = "labels";
  static constexpr bool kDerived = true;
  using Key = keys::LabelKey;
  using Row = KeyAlone;
  static bool fits(const Key&, const Row&) { return true; }
};

struct LabelNameTable {
  static constexpr Table kTable = Table::LabelName;
  static constexpr const char* kName = "label_names";
  static constexpr bool kDerived = true;
  using Key = keys::LabelNameKey;
  using Row = KeyAlone;
  static bool fits(const Key&, const Row&) { return true; }
};

class StateWriter;

// The rows of the index that an entry with these labels has: keys alone, their values are empty.
void for_each_label_row(ByteView entry_key, const Labels& labels,
                        const std::function<void(Table table, ByteView key)>& visit);

// The entry's labels become others; none before it was there. What stays isn't written.
void change_labels(StateWriter& state, ByteView entry_key, const Labels& old, const Labels& labels);

}  // namespace confman::domain
