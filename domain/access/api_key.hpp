#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/access/permission.hpp"
#include "domain/base/bytes.hpp"
#include "domain/base/hash.hpp"
#include "domain/base/hlc.hpp"
#include "domain/codec/record.hpp"
#include "domain/limits.hpp"
#include "domain/state/key.hpp"
#include "domain/state/table.hpp"

// API keys: who shows one acts as its owner. The state has the SHA-256 digest of the key only. A
// key is 256 random bits, so that is as hard to turn round as to guess.
namespace confman::domain {

// A key as text: kApiKeyPrefix, 64 hexadecimal digits, and 8 more that are the CRC-32C of what is
// before them, so that a mistyped one, or a find of a secret scanner, can be told from a key.
inline constexpr std::string_view kApiKeyPrefix = "cfm_";
std::string api_key_text(const Sha256Digest& random);
bool is_api_key(std::string_view text);

// What names a key in the API and the audit trail: 16 hexadecimal digits of its digest.
std::string api_key_id(const Sha256Digest& digest);

// What a key is for: those permissions in that namespace and below.
struct KeyScope {
  std::string_view path;
  PermissionSet permissions;
};
// A line each, "read,publish /payments". Nothing if that is malformed; canonical in what
// join_scopes() makes.
std::optional<std::vector<KeyScope>> parse_scopes(std::string_view text);
std::string join_scopes(const std::vector<KeyScope>& scopes);

struct ApiKeyRow {
  Sha256Digest digest{};
  std::string owner;  // a user or a service
  std::string description;
  std::string scopes;           // empty: all that its owner may
  HlcStamp created_at;          // stamps are log time
  std::int64_t expires_ms{};    // 0: never
  HlcStamp revoked_at;          // zero: it isn't
  std::int64_t last_used_ms{};  // for a change, to kKeyUseGrainMs; 0: never
  Revision revision;            // of its creation or its revocation
  Actor author;                 // who created it

  template <class Self, class Visit>
  static void for_each_field(Self& row, Visit&& visit) {
    visit(Field{1, "digest"}, row.digest);
    visit(Text{2, "owner", kMaxPrincipalBytes}, row.owner);
    visit(Text{3, "description", kMaxDescriptionBytes}, row.description);
    visit(Text{4, "scopes", kMaxScopesBytes}, row.scopes);
    visit(Field{5, "created"}, row.created_at);
    visit(Field{7, "expires_ms"}, row.expires_ms);
    visit(Field{8, "revoked"}, row.revoked_at);
    visit(Field{10, "last_used_ms"}, row.last_used_ms);
    visit(Field{11, "revision"}, row.revision);
    visit(Field{13, "author"}, row.author);
  }
  bool is_revoked() const { return revoked_at != HlcStamp{}; }
  bool has_expired(std::int64_t now_ms) const { return expires_ms != 0 && expires_ms <= now_ms; }
  friend bool operator==(const ApiKeyRow&, const ApiKeyRow&) = default;
};

namespace keys {

struct ApiKeyKey {
  std::string_view id;

  template <class Self, class Visit>
  static constexpr void for_each_part(Self& key, Visit&& visit) {
    visit("id", key.id);
  }
};
inline Bytes of_api_key(std::string_view id) {
  return Bytes(id);
}

}  // namespace keys

struct ApiKeyTable {
  static constexpr Table kTable = Table::ApiKey;
  static constexpr const char* kName = "api_keys";
  static constexpr bool kDerived = false;
  using Key = keys::ApiKeyKey;
  using Row = ApiKeyRow;
  static bool fits(const Key& key, const Row& row) { return key.id == api_key_id(row.digest); }
};

Bytes encode(const ApiKeyRow&);
std::expected<ApiKeyRow, DecodeFault> decode_api_key_row(ByteView, bool* complete = nullptr);

}  // namespace confman::domain
