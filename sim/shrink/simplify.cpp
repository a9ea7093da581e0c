#include "sim/shrink/simplify.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "domain/base/assert.hpp"

namespace confman::sim {
namespace {

// The other columns are what an operation is, and what no API would take as a plain one has it.
constexpr std::array kSimple = {Column::Namespace,    Column::Key,         Column::Precondition,
                                Column::Version,      Column::Idempotency, Column::Forward,
                                Column::Stale,        Column::MinTerm,     Column::MinIndex,
                                Column::MaxStaleness, Column::Flags,       Column::Filter};

// False if it was plain already.
bool make_plain(ClientOp& op, Column column) {
  const OpRow before = row_of(op);
  OpRow row = before;
  row.make_plain(column);
  if (row == before) return false;
  const std::optional<ClientOp> plainer = op_of(row);
  CONFMAN_ASSERT(plainer, "An operation with a plain number is one, too.");
  op = *plainer;
  return true;
}

}  // namespace

std::size_t simple_fields() {
  return kSimple.size();
}

bool simplify(Script& script, std::uint64_t logical, std::size_t field) {
  bool changed = false;
  std::size_t tries = 0;
  for (Step& step : script) {
    if (!step.op || step.op->logical != logical) continue;
    // A member that is another one isn't a plainer one.
    if (is_admin(*step.op)) return false;
    const bool is_plainer = make_plain(*step.op, kSimple[field]);
    changed |= is_plainer;
    // Without its key a write isn't sent a second time.
    if (++tries > 1 && is_plainer && kSimple[field] == Column::Idempotency) return false;
  }
  return changed;
}

std::vector<std::uint64_t> operations_of(const Script& script) {
  std::vector<std::uint64_t> operations;
  for (const Step& step : script) {
    if (step.op) operations.push_back(step.op->logical);
  }
  std::sort(operations.begin(), operations.end());
  operations.erase(std::unique(operations.begin(), operations.end()), operations.end());
  return operations;
}

}  // namespace confman::sim
