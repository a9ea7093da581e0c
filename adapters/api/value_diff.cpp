#include "adapters/api/value_diff.hpp"

#include <string_view>

#include "adapters/api/documents.hpp"
#include "adapters/api/value_check.hpp"
#include "domain/base/assert.hpp"
#include "domain/diff/json_diff.hpp"
#include "domain/diff/text_diff.hpp"
#include "domain/json/value.hpp"
#include "domain/json/value_writer.hpp"
#include "domain/limits.hpp"
#include "domain/past/compare.hpp"

namespace confman::api {
namespace {

using domain::EntryRow;

const EntryRow* content_of(const std::optional<EntryRow>& row) {
  return row && !row->deleted ? &*row : nullptr;
}

std::string_view value_of(const EntryRow* row) {
  return row == nullptr ? std::string_view() : shown_value(*row).value_or("");
}

// Whether nothing may be told of what a value is.
bool is_masked(const EntryRow* row) {
  return row != nullptr && !shown_value(*row).has_value();
}

void append_completeness(json::Writer& out, bool complete, std::string_view reason) {
  out.member("complete", complete);
  if (!complete) out.member("reason", reason);
}

// What is put in the place of a secret is told to be the same, by its digest, or not.
void append_masked_diff(json::Writer& out, const EntryRow* from, const EntryRow* to) {
  const bool equal = from != nullptr && to != nullptr && domain::same_value(*from, *to);
  out.key("value").begin_object().member("kind", "secret").member("equal", equal);
  append_completeness(out, false, "masked");
  out.end_object();
}

bool is_json(const EntryRow* row) {
  return row == nullptr || row->content_type == media_type_of(ValueType::Json);
}

std::string_view name_of(diff::JsonChange::Kind kind) {
  switch (kind) {
    case diff::JsonChange::Kind::Added:
      return "added";
    case diff::JsonChange::Kind::Removed:
      return "removed";
    case diff::JsonChange::Kind::Changed:
      return "changed";
  }
  CONFMAN_UNREACHABLE("Every kind of change has a name.");
}

void append_change(json::Writer& out, const diff::JsonChange& change) {
  out.begin_object().member("change", name_of(change.kind)).member("pointer", change.pointer);
  if (change.from != nullptr) json::append(out.key("from"), *change.from);
  if (change.to != nullptr) json::append(out.key("to"), *change.to);
  out.end_object();
}

json::Value parsed(const EntryRow& row) {
  auto value = json::parse(value_of(&row));
  CONFMAN_ASSERT(value.has_value(), "A stored value of type JSON is not JSON.");
  return std::move(*value);
}

// What the values differ in; of one that isn't there all of the other.
void append_json_changes(json::Writer& out, const std::string& body, const EntryRow* from,
                         const EntryRow* to) {
  const json::Value old_value = from != nullptr ? parsed(*from) : json::Value();
  const json::Value new_value = to != nullptr ? parsed(*to) : json::Value();
  diff::JsonDiff found;
  if (from == nullptr) {
    found.changes.push_back({diff::JsonChange::Kind::Added, "", nullptr, &new_value});
  } else if (to == nullptr) {
    found.changes.push_back({diff::JsonChange::Kind::Removed, "", &old_value, nullptr});
  } else {
    found = diff::compare(old_value, new_value,
                          {.steps = domain::kMaxDiffSteps, .changes = domain::kMaxDiffChanges});
  }
  const std::size_t begin = body.size();
  out.key("changes").begin_array();
  for (const diff::JsonChange& change : found.changes) {
    if (body.size() - begin > domain::kMaxDiffOutputBytes) {
      found.complete = false;
      break;
    }
    append_change(out, change);
  }
  out.end_array();
  append_completeness(out, found.complete, "too_many_differences");
}

void append_text_changes(json::Writer& out, std::string_view from, std::string_view to) {
  const diff::TextDiff found = diff::unified_diff(
      from, to, {.steps = domain::kMaxDiffSteps, .bytes = domain::kMaxDiffOutputBytes});
  if (found.complete) out.member("unified", found.hunks);
  append_completeness(out, found.complete, "too_many_differences");
}

}  // namespace

std::string_view change_between(const std::optional<EntryRow>& from,
                                const std::optional<EntryRow>& to) {
  if (domain::same_content(from, to)) return "none";
  if (content_of(from) == nullptr) return "added";
  return content_of(to) != nullptr ? "changed" : "removed";
}

void append_outline(json::Writer& out, const EntryRow& row) {
  out.member("contentType", row.content_type);
  if (const auto value = shown_value(row)) out.member("bytes", value->size());
  if (row.sealed) append_secrecy(out, row);
  if (!row.sealed) out.member("digest", digest_text(row));
  append_labels(out, row.labels);
  out.member("description", row.description);
}

void append_value_diff(json::Writer& out, const std::string& body,
                       const std::optional<EntryRow>& from, const std::optional<EntryRow>& to) {
  const EntryRow* before = content_of(from);
  const EntryRow* after = content_of(to);
  if (is_masked(before) || is_masked(after)) return append_masked_diff(out, before, after);
  const bool binary =
      (before != nullptr && is_binary(*before)) || (after != nullptr && is_binary(*after));
  const bool json = !binary && is_json(before) && is_json(after);
  out.key("value").begin_object().member("kind", binary ? "binary" : json ? "json" : "text");
  out.member("equal",
             (before == nullptr) == (after == nullptr) && value_of(before) == value_of(after));
  const bool too_large = value_of(before).size() > domain::kMaxDiffBytes ||
                         value_of(after).size() > domain::kMaxDiffBytes;
  if (binary) {
    out.end_object();
    return;
  }
  if (too_large) {
    append_completeness(out, false, "too_large");
    out.member("limit", domain::kMaxDiffBytes);
  } else if (before == nullptr && after == nullptr) {
    append_completeness(out, true, {});
  } else if (json) {
    append_json_changes(out, body, before, after);
  } else {
    append_text_changes(out, value_of(before), value_of(after));
  }
  out.end_object();
}

}  // namespace confman::api
