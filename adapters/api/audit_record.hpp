#pragma once

#include <expected>
#include <string>

#include "domain/audit/event.hpp"
#include "domain/audit/query.hpp"
#include "domain/base/hash.hpp"
#include "domain/json/value.hpp"
#include "domain/json/writer.hpp"

// An audit event as exports have it: a JSON object with every field that the chain value is taken
// over, and the chain value of the event before. So each proves by itself that it is as it was, and
// two beside each other that nothing was between them. Made and read by AuditRow's own description:
// a field that is added there is in exports too. Members whose field has its default are left out.
namespace confman::api {

struct AuditRecord {
  domain::AuditRow row;
  Sha256Digest previous_chain{};  // zero: there was none before
  bool withheld = false;  // who asked may not read it: there is its place in the chain alone

  // Whether its chain value is that of its fields. Of one that is withheld nobody can say.
  bool is_whole() const;
};

void append_record(json::Writer& out, const domain::AuditEvent& event);

// What isn't a record is told in words, "its member x isn't …". So is a member that this build
// doesn't know, or that says what leaving it out does: then the text isn't what was exported.
std::expected<AuditRecord, std::string> read_record(const json::Value& value);

}  // namespace confman::api
