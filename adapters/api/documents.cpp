#include "adapters/api/documents.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include "adapters/api/base64.hpp"
#include "adapters/api/value_check.hpp"
#include "adapters/api/yaml_writer.hpp"
#include "domain/base/assert.hpp"
#include "domain/base/hash.hpp"

namespace confman::api {
namespace {

bool is_json(const domain::EntryRow& row) {
  return row.content_type == media_type_of(ValueType::Json);
}

std::string base64(std::string_view bytes) {
  std::string text;
  append_base64(text, bytes);
  return text;
}

// What an entry's document has besides its name, version and revision.
void append_content(json::Writer& out, const domain::EntryRow& row) {
  out.member("contentType", row.content_type);
  append_value(out, row, "value", "encoding");
  append_secrecy(out, row);
  append_labels(out, row.labels);
  out.member("description", row.description);
  append_author(out, row.author);
}

void append_digits(std::string& out, unsigned number, unsigned width) {
  std::array<char, 10> digits{};
  for (unsigned i = width; i-- > 0; number /= 10) digits[i] = static_cast<char>('0' + number % 10);
  out.append(digits.data(), width);
}

}  // namespace

void append_value(json::Writer& out, const domain::EntryRow& row, std::string_view name,
                  std::string_view encoding_name) {
  const auto value = shown_value(row);
  out.key(name);
  if (!value) {
    out.null();
  } else if (is_json(row)) {
    out.raw(*value);
  } else if (is_binary(row)) {
    out.value(base64(*value)).member(encoding_name, "base64");
  } else {
    out.value(*value);
  }
}

std::optional<std::string_view> shown_value(const domain::EntryRow& row) {
  return row.sealed ? domain::shown(row.value).value : std::optional<std::string_view>(row.value);
}

std::string digest_text(const Sha256Digest& digest, bool keyed) {
  return (keyed ? "hmac-sha256:" : "sha256:") + to_hex(as_view(digest));
}

std::string digest_text(const domain::EntryRow& row) {
  return digest_text(domain::digest_of(row), row.sealed);
}

void append_secrecy(json::Writer& out, const domain::EntryRow& row) {
  if (!row.sealed) return;
  out.member("encrypted", true).member("masked", !shown_value(row).has_value());
  out.member("digest", digest_text(row));
}

void append_labels(json::Writer& out, const domain::Labels& labels) {
  out.key("labels").begin_object();
  for (const auto& [name, value] : labels) out.member(name, value);
  out.end_object();
}

void append_author(json::Writer& out, const domain::Actor& author) {
  out.key("author").begin_object();
  out.member("type", name_of(author.type)).member("id", author.id).end_object();
}

bool is_binary(const domain::EntryRow& row) {
  return row.content_type == media_type_of(ValueType::Octets);
}

std::string_view name_of(domain::ActorType type) {
  switch (type) {
    case domain::ActorType::Anonymous:
      return "anonymous";
    case domain::ActorType::User:
      return "user";
    case domain::ActorType::Service:
      return "service";
    case domain::ActorType::System:
      return "system";
  }
  CONFMAN_UNREACHABLE("A kind of actor has no name.");
}

std::string rfc3339(std::int64_t wall_ms) {
  constexpr std::int64_t kDayMs = 24LL * 60 * 60 * 1000;
  constexpr std::int64_t kEndOfYear9999 = 253'402'300'799'999;
  wall_ms = std::clamp<std::int64_t>(wall_ms, 0, kEndOfYear9999);
  const std::chrono::year_month_day date{
      std::chrono::sys_days{std::chrono::days{wall_ms / kDayMs}}};
  const auto in_day = static_cast<unsigned>(wall_ms % kDayMs);
  std::string out;
  out.reserve(24);
  append_digits(out, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  append_digits(out.append("-"), static_cast<unsigned>(date.month()), 2);
  append_digits(out.append("-"), static_cast<unsigned>(date.day()), 2);
  append_digits(out.append("T"), in_day / 3'600'000, 2);
  append_digits(out.append(":"), in_day / 60'000 % 60, 2);
  append_digits(out.append(":"), in_day / 1000 % 60, 2);
  append_digits(out.append("."), in_day % 1000, 3);
  return out.append("Z");
}

namespace {

// What an entry's document has besides its name.
void append_row(json::Writer& out, const domain::EntryRow& row) {
  out.member("version", row.version).member("revision", domain::to_string(row.revision));
  if (row.deleted) {
    out.member("deleted", true);
    append_author(out, row.author);
  } else if (row.is_destroyed()) {
    const domain::Destruction how = domain::destruction_of(row);
    out.key("destroyed").begin_object();
    out.member("at", rfc3339(how.at.wall_ms)).member("revision", domain::to_string(how.revision));
    out.key("by").begin_object().member("type", name_of(how.by.type)).member("id", how.by.id);
    out.end_object().member("reason", how.why);
    out.member("digest", digest_text(how.digest, how.keyed)).end_object();
    append_author(out, row.author);
    out.member("createdAt", rfc3339(row.created_at.wall_ms));
  } else {
    append_content(out, row);
    out.member("createdAt", rfc3339(row.created_at.wall_ms));
  }
  out.member("updatedAt", rfc3339(row.updated_at.wall_ms));
}

}  // namespace

void append_entry(json::Writer& out, std::string_view path, std::string_view key,
                  const domain::EntryRow& row) {
  out.begin_object().member("namespace", path).member("key", key);
  append_row(out, row);
  out.end_object();
}

void append_resolved(json::Writer& out, std::string_view path, const domain::FoundEntry& entry) {
  out.begin_object().member("namespace", entry.path).member("key", entry.key);
  out.member("inherited", entry.path != path);
  append_row(out, entry.row);
  out.end_object();
}

std::string entry_as_yaml(std::string_view path, std::string_view key,
                          const domain::EntryRow& row) {
  YamlWriter out;
  out.begin_object();
  out.member("namespace", path).member("key", key);
  out.member("version", row.version).member("revision", domain::to_string(row.revision));
  out.member("contentType", row.content_type);
  out.name("value");
  const auto shown = shown_value(row);
  if (!shown) {
    out.null();
  } else if (is_json(row)) {
    const auto ok = json::read(*shown, out);
    CONFMAN_ASSERT(ok.has_value(), "A stored value of type JSON is not JSON.");
  } else if (is_binary(row)) {
    out.string(base64(*shown));
    out.member("encoding", "base64");
  } else {
    out.string(*shown);
  }
  if (row.sealed) {
    out.name("encrypted");
    out.boolean(true);
    out.name("masked");
    out.boolean(!shown);
    out.member("digest", digest_text(row));
  }
  out.name("labels");
  out.begin_object();
  for (const auto& [name, value] : row.labels) out.member(name, value);
  out.end_object();
  out.member("description", row.description);
  out.name("author");
  out.begin_object();
  out.member("type", name_of(row.author.type)).member("id", row.author.id);
  out.end_object();
  out.member("createdAt", rfc3339(row.created_at.wall_ms));
  out.member("updatedAt", rfc3339(row.updated_at.wall_ms));
  out.end_object();
  return std::move(out).text();
}

void append_change(json::Writer& out, const domain::Change& change) {
  out.begin_object().member("type", domain::name_of(change.action));
  out.member("namespace", change.path).member("key", change.key);
  out.member("version", change.version).member("revision", domain::to_string(change.revision));
  out.member("timestamp", rfc3339(change.stamp.wall_ms));
  if (change.entry && !change.entry->is_destroyed()) append_content(out, *change.entry);
  out.end_object();
}

namespace {

std::string_view name_of(consensus::MemberRole role) {
  switch (role) {
    case consensus::MemberRole::Voter:
      return "voter";
    case consensus::MemberRole::Learner:
      return "learner";
    case consensus::MemberRole::Leaving:
      return "leaving";
  }
  CONFMAN_UNREACHABLE("Every role of a member has a name.");
}

}  // namespace

void append_member_fields(json::Writer& out, const consensus::Member& member) {
  out.member("name", member.name).member("id", member.id.value);
  out.member("role", name_of(member.role));
  out.member("peerAddress", member.peer_address).member("apiAddress", member.api_address);
}

}  // namespace confman::api
