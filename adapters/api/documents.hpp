#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "consensus/types.hpp"
#include "domain/audit/changes.hpp"
#include "domain/entries/entry.hpp"
#include "domain/entries/query.hpp"
#include "domain/json/writer.hpp"
#include "domain/model/actor.hpp"
#include "domain/model/labels.hpp"
#include "domain/model/revision.hpp"

// The JSON documents, and parts of them, that more than one resource shows. Values of type JSON
// stand in them byte for byte, texts as strings, everything else as base64 with a member that says
// so.
namespace confman::api {

// Each appends one object.
void append_entry(json::Writer& out, std::string_view path, std::string_view key,
                  const domain::EntryRow& row);
// … of a namespace that has it, or inherits it from another.
void append_resolved(json::Writer& out, std::string_view path, const domain::FoundEntry& entry);
// The same as block YAML; byte for byte doesn't hold there.
std::string entry_as_yaml(std::string_view path, std::string_view key, const domain::EntryRow& row);
void append_change(json::Writer& out, const domain::Change& change);

// What a reader sees of a row's value; nothing: it is a secret, and they may not read it. Of the
// values of entries all that is shown comes through here.
std::optional<std::string_view> shown_value(const domain::EntryRow& row);
// "sha256:…"; of a secret "hmac-sha256:…".
std::string digest_text(const domain::EntryRow& row);
std::string digest_text(const Sha256Digest& digest, bool keyed);

// Each appends members; without the brackets.
// Null where it isn't shown.
void append_value(json::Writer& out, const domain::EntryRow& row, std::string_view name,
                  std::string_view encoding_name);
// Nothing where it is no secret.
void append_secrecy(json::Writer& out, const domain::EntryRow& row);
void append_labels(json::Writer& out, const domain::Labels& labels);
void append_author(json::Writer& out, const domain::Actor& author);
void append_member_fields(json::Writer& out, const consensus::Member& member);

// "2026-01-15T10:30:00.000Z"; a stamp before 1970 or after 9999 is clamped.
std::string rfc3339(std::int64_t wall_ms);
// When that was last set, and by whom, whose version is the log index of its last change.
template <class Row>
void append_setting(json::Writer& out, const Row& row) {
  out.member("version", row.revision.index).member("revision", domain::to_string(row.revision));
  append_author(out, row.author);
  out.member("updatedAt", rfc3339(row.updated_at.wall_ms));
}
std::string_view name_of(domain::ActorType type);

// Not text to everybody: shown as base64, and not to be had as text/plain.
bool is_binary(const domain::EntryRow& row);

}  // namespace confman::api
