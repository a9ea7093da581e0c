#include "domain/audit/glance.hpp"

#include <cstdint>
#include <string_view>

#include "domain/audit/event.hpp"
#include "domain/base/assert.hpp"

namespace confman::domain {
namespace {

// The numbers of the fields, by their names in the description of the row.
struct Numbers {
  Numbers() {
    const AuditRow row;
    AuditRow::for_each_field(row, [this](const auto& field, const auto&) {
      const std::string_view name = field.name;
      if (name == "action") action = field.number;
      if (name == "refusal") refusal = field.number;
      if (name == "actor") actor_id = field.number + 1;  // behind its type (codec/fields.cpp)
      if (name == "path") path = field.number;
      if (name == "key") key = field.number;
    });
    CONFMAN_ASSERT(action < refusal && refusal < actor_id && actor_id < path && path < key,
                   "The fields of an audit event aren't where a glance looks for them.");
  }

  std::uint64_t action = 0;
  std::uint64_t refusal = 0;
  std::uint64_t actor_id = 0;
  std::uint64_t path = 0;
  std::uint64_t key = 0;
};

}  // namespace

AuditGlance glance_at(ByteView row) {
  static const Numbers kNumbers;
  AuditGlance glance;
  ByteReader in(row.substr(1));  // behind the format
  while (in.ok() && !in.at_end()) {
    const std::uint64_t number = in.varint();
    if (number > kNumbers.key) break;
    const ByteView value = in.bytes(row.size());
    if (number == kNumbers.action) glance.action = static_cast<Action>(ByteReader(value).varint());
    if (number == kNumbers.refusal) glance.refused = true;
    if (number == kNumbers.actor_id) glance.actor_id = value;
    if (number == kNumbers.path) glance.path = value;
    if (number == kNumbers.key) glance.key = value;
  }
  CONFMAN_ASSERT(in.ok(), "The state holds a row that this build can't decode.");
  return glance;
}

}  // namespace confman::domain
