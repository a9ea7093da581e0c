#include "domain/bindings/references.hpp"

#include <algorithm>
#include <charconv>
#include <set>

#include "domain/bindings/schema_document.hpp"
#include "domain/codec/must_decode.hpp"
#include "domain/model/path.hpp"
#include "domain/schema/bounds.hpp"
#include "domain/schema/uri.hpp"

namespace confman::domain {
namespace {

constexpr std::string_view kRoot = "confman:///schemas";

// The base of a text changes with each "$id" on the way down.
void collect(const json::Value& value, const std::string& base, std::set<SchemaVersion>& known,
             std::vector<SchemaVersion>& found) {
  if (const auto* items = value.array()) {
    for (const json::Value& item : *items) collect(item, base, known, found);
    return;
  }
  const auto* members = value.object();
  if (members == nullptr) return;
  const json::Value* id = value.find("$id");
  const bool named = id != nullptr && id->string() != nullptr;
  const std::string here = named ? schema::resolve_uri(base, *id->string()) : base;
  for (const auto& [name, member] : *members) {
    const bool refers = name == "$ref" || name == "$dynamicRef";
    if (!refers || member.string() == nullptr) {
      collect(member, here, known, found);
      continue;
    }
    auto version = version_at(schema::resolve_uri(here, *member.string()));
    if (version && known.insert(*version).second) found.push_back(std::move(*version));
  }
}

Bytes key_of(const SchemaVersion& of) {
  return keys::of_schema_version(of.schema.path, of.schema.name, of.version);
}

}  // namespace

std::string uri_of(const SchemaName& name) {
  static constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
  static constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string uri(kRoot);
  for (const char c : (name.path == "/" ? "" : name.path) + "/" + name.name) {
    const auto byte = static_cast<unsigned char>(c);
    if (kPlain.contains(c)) {
      uri.push_back(c);
    } else {
      uri.append({'%', kHex[byte >> 4], kHex[byte & 15]});
    }
  }
  return uri;
}

std::string uri_of(const SchemaVersion& of) {
  return uri_of(of.schema) + "@" + std::to_string(of.version);
}

std::optional<SchemaVersion> version_at(std::string_view uri) {
  uri = uri.substr(0, uri.find('#'));
  if (!uri.starts_with(kRoot)) return std::nullopt;
  const std::string_view rest = uri.substr(kRoot.size());
  const std::size_t at = rest.rfind('@');
  const std::size_t slash = rest.rfind('/', at);
  if (at == std::string_view::npos || slash == std::string_view::npos) return std::nullopt;
  const std::string_view number = rest.substr(at + 1);
  SchemaVersion found;
  const auto [end, error] =
      std::from_chars(number.data(), number.data() + number.size(), found.version);
  // One way to write each.
  const bool good = error == std::errc() && end == number.data() + number.size() &&
                    found.version > 0 && number.front() != '0';
  const auto path = schema::percent_decoded(rest.substr(0, slash));
  const auto name = schema::percent_decoded(rest.substr(slash + 1, at - slash - 1));
  if (!good || !path || !name) return std::nullopt;
  found.schema = {path->empty() ? "/" : *path, *name};
  if (!check_path(found.schema.path) || !check_key(found.schema.name)) return std::nullopt;
  return found;
}

bool may_refer(ByteView text) {
  return text.contains("$ref") || text.contains("$dynamicRef");
}

std::vector<SchemaVersion> references_in(ByteView text, std::string_view base) {
  std::vector<SchemaVersion> found;
  if (!may_refer(text)) return found;
  const auto value = json::parse(text);
  if (!value) return found;
  std::set<SchemaVersion> known;
  collect(*value, std::string(base), known, found);
  return found;
}

References references_of(ByteView text, std::string_view base) {
  References found{references_in(text, base)};
  if (found.to.size() > schema::kMaxReferences) {
    found.to.resize(schema::kMaxReferences);
    found.all = false;
  }
  return found;
}

Payload text_of(const StateStore& store, const SchemaVersion& of, Work& work) {
  const auto bytes = store.get(Table::SchemaVersion, key_of(of));
  work += {1, bytes ? bytes->size() : 0};
  if (!bytes) return nullptr;
  return make_payload(must_decode(decode_schema_version_row(*bytes)).text);
}

// Versions are 1, 2, … and none is ever taken away.
bool exists(const StateStore& store, const SchemaVersion& of) {
  const auto bytes = store.get(Table::Schema, keys::of_schema(of.schema.path, of.schema.name));
  return bytes && of.version <= must_decode(decode_schema_row(*bytes)).version;
}

std::size_t count_existing(const StateStore& store, const std::vector<SchemaVersion>& versions) {
  return static_cast<std::size_t>(
      std::ranges::count_if(versions, [&](const SchemaVersion& of) { return exists(store, of); }));
}

ReferredDocuments::ReferredDocuments(const std::vector<Referred::Document>& documents) {
  for (const Referred::Document& document : documents) {
    if (auto value = json::parse(*document.text)) {
      values_.emplace(document.uri, std::move(*value));
    }
  }
}

const json::Value* ReferredDocuments::find(std::string_view uri) const {
  const auto found = values_.find(uri);
  return found == values_.end() ? nullptr : &found->second;
}

}  // namespace confman::domain
