#include <utility>

#include "domain/base/assert.hpp"
#include "domain/rows.hpp"

namespace confman::domain::keys {
namespace {

constexpr char kSeparator = '\0';
constexpr std::size_t kNumberBytes = 8;

void append_number(Bytes& out, std::uint64_t v) {
  for (int shift = 56; shift >= 0; shift -= 8)
    out.push_back(static_cast<char>((v >> shift) & 0xff));
}

std::uint64_t read_number(ByteView bytes) {
  std::uint64_t v = 0;
  for (std::size_t i = 0; i < kNumberBytes; ++i) v = (v << 8) | static_cast<std::uint8_t>(bytes[i]);
  return v;
}

Bytes joined(std::string_view first, std::string_view second, std::size_t room = 0) {
  Bytes key;
  key.reserve(first.size() + 1 + second.size() + room);
  key.append(first);
  key.push_back(kSeparator);
  key.append(second);
  return key;
}

// Two names around the one separator.
std::optional<std::pair<std::string_view, std::string_view>> split(ByteView key) {
  const std::size_t at = key.find(kSeparator);
  if (at == key.npos || key.find(kSeparator, at + 1) != key.npos) return std::nullopt;
  return std::pair{key.substr(0, at), key.substr(at + 1)};
}

}  // namespace

Bytes of_namespace(std::string_view path) {
  return Bytes(path);
}

Bytes of_entry(std::string_view path, std::string_view key) {
  return joined(path, key);
}

Bytes of_version(std::string_view path, std::string_view key, std::uint64_t version) {
  Bytes bytes = joined(path, key, 1 + kNumberBytes);
  bytes.push_back(kSeparator);
  append_number(bytes, version);
  return bytes;
}

Bytes of_audit(std::uint64_t index, std::uint32_t ordinal) {
  Bytes bytes;
  bytes.reserve(2 * kNumberBytes);
  append_number(bytes, index);
  append_number(bytes, ordinal);
  return bytes;
}

Bytes of_outcome(std::string_view actor_id, std::string_view idempotency_key) {
  return joined(actor_id, idempotency_key);
}

Bytes of_outcome_expiry(std::int64_t expires_wall_ms, std::string_view actor_id,
                        std::string_view idempotency_key) {
  CONFMAN_ASSERT(expires_wall_ms >= 0, "An outcome expires before 1970 and would not sort.");
  Bytes bytes;
  bytes.reserve(kNumberBytes + actor_id.size() + 1 + idempotency_key.size());
  append_number(bytes, static_cast<std::uint64_t>(expires_wall_ms));
  bytes.append(actor_id);
  bytes.push_back(kSeparator);
  bytes.append(idempotency_key);
  return bytes;
}

Bytes label_prefix(std::string_view name, std::string_view value) {
  Bytes bytes = joined(name, value, 1);
  bytes.push_back(kSeparator);
  return bytes;
}

Bytes label_name_prefix(std::string_view name) {
  return joined(name, {});
}

std::optional<EntryKey> parse_entry(ByteView key) {
  const auto parts = split(key);
  if (!parts) return std::nullopt;
  return EntryKey{parts->first, parts->second};
}

std::optional<VersionKey> parse_version(ByteView key) {
  if (key.size() < 1 + kNumberBytes) return std::nullopt;
  const std::size_t names = key.size() - kNumberBytes - 1;
  const auto parts = split(key.substr(0, names));
  if (!parts || key[names] != kSeparator) return std::nullopt;
  return VersionKey{parts->first, parts->second, read_number(key.substr(names + 1))};
}

std::optional<AuditKey> parse_audit(ByteView key) {
  if (key.size() != 2 * kNumberBytes) return std::nullopt;
  const std::uint64_t ordinal = read_number(key.substr(kNumberBytes));
  if (ordinal > UINT32_MAX) return std::nullopt;
  return AuditKey{read_number(key), static_cast<std::uint32_t>(ordinal)};
}

std::optional<OutcomeKey> parse_outcome(ByteView key) {
  const auto parts = split(key);
  if (!parts) return std::nullopt;
  return OutcomeKey{parts->first, parts->second};
}

std::optional<OutcomeExpiryKey> parse_outcome_expiry(ByteView key) {
  if (key.size() < kNumberBytes) return std::nullopt;
  const std::uint64_t expires = read_number(key);
  const auto parts = split(key.substr(kNumberBytes));
  if (!parts || expires > INT64_MAX) return std::nullopt;
  return OutcomeExpiryKey{static_cast<std::int64_t>(expires), parts->first, parts->second};
}

std::optional<LabelKey> parse_label(ByteView key) {
  const std::size_t name = key.find(kSeparator);
  if (name == key.npos) return std::nullopt;
  const auto rest = parse_label_name(key.substr(name + 1));
  if (!rest) return std::nullopt;
  return LabelKey{key.substr(0, name), rest->name, rest->path, rest->key};
}

std::optional<LabelNameKey> parse_label_name(ByteView key) {
  const std::size_t name = key.find(kSeparator);
  if (name == key.npos) return std::nullopt;
  const auto entry = split(key.substr(name + 1));
  if (!entry) return std::nullopt;
  return LabelNameKey{key.substr(0, name), entry->first, entry->second};
}

Bytes end_of_prefix(ByteView prefix) {
  Bytes end(prefix);
  while (!end.empty() && end.back() == '\xff') end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(end.back() + 1);
  return end;
}

}  // namespace confman::domain::keys
