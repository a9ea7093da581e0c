#include "domain/schema/registry.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "domain/json/pointer.hpp"
#include "domain/schema/describe.hpp"
#include "domain/schema/metaschemas.hpp"
#include "domain/schema/uri.hpp"

namespace confman::schema {
namespace {

using json::Value;

constexpr std::string_view kSchemaWanted = "a schema: an object, true or false";

std::string_view without_fragment(std::string_view uri) {
  return uri.substr(0, uri.find('#'));
}

// XML's NCName without what isn't ASCII, as 2020-12 has it.
bool is_anchor(std::string_view name) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return !name.empty() && letter(name.front()) && std::ranges::all_of(name, [&](char c) {
    return letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
}

}  // namespace

Place below(const Place& place, std::string_view step) {
  Place lower = place;
  json::append_to_pointer(lower.pointer, step);
  return lower;
}

Registry::Registry(const Documents& documents, const Bounds& bounds, std::string_view base_uri)
    : documents_(documents), bounds_(bounds), base_uri_(base_uri) {}

std::string_view Registry::document_uri(std::size_t document) const {
  return document == 0 ? std::string_view() : document_uris_[document];
}

bool Registry::fail(FaultKind kind, const Place& place, std::string_view step,
                    std::string_view expected, std::string_view found) {
  Fault fault{.kind = kind,
              .document = std::string(document_uri(place.document)),
              .pointer = place.pointer,
              .expected = std::string(expected),
              .found = std::string(found),
              .suggestion = {},
              .json = {}};
  if (!step.empty()) json::append_to_pointer(fault.pointer, step);
  fault_ = std::move(fault);
  return false;
}

bool Registry::add_document(const Value& root, std::string_view uri, Draft draft) {
  const Place place{static_cast<ResourceId>(resources_.size()), document_uris_.size(), {}};
  document_uris_.emplace_back(uri);
  if (document_uris_.size() > bounds_.documents) {
    return fail(FaultKind::TooManyDocuments, place, {},
                "at most " + std::to_string(bounds_.documents) + " documents", uri);
  }
  resources_.push_back({std::string(uri), &root, Dialect{.draft = draft}, {}, {}});
  by_uri_.try_emplace(std::string(uri), place.resource);
  return scan(root, place, 0);
}

bool Registry::scan(const Value& schema, Place place, std::size_t depth) {
  if (places_.contains(&schema)) return true;
  if (places_.size() == bounds_.subschemas) {
    return fail(FaultKind::TooManySubschemas, place, {},
                "at most " + std::to_string(bounds_.subschemas) + " subschemas", "more");
  }
  if (depth > bounds_.depth) {
    return fail(FaultKind::TooDeep, place, {},
                "at most " + std::to_string(bounds_.depth) + " levels", "more");
  }
  if (schema.object() == nullptr) {
    if (schema.boolean() == nullptr) {
      return fail(FaultKind::WrongType, place, {}, kSchemaWanted, describe(schema));
    }
    places_.emplace(&schema, std::move(place));
    return true;
  }
  if (!take_identifiers(schema, place)) return false;
  places_.emplace(&schema, place);
  const Dialect dialect = resources_[place.resource].dialect;
  // In draft 7 a reference is all that counts; but what it refers to may be defined beside it.
  const bool only_ref = dialect.draft == Draft::Draft7 && schema.find("$ref") != nullptr;
  for (const SubschemaKeyword& keyword : kSubschemaKeywords) {
    if (!knows(dialect, keyword) || (only_ref && keyword.part != Part::Core)) continue;
    const Value* value = schema.find(keyword.name);
    if (value == nullptr) continue;
    if (!scan_keyword(*value, keyword, below(place, keyword.name), depth + 1)) return false;
  }
  return true;
}

bool Registry::scan_keyword(const Value& value, const SubschemaKeyword& keyword, const Place& place,
                            std::size_t depth) {
  switch (keyword.shape) {
    case Shape::One:
      return scan(value, place, depth);
    case Shape::OneOrList:
      if (value.array() == nullptr) return scan(value, place, depth);
      return value.array()->empty() || scan_list(value, place, depth);
    case Shape::List:
      return scan_list(value, place, depth);
    case Shape::Map:
    case Shape::Dependencies:
      return scan_map(value, keyword, place, depth);
  }
  return false;
}

bool Registry::scan_list(const Value& value, const Place& place, std::size_t depth) {
  const Value::Array* list = value.array();
  if (list == nullptr) {
    return fail(FaultKind::WrongType, place, {}, "an array of schemas", describe(value));
  }
  if (list->empty()) {
    return fail(FaultKind::EmptyList, place, {}, "an array of at least one schema", "[]");
  }
  for (std::size_t i = 0; i < list->size(); ++i) {
    if (!scan((*list)[i], below(place, std::to_string(i)), depth + 1)) return false;
  }
  return true;
}

bool Registry::scan_map(const Value& value, const SubschemaKeyword& keyword, const Place& place,
                        std::size_t depth) {
  if (value.object() == nullptr) {
    return fail(FaultKind::WrongType, place, {}, "an object of schemas", describe(value));
  }
  for (const auto& [name, member] : *value.object()) {
    if (keyword.shape == Shape::Dependencies && member.array() != nullptr) continue;
    if (!scan(member, below(place, name), depth + 1)) return false;
  }
  return true;
}

bool Registry::take_identifiers(const Value& schema, Place& place) {
  const bool is_root = resources_[place.resource].root == &schema;
  const Value* id = schema.find("$id");
  // A resource may say its dialect itself.
  Dialect dialect = resources_[place.resource].dialect;
  if ((is_root || id != nullptr) && !find_dialect(schema, place, dialect)) return false;
  if (is_root) resources_[place.resource].dialect = dialect;
  const bool ignored = dialect.draft == Draft::Draft7 && schema.find("$ref") != nullptr;
  if (id != nullptr && !ignored) {
    if (id->string() == nullptr) {
      return fail(FaultKind::WrongType, place, "$id", "a string", describe(*id));
    }
    if (!take_id(schema, *id->string(), dialect, place)) return false;
  }
  if (resources_[place.resource].dialect.draft == Draft::Draft7) return true;
  return take_anchors(schema, place);
}

bool Registry::take_id(const Value& schema, const std::string& id, const Dialect& dialect,
                       Place& place) {
  const std::string fragment(split_uri(id).fragment.value_or(""));
  const bool may_name_anchor = dialect.draft == Draft::Draft7 && is_anchor(fragment);
  if (!fragment.empty() && !may_name_anchor) {
    return fail(FaultKind::BadId, place, "$id", "a URI without fragment", describe(Value(id)));
  }
  if (!without_fragment(id).empty()) {
    const std::string uri = resolve_uri(resources_[place.resource].uri, id);
    if (resources_[place.resource].root == &schema) {
      resources_[place.resource].uri = uri;
    } else {
      place.resource = static_cast<ResourceId>(resources_.size());
      resources_.push_back({uri, &schema, dialect, {}, {}});
    }
    const auto [known, is_new] = by_uri_.try_emplace(uri, place.resource);
    if (!is_new && resources_[known->second].root != &schema) {
      return fail(FaultKind::DuplicateId, place, "$id", "each $id once", uri);
    }
  }
  return fragment.empty() || add_anchor(schema, place, "$id", fragment);
}

bool Registry::take_anchors(const Value& schema, const Place& place) {
  for (const std::string_view keyword : {"$anchor", "$dynamicAnchor"}) {
    const Value* name = schema.find(keyword);
    if (name == nullptr) continue;
    if (name->string() == nullptr) {
      return fail(FaultKind::WrongType, place, keyword, "a string", describe(*name));
    }
    if (!is_anchor(*name->string())) {
      return fail(FaultKind::BadAnchor, place, keyword,
                  "a letter or _, then letters, digits, -, _ and .", describe(*name));
    }
    if (!add_anchor(schema, place, keyword, *name->string())) return false;
    if (keyword == "$dynamicAnchor") {
      resources_[place.resource].dynamic_anchors.emplace(*name->string(), &schema);
    }
  }
  return true;
}

bool Registry::add_anchor(const Value& schema, const Place& place, std::string_view keyword,
                          const std::string& name) {
  const auto [known, is_new] = resources_[place.resource].anchors.try_emplace(name, &schema);
  if (is_new || known->second == &schema) return true;
  return fail(FaultKind::DuplicateAnchor, place, keyword, "each anchor once in a resource", name);
}

}  // namespace confman::schema
