#include "sim/oracle/label_index.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "domain/codec/must_decode.hpp"
#include "domain/entries/entry.hpp"
#include "domain/entries/label_index.hpp"
#include "sim/failure.hpp"

namespace confman::sim {

using domain::Table;

void check_label_index(const domain::StateStore& state) {
  std::set<std::pair<Table, Bytes>> expected;
  state.scan(Table::Entry, {}, {}, [&](ByteView key, ByteView value) {
    const domain::EntryRow entry = domain::must_decode(domain::decode_entry_row(value));
    domain::for_each_label_row(key, entry.labels, [&](Table table, ByteView index_key) {
      expected.emplace(table, index_key);
    });
    return true;
  });
  std::size_t found = 0;
  for (const Table table : {Table::Label, Table::LabelName}) {
    state.scan(table, {}, {}, [&](ByteView key, ByteView) {
      ++found;
      if (!expected.contains({table, Bytes(key)})) {
        broken("label-index", "The label index has an entry under a label that it hasn't.");
      }
      return true;
    });
  }
  if (found == expected.size()) return;
  broken("label-index", "The label index has " + std::to_string(found) + " rows, where " +
                            std::to_string(expected.size()) + " follow from the entries.");
}

void check_labelled(const domain::EntryPage& page, const std::string& label) {
  for (const domain::FoundEntry& item : page.items) {
    const bool has = std::ranges::any_of(item.row.labels, [&label](const auto& own) {
      return label == own.first || label == own.first + "=" + own.second;
    });
    if (!has) {
      broken("label-index", "A listing by label has entry " + item.path + " " + item.key +
                                ", which hasn't the label.");
    }
  }
}

}  // namespace confman::sim
