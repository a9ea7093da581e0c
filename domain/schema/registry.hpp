#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "domain/json/value.hpp"
#include "domain/schema/bounds.hpp"
#include "domain/schema/dialect.hpp"
#include "domain/schema/documents.hpp"
#include "domain/schema/fault.hpp"
#include "domain/schema/keywords.hpp"
#include "domain/schema/node.hpp"

namespace confman::schema {

// Where a subschema stands.
struct Place {
  ResourceId resource = 0;
  std::size_t document = 0;
  std::string pointer;  // from the document's root
};

// What has a URI of its own: a document, or a subschema with $id.
struct Resource {
  std::string uri;  // absolute, without fragment
  const json::Value* root = nullptr;
  Dialect dialect;
  std::map<std::string, const json::Value*, std::less<>> anchors;  // also the dynamic ones
  std::map<std::string, const json::Value*, std::less<>> dynamic_anchors;
};

// All documents that a compilation has seen, with their identifiers. Finds what references lead to,
// and asks `documents` for what isn't here. Functions that answer false have set fault().
class Registry {
 public:
  Registry(const Documents& documents, const Bounds& bounds, std::string_view base_uri);

  // `uri` is absolute.
  bool add_document(const json::Value& root, std::string_view uri, Draft draft);

  // The subschema that a reference in `from` means. Null: fault() is set.
  const json::Value* target(const Place& from, std::string_view keyword,
                            std::string_view reference);

  const Place& place_of(const json::Value& schema) const { return places_.at(&schema); }
  const Resource& resource(ResourceId id) const { return resources_[id]; }
  std::size_t resource_count() const { return resources_.size(); }
  // "": the first document.
  std::string_view document_uri(std::size_t document) const;

  bool fail(FaultKind kind, const Place& place, std::string_view below, std::string_view expected,
            std::string_view found);
  // Adds to the fault what was probably meant, if there is a guess.
  void suggest(std::string_view guess) { fault_->suggestion = guess; }
  const std::optional<Fault>& fault() const { return fault_; }

 private:
  bool scan(const json::Value& schema, Place place, std::size_t depth);
  bool take_identifiers(const json::Value& schema, Place& place);
  bool take_id(const json::Value& schema, const std::string& id, const Dialect& dialect,
               Place& place);
  bool take_anchors(const json::Value& schema, const Place& place);
  bool add_anchor(const json::Value& schema, const Place& place, std::string_view keyword,
                  const std::string& name);
  bool scan_keyword(const json::Value& value, const SubschemaKeyword& keyword, const Place& place,
                    std::size_t depth);
  bool scan_list(const json::Value& value, const Place& place, std::size_t depth);
  bool scan_map(const json::Value& value, const SubschemaKeyword& keyword, const Place& place,
                std::size_t depth);
  bool find_dialect(const json::Value& schema, const Place& place, Dialect& dialect);
  bool vocabularies(const json::Value& metaschema, const Place& place, Dialect& dialect);
  std::optional<ResourceId> find_resource(std::string_view uri) const;
  std::optional<ResourceId> load(const Place& from, std::string_view keyword,
                                 std::string_view reference, const std::string& uri);
  const json::Value* follow(ResourceId resource, std::string_view pointer);
  bool no_such_document(const Place& from, std::string_view keyword, std::string_view reference,
                        std::string_view uri);

  const Documents& documents_;
  const Bounds bounds_;
  const std::string base_uri_;
  std::vector<Resource> resources_;
  std::map<std::string, ResourceId, std::less<>> by_uri_;
  std::unordered_map<const json::Value*, Place> places_;
  std::vector<std::string> document_uris_;
  std::optional<Fault> fault_;
};

// One step below a place.
Place below(const Place& place, std::string_view step);

}  // namespace confman::schema
