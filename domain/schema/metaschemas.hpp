#pragma once

#include <string_view>

#include "domain/json/value.hpp"

namespace confman::schema {

// The metaschemas of drafts 2020-12 (with those of its vocabularies) and 7, by URI without
// fragment; null: it is none of them.
const json::Value* metaschema(std::string_view uri);

}  // namespace confman::schema
