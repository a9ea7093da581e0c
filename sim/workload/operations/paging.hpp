#pragma once

#include <utility>

#include "sim/workload/client_op.hpp"

// Clients that go through all pages of a listing.
namespace confman::sim {

// Remembers where the listing that was answered with a Page goes on, if it does: start_at(next,
// resume) makes the next question of this one.
template <class Page, class Kind, class StartAt>
void remember_page(ClientMemory& memory, const ClientOp& op, const node::Response& response,
                   Kind next, StartAt start_at) {
  memory.next_page.reset();
  const auto* read = std::get_if<node::ReadDone>(&response.outcome);
  const auto* page = read != nullptr ? std::get_if<Page>(&read->answer) : nullptr;
  if (page == nullptr || !page->resume) return;
  start_at(next, *page->resume);
  ClientOp later = op;
  later.body = std::move(next);
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
