#include <array>

#include "adapters/sqlite/state_columns.hpp"

// The tables of state.db. A change of any of them is a new schema version (state_tables.hpp).
namespace confman::sqlite {
namespace {

constexpr Column kMetaKey[] = {{"key", "TEXT"}};
constexpr Column kPathKey[] = {{"path", "TEXT"}};
constexpr Column kEntryKey[] = {{"path", "TEXT"}, {"key", "TEXT"}};
constexpr Column kVersionKey[] = {{"path", "TEXT"}, {"key", "TEXT"}, {"version", "INTEGER"}};
constexpr Column kAuditKey[] = {{"log_index", "INTEGER"}, {"ordinal", "INTEGER"}};
constexpr Column kOutcomeKey[] = {{"actor_id", "TEXT"}, {"idempotency_key", "TEXT"}};
constexpr Column kExpiryKey[] = {
    {"expires_ms", "INTEGER"}, {"actor_id", "TEXT"}, {"idempotency_key", "TEXT"}};
constexpr Column kLabelKey[] = {
    {"name", "TEXT"}, {"value", "TEXT"}, {"path", "TEXT"}, {"key", "TEXT"}};
constexpr Column kLabelNameKey[] = {{"name", "TEXT"}, {"path", "TEXT"}, {"key", "TEXT"}};

constexpr Column kMetaColumns[] = {{"raw", "BLOB"},
                                   {"term", "INTEGER"},
                                   {"log_index", "INTEGER"},
                                   {"stamp_ms", "INTEGER"},
                                   {"stamp_counter", "INTEGER"},
                                   {"digest_low", "INTEGER"},
                                   {"digest_high", "INTEGER"},
                                   {"audit_head", "BLOB"},
                                   {"audit_events", "INTEGER"},
                                   {"live_entries", "INTEGER"},
                                   {"namespaces", "INTEGER"},
                                   {"outcomes", "INTEGER"},
                                   {"log_chain", "INTEGER"},
                                   {"oldest_outcome_ms", "INTEGER"},
                                   {"crc", "INTEGER"}};
constexpr Column kNamespaceColumns[] = {{"raw", "BLOB"},
                                        {"description", "TEXT"},
                                        {"owner", "TEXT"},
                                        {"labels", "TEXT"},
                                        {"version", "INTEGER"},
                                        {"term", "INTEGER"},
                                        {"log_index", "INTEGER"},
                                        {"author_type", "INTEGER"},
                                        {"author_id", "TEXT"},
                                        {"author_ip", "TEXT"},
                                        {"created_ms", "INTEGER"},
                                        {"created_counter", "INTEGER"},
                                        {"updated_ms", "INTEGER"},
                                        {"updated_counter", "INTEGER"},
                                        {"live_entries", "INTEGER"},
                                        {"children", "INTEGER"},
                                        {"crc", "INTEGER"}};
// An entry's own version comes last, where the version table leaves it out.
constexpr Column kEntryColumns[] = {{"raw", "BLOB"},
                                    {"deleted", "INTEGER"},
                                    {"term", "INTEGER"},
                                    {"log_index", "INTEGER"},
                                    {"content_type", "TEXT"},
                                    {"value", "BLOB"},
                                    {"labels", "TEXT"},
                                    {"description", "TEXT"},
                                    {"author_type", "INTEGER"},
                                    {"author_id", "TEXT"},
                                    {"author_ip", "TEXT"},
                                    {"created_ms", "INTEGER"},
                                    {"created_counter", "INTEGER"},
                                    {"updated_ms", "INTEGER"},
                                    {"updated_counter", "INTEGER"},
                                    {"crc", "INTEGER"},
                                    {"version", "INTEGER"}};
constexpr Column kAuditColumns[] = {{"raw", "BLOB"},
                                    {"term", "INTEGER"},
                                    {"stamp_ms", "INTEGER"},
                                    {"stamp_counter", "INTEGER"},
                                    {"action", "TEXT"},
                                    {"refusal", "TEXT"},
                                    {"actor_type", "INTEGER"},
                                    {"actor_id", "TEXT"},
                                    {"actor_ip", "TEXT"},
                                    {"path", "TEXT"},
                                    {"key", "TEXT"},
                                    {"previous_version", "INTEGER"},
                                    {"new_version", "INTEGER"},
                                    {"previous_value", "BLOB"},
                                    {"new_value", "BLOB"},
                                    {"request_id", "TEXT"},
                                    {"chain", "BLOB"},
                                    {"crc", "INTEGER"}};
constexpr Column kOutcomeColumns[] = {{"raw", "BLOB"},           {"fingerprint", "INTEGER"},
                                      {"expires_ms", "INTEGER"}, {"expires_counter", "INTEGER"},
                                      {"reply", "BLOB"},         {"crc", "INTEGER"}};
constexpr Column kNoColumns[] = {{"raw", "BLOB"}, {"crc", "INTEGER"}};
constexpr Column kClusterColumns[] = {
    {"raw", "BLOB"},          {"membership", "BLOB"},       {"term", "INTEGER"},
    {"log_index", "INTEGER"}, {"feature_level", "INTEGER"}, {"crc", "INTEGER"}};

constexpr std::span<const Column> kEntryAll{kEntryColumns};
constexpr std::array<TableLayout, domain::kTableCount> kLayouts{{
    {"meta", kMetaKey, kMetaColumns, false},
    {"namespaces", kPathKey, kNamespaceColumns, true},
    {"entries", kEntryKey, kEntryAll, true},
    {"versions", kVersionKey, kEntryAll.first(kEntryAll.size() - 1), true},
    {"audit", kAuditKey, kAuditColumns, false},
    {"outcomes", kOutcomeKey, kOutcomeColumns, false},
    {"outcome_expiry", kExpiryKey, kNoColumns, false},
    {"cluster", kMetaKey, kClusterColumns, false},
    {"labels", kLabelKey, kNoColumns, false},
    {"label_names", kLabelNameKey, kNoColumns, false},
}};

}  // namespace

const TableLayout& layout_of(domain::Table table) {
  return kLayouts[static_cast<std::size_t>(table)];
}

}  // namespace confman::sqlite
