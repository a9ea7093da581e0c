#include "sim/shrink/simplify.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "sim/workload/client_request.hpp"

namespace confman::sim {
namespace {

// What an operation is, and what no API would take as a new ClientOp has it.
constexpr std::array<std::string_view, 8> kIdentity = {
    "request", "logical", "client", "kind", "value", "after", "limit", "timeout_us"};

bool is_identity(std::string_view name) {
  return std::find(kIdentity.begin(), kIdentity.end(), name) != kIdentity.end();
}

template <class Visit>
void for_each_simple_field(ClientOp& op, Visit&& visit) {
  std::size_t number = 0;
  for_each_field(op, [&](std::string_view name, auto& field) {
    if (!is_identity(name)) visit(number++, name, field);
  });
}

// The value of one field of a new ClientOp, put into `op`.
bool reset(ClientOp& op, std::size_t wanted) {
  ClientOp simple;
  bool changed = false;
  for_each_simple_field(op, [&](std::size_t number, std::string_view, auto& field) {
    if (number != wanted) return;
    for_each_simple_field(simple, [&](std::size_t other, std::string_view, auto& plain) {
      if constexpr (std::is_same_v<decltype(plain), decltype(field)>) {
        if (other != number || field == plain) return;
        field = plain;
        changed = true;
      }
    });
  });
  return changed;
}

}  // namespace

std::size_t simple_fields() {
  std::size_t count = 0;
  ClientOp op;
  for_each_simple_field(op, [&](std::size_t, std::string_view, auto&) { ++count; });
  return count;
}

bool simplify(Script& script, std::uint64_t logical, std::size_t field) {
  bool changed = false;
  std::size_t tries = 0;
  for (Step& step : script) {
    if (!step.op || step.op->logical != logical) continue;
    // A member that is another one isn't a plainer one.
    if (is_admin(step.op->kind)) return false;
    const std::uint64_t key = step.op->idempotency;
    changed |= reset(*step.op, field);
    // Without its key a write isn't sent a second time.
    if (++tries > 1 && key != 0 && step.op->idempotency == 0) return false;
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
