#pragma once

#include "sim/workload/client_op.hpp"

// Clients that go through all pages of a listing.
namespace confman::sim {

// Remembers where the listing that was answered goes on.
template <class Kind>
void remember_page(ClientMemory& memory, const ClientOp& op, const Kind& next) {
  ClientOp later = op;
  later.body = next;
  memory.next_page = row_of(later);
}

// Goes on with a listing of this kind that isn't at its end; as a rule: sometimes it is left.
template <class Kind>
bool goes_on(Drawing& with, ClientOp& op) {
  if (!with.memory.next_page || !with.prng.chance(3, 4)) return false;
  const std::optional<ClientOp> later = op_of(*with.memory.next_page);
  if (!later || !std::holds_alternative<Kind>(later->body)) return false;
  op.name_space = later->name_space;
  op.key = later->key;
  op.body = later->body;
  return true;
}

}  // namespace confman::sim
