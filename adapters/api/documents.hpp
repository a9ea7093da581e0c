#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "consensus/types.hpp"
#include "domain/audit/action.hpp"
#include "domain/audit/changes.hpp"
#include "domain/audit/query.hpp"
#include "domain/command/reply.hpp"
#include "domain/entries/entry.hpp"
#include "domain/json/writer.hpp"
#include "domain/namespaces/namespace.hpp"

// The JSON documents of the API. Each appends one object; values of type JSON stand in it byte for
// byte, texts as strings, everything else as base64 with a member that says so.
namespace confman::api {

void append_entry(json::Writer& out, std::string_view path, std::string_view key,
                  const domain::EntryRow& row);
// The same as block YAML; byte for byte doesn't hold there.
std::string entry_as_yaml(std::string_view path, std::string_view key, const domain::EntryRow& row);

void append_namespace(json::Writer& out, std::string_view path, const domain::NamespaceRow& row);
void append_audit_event(json::Writer& out, const domain::AuditEvent& event);
void append_change(json::Writer& out, const domain::Change& change);
// {"members":[…],"joint":…}
void append_members(json::Writer& out, const consensus::Membership& membership);
// The members of the object that is one member of the cluster; without the brackets.
void append_member_fields(json::Writer& out, const consensus::Member& member);

// "2026-01-15T10:30:00.000Z"; a stamp before 1970 or after 9999 is clamped.
std::string rfc3339(std::int64_t wall_ms);
std::string_view name_of(domain::ActorType type);

// Not text to everybody: shown as base64, and not to be had as text/plain.
bool is_binary(const domain::EntryRow& row);

}  // namespace confman::api
