#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/base/bytes.hpp"
#include "domain/bindings/bound.hpp"
#include "domain/json/value.hpp"
#include "domain/query/page.hpp"
#include "domain/schema/documents.hpp"
#include "domain/state/store.hpp"

// References from one schema to versions of others: "/schemas/pay/money.json@3#/$defs/amount".
// A version never changes and is never taken away, so what a reference leads to is the same for
// ever.
namespace confman::domain {

struct SchemaVersion {
  SchemaName schema;
  std::uint64_t version{};

  friend auto operator<=>(const SchemaVersion&, const SchemaVersion&) = default;
};

// "confman:///schemas/pay/money.json", and with "@3" behind it. Names may hold what URIs may not:
// that is percent-encoded.
std::string uri_of(const SchemaName&);
std::string uri_of(const SchemaVersion&);
// Of an absolute URI without fragment. Nothing: it is none of a version of ours.
std::optional<SchemaVersion> version_at(std::string_view uri);

// Whether it is worth looking: references_in() of everything else is empty.
bool may_refer(ByteView text);
// The versions that "$ref" and "$dynamicRef" of a schema lead to, each once, in the order of the
// text; `base` is its own URI. Also what stands where no schema can stand: it does no harm.
// Empty too for what is no JSON.
std::vector<SchemaVersion> references_in(ByteView text, std::string_view base);

// No more of them than count: schema::kMaxReferences.
struct References {
  std::vector<SchemaVersion> to;
  bool all = true;
};
References references_of(ByteView text, std::string_view base);

// What a schema refers to, and what that does in turn, found in a state (supply.hpp).
struct Referred {
  struct Document {
    std::string uri;
    Payload text;
  };
  std::vector<Document> documents;
  // Not all are there: schema::kMaxReferences, kMaxReferredSchemas, kMaxReferredBytes.
  bool too_many = false;
};

// Null: there is no such version.
Payload text_of(const StateStore&, const SchemaVersion&, Work& work);
// Without its text.
bool exists(const StateStore&, const SchemaVersion&);
// How many of them there are in a state. It never shrinks.
std::size_t count_existing(const StateStore&, const std::vector<SchemaVersion>&);

// For a compilation.
class ReferredDocuments final : public schema::Documents {
 public:
  explicit ReferredDocuments(const std::vector<Referred::Document>& documents);
  const json::Value* find(std::string_view uri) const override;

 private:
  std::map<std::string, json::Value, std::less<>> values_;
};

}  // namespace confman::domain
