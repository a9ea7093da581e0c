#pragma once

#include <string_view>

#include "domain/json/value.hpp"

namespace confman::schema {

// Where a schema's references may lead besides itself and the drafts' own metaschemas. A port: who
// implements it decides, and nothing is ever fetched.
class Documents {
 public:
  virtual ~Documents() = default;
  // By an absolute URI without fragment; null: there is none. The document must outlive the
  // compilation, and no longer.
  virtual const json::Value* find(std::string_view uri) const = 0;
};

class NoDocuments final : public Documents {
 public:
  const json::Value* find(std::string_view) const override { return nullptr; }
};

}  // namespace confman::schema
