#include "domain/entries/label_index.hpp"

#include <algorithm>

#include "domain/state/writer.hpp"

namespace confman::domain {
namespace {

bool has_name(const Labels& labels, std::string_view name) {
  return std::ranges::any_of(labels, [name](const auto& label) { return label.first == name; });
}

// Visits the rows that these labels have and the others don't.
template <class Visit>
void for_each_row_not_of(const Labels& others, ByteView entry_key, const Labels& labels,
                         const Visit& visit) {
  for (const auto& [name, value] : labels) {
    if (std::ranges::find(others, std::pair(name, value)) != others.end()) continue;
    visit(Table::Label, keys::label_prefix(name, value).append(entry_key));
    if (!has_name(others, name)) {
      visit(Table::LabelName, keys::label_name_prefix(name).append(entry_key));
    }
  }
}

}  // namespace

void for_each_label_row(ByteView entry_key, const Labels& labels,
                        const std::function<void(Table table, ByteView key)>& visit) {
  for_each_row_not_of({}, entry_key, labels, visit);
}

void change_labels(StateWriter& state, ByteView entry_key, const Labels& old,
                   const Labels& labels) {
  for_each_row_not_of(labels, entry_key, old,
                      [&](Table table, ByteView key) { state.remove(table, key, {}); });
  for_each_row_not_of(old, entry_key, labels,
                      [&](Table table, ByteView key) { state.insert(table, key, {}); });
}

namespace keys {

Bytes label_prefix(std::string_view name, std::string_view value) {
  Bytes bytes;
  bytes.reserve(name.size() + value.size() + 2);
  bytes.append(name).push_back(kSeparator);
  bytes.append(value).push_back(kSeparator);
  return bytes;
}

Bytes label_name_prefix(std::string_view name) {
  Bytes bytes(name);
  bytes.push_back(kSeparator);
  return bytes;
}

std::optional<LabelKey> parse_label(ByteView key) {
  return parse_key<LabelKey>(key);
}

std::optional<LabelNameKey> parse_label_name(ByteView key) {
  return parse_key<LabelNameKey>(key);
}

}  // namespace keys
}  // namespace confman::domain
