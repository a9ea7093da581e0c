#pragma once

#include <optional>

#include "domain/base/bytes.hpp"
#include "domain/model/labels.hpp"

// Labels as the JSON object that stands in state.db, for people and SQLite's JSON functions:
// {"team":"core","tier":"1"}. Any bytes survive the way there and back.
namespace confman::sqlite {

Bytes to_label_text(const domain::Labels& labels);
// Only what to_label_text() writes.
std::optional<domain::Labels> parse_label_text(ByteView text);

}  // namespace confman::sqlite
