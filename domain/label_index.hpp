#pragma once

#include <functional>

#include "domain/command.hpp"
#include "domain/state_store.hpp"

// The index of entries by their labels: tables Label and LabelName, whose rows are derived from
// those of Entry. A tombstone has no labels, so the index holds live entries only.
namespace confman::domain {

class StateWriter;

// The rows of the index that an entry with these labels has: keys alone, their values are empty.
void for_each_label_row(ByteView entry_key, const Labels& labels,
                        const std::function<void(Table table, ByteView key)>& visit);

// The entry's labels become others; none before it was there. What stays isn't written.
void change_labels(StateWriter& state, ByteView entry_key, const Labels& old, const Labels& labels);

}  // namespace confman::domain
