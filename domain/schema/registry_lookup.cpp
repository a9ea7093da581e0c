#include "domain/json/pointer.hpp"
#include "domain/schema/describe.hpp"
#include "domain/schema/metaschemas.hpp"
#include "domain/schema/registry.hpp"
#include "domain/schema/uri.hpp"

// The half of the registry that looks up: what references, and $schema, lead to.
namespace confman::schema {
namespace {

using json::Value;

// A metaschema may be described by one of somebody's own in turn.
constexpr int kMaxMetaschemas = 8;

std::string_view without_fragment(std::string_view uri) {
  return uri.substr(0, uri.find('#'));
}

std::string quoted(std::string_view text) {
  return describe(Value(std::string(text)));
}

}  // namespace

std::optional<ResourceId> Registry::find_resource(std::string_view uri) const {
  const auto found = by_uri_.find(uri);
  if (found == by_uri_.end()) return std::nullopt;
  return found->second;
}

const Value* Registry::target(const Place& from, std::string_view keyword,
                              std::string_view reference) {
  const std::string uri = resolve_uri(resources_[from.resource].uri, reference);
  const auto fragment = percent_decoded(split_uri(reference).fragment.value_or(""));
  const auto bad = [&](FaultKind kind, std::string_view expected) {
    fail(kind, from, keyword, expected, quoted(reference));
    return nullptr;
  };
  if (!fragment) return bad(FaultKind::BadRef, "a URI reference");
  auto resource = find_resource(uri);
  if (!resource) resource = load(from, keyword, reference, uri);
  if (!resource) return nullptr;
  if (fragment->empty()) return resources_[*resource].root;
  if (fragment->starts_with('/')) {
    const Value* schema = follow(*resource, *fragment);
    if (schema == nullptr && !fault_) return bad(FaultKind::UnknownRef, "a pointer to a schema");
    return schema;
  }
  const auto& anchors = resources_[*resource].anchors;
  const auto anchor = anchors.find(*fragment);
  if (anchor == anchors.end()) return bad(FaultKind::UnknownRef, "an anchor of that resource");
  return anchor->second;
}

std::optional<ResourceId> Registry::load(const Place& from, std::string_view keyword,
                                         std::string_view reference, const std::string& uri) {
  const Value* document = metaschema(uri);
  if (document == nullptr) document = documents_.find(uri);
  if (document == nullptr) {
    no_such_document(from, keyword, reference, uri);
    return std::nullopt;
  }
  const auto known = places_.find(document);
  if (known != places_.end()) {  // under another name
    by_uri_.emplace(uri, known->second.resource);
    return known->second.resource;
  }
  const auto id = static_cast<ResourceId>(resources_.size());
  if (!add_document(*document, uri, resources_[from.resource].dialect.draft)) return std::nullopt;
  return id;
}

bool Registry::no_such_document(const Place& from, std::string_view keyword,
                                std::string_view reference, std::string_view uri) {
  const UriParts target = split_uri(uri);
  const UriParts base = split_uri(base_uri_);
  const bool ours = target.scheme == base.scheme && target.authority == base.authority;
  if (!ours) {
    return fail(
        FaultKind::RemoteRefNotAllowed, from, keyword,
        "a schema of this cluster or a metaschema of draft 2020-12 or 7; nothing is fetched",
        quoted(reference));
  }
  if (climbs(split_uri(reference).path)) {
    return fail(FaultKind::RefOutsideNamespace, from, keyword, "a schema that may be referred to",
                quoted(reference));
  }
  return fail(FaultKind::UnknownRef, from, keyword, "a schema that there is", quoted(reference));
}

const Value* Registry::follow(ResourceId resource, std::string_view pointer) {
  const Value* value = resources_[resource].root;
  // Places are known of subschemas only. What lies between, or in a keyword that nobody knows,
  // belongs to the last of them.
  Place place = places_.at(value);
  while (!pointer.empty()) {
    const auto step = json::take_step(pointer);
    if (!step) return nullptr;
    value = json::step_into(*value, *step);
    if (value == nullptr) return nullptr;
    const auto known = places_.find(value);
    place = known == places_.end() ? below(place, *step) : known->second;
  }
  if (!places_.contains(value) && !scan(*value, place, 0)) return nullptr;
  return value;
}

bool Registry::find_dialect(const Value& schema, const Place& place, Dialect& dialect) {
  const Value* named = schema.find("$schema");
  if (named == nullptr) return true;
  if (named->string() == nullptr) {
    return fail(FaultKind::WrongType, place, "$schema", "a string", describe(*named));
  }
  const std::string_view uri = without_fragment(*named->string());
  const Value* described = nullptr;  // by $vocabulary; that of the first counts
  std::string_view at = uri;
  for (int i = 0; i < kMaxMetaschemas; ++i) {
    if (at == kDraft2020Uri || at == kDraft7Uri) {
      dialect = Dialect{.draft = at == kDraft7Uri ? Draft::Draft7 : Draft::Draft2020};
      if (described == nullptr || dialect.draft == Draft::Draft7) return true;
      return vocabularies(*described, place, dialect);
    }
    const Value* meta = documents_.find(at);
    const Value* next = meta == nullptr ? nullptr : meta->find("$schema");
    if (next == nullptr || next->string() == nullptr) break;
    if (described == nullptr) described = meta;
    at = without_fragment(*next->string());
  }
  return fail(FaultKind::UnknownDialect, place, "$schema",
              std::string(kDraft2020Uri) + " or " + std::string(kDraft7Uri) + "#", quoted(uri));
}

bool Registry::vocabularies(const Value& metaschema, const Place& place, Dialect& dialect) {
  const Value* used = metaschema.find("$vocabulary");
  if (used == nullptr || used->object() == nullptr) return true;
  dialect.applicator = dialect.unevaluated = dialect.validation = false;
  for (const auto& [name, required] : *used->object()) {
    std::string_view word = name;
    if (word.starts_with(kVocabularyPrefix)) word.remove_prefix(kVocabularyPrefix.size());
    if (word == "applicator") {
      dialect.applicator = true;
    } else if (word == "unevaluated") {
      dialect.unevaluated = true;
    } else if (word == "validation") {
      dialect.validation = true;
    } else if (word == "format-assertion") {
      dialect.format_assertion = true;
    } else if (word != "core" && word != "meta-data" && word != "format-annotation" &&
               word != "content" && required.boolean() != nullptr && *required.boolean()) {
      return fail(FaultKind::UnknownVocabulary, place, "$schema",
                  "a metaschema with known vocabularies", quoted(name));
    }
  }
  return true;
}

}  // namespace confman::schema
