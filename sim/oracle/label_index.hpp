#pragma once

#include "domain/entries/query.hpp"
#include "domain/state/store.hpp"

namespace confman::sim {

// The label index of a state has the labels of its live entries, all of them and nothing else.
// (Digests don't cover it.)
void check_label_index(const domain::StateStore& state);
// Every entry of a listing by label has that label, "name" or "name=value".
void check_labelled(const domain::EntryPage& page, const std::string& label);

}  // namespace confman::sim
