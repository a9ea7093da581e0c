#include <map>
#include <string>
#include <utility>

#include "sim/check/final_state.hpp"

namespace confman::sim {
namespace {

struct OfValue {
  int writers = 0;  // puts that made it, or may have
  int versions = 0;
  std::uint64_t version{};  // the last of them
};

bool may_have_written(const EntryOperation& op) {
  return op.action.kind == EntryAction::Kind::Put && (op.unknown() || !op.action.refused);
}

}  // namespace

void settle_unknown_puts(std::vector<EntryOperation>& operations,
                         const FinalHistory& final_history) {
  std::map<std::pair<std::string, std::uint64_t>, OfValue> values;
  for (const EntryOperation& op : operations) {
    if (may_have_written(op)) ++values[{op.key, op.action.value}].writers;
  }
  for (const FinalVersion& version : final_history) {
    if (version.tombstone) continue;
    OfValue& of = values[{version.key, version.value}];
    ++of.versions;
    of.version = version.version;
  }
  std::erase_if(operations, [&](EntryOperation& op) {
    if (op.action.kind != EntryAction::Kind::Put || !op.unknown()) return false;
    const OfValue& of = values.at({op.key, op.action.value});
    if (of.versions == 0) return true;
    if (of.versions == 1 && of.writers == 1) {
      op.action.version = of.version;
      op.action.refused = false;
      op.returned = kNever - 1;
    }
    return false;
  });
}

}  // namespace confman::sim
