#pragma once

#include <cstdint>

namespace confman::domain {

// The tables of the replicated state, in the order of the snapshot stream. The numbers are on disk
// and on the wire. What a table holds is said where its record is, and domain/catalogue.hpp lists
// them.
enum class Table : std::uint8_t {
  Meta = 0,            // one row: applied position, digest, audit head, counters
  Namespace = 1,       // path → NamespaceRow
  Entry = 2,           // path, key → EntryRow: the newest version, also when it is a tombstone
  Version = 3,         // path, key, version → EntryRow, immutable
  Audit = 4,           // log index, ordinal → AuditRow, immutable
  Outcome = 5,         // actor id, idempotency key → OutcomeRow
  OutcomeExpiry = 6,   // expiry, actor id, idempotency key → nothing
  Cluster = 7,         // one row: members, feature level
  Label = 8,           // derived: label name, label value, path, key → nothing; of live entries
  LabelName = 9,       // derived: label name, path, key → nothing; of live entries
  ApiKey = 10,         // id → ApiKeyRow
  Role = 11,           // name → RoleRow
  Assignment = 12,     // path, principal → AssignmentRow
  GroupMember = 13,    // group, member → GroupMemberRow
  MemberGroup = 14,    // member, group → nothing
  Policy = 15,         // path → PolicyRow
  Request = 16,        // id → RequestRow
  RequestChange = 17,  // id, ordinal → RequestChangeRow
  Approval = 18,       // id, principal → ApprovalRow
  RequestNote = 19,    // id, ordinal → NoteRow
  OpenRequest = 20,    // id → nothing
  DueRequest = 21,     // time, id → nothing
  Schema = 22,         // path, name → SchemaRow: the newest version, also when it is deleted
  SchemaVersion = 23,  // path, name, version → SchemaVersionRow, immutable
  Binding = 24,        // path → BindingRow
  DataKey = 25,        // path → DataKeyRow
  WrappedKey = 26,     // master key id, path → nothing
  MasterKey = 27,      // master key id → MasterKeyRow
  Quota = 28,          // path → QuotaRow
  Retention = 29,      // path → RetentionRow
  RestorePoint = 30,   // name → RestorePointRow
  HeldIndex = 31,      // log index, holder → nothing: what was live there or later stays
  Chore = 32,          // time, kind, path → nothing
};

}  // namespace confman::domain
