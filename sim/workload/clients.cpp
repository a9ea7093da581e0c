#include "sim/workload/clients.hpp"

#include <algorithm>
#include <array>

#include "sim/workload/client_request.hpp"

namespace confman::sim {
namespace {

constexpr int kMaxTries = 6;

bool certainly_not_done(node::Failure why) {
  return why != node::Failure::OutcomeUnknown;
}

}  // namespace

Clients::Clients(Stage& stage, Serial& serial, std::uint64_t seed)
    : stage_(stage), serial_(serial), prng_(seed, "clients") {
  for (std::int64_t i = 0; i < stage.config.clients; ++i) {
    Client client;
    client.number = static_cast<std::uint64_t>(i) + 1;
    client.node = static_cast<int>(i % stage.config.nodes);
    clients_.push_back(std::move(client));
  }
}

void Clients::begin() {
  for (Client& client : clients_) sleep(client, prng_.around(stage_.config.think_mean_us));
}

void Clients::go_on() {
  if (!stopped_) return;
  stopped_ = false;
  for (Client& client : clients_) {
    if (!client.busy) sleep(client, prng_.around(stage_.config.think_mean_us));
  }
}

void Clients::sleep(Client& client, std::int64_t time) {
  stage_.queue.wake(stage_.now + time, Due::What::ClientWakes, client.number, ++client.generation);
}

void Clients::wake(std::uint64_t number, std::uint64_t generation) {
  Client& sleeper = client(number);
  if (sleeper.generation != generation) return;
  if (!sleeper.busy) {
    if (stopped_) return;
    begin_operation(sleeper);
  }
  send(sleeper);
}

void Clients::begin_operation(Client& client) {
  const DerivedConfig& c = stage_.config;
  std::array<std::int64_t, 10> weights = {c.put_weight,           c.put_if_version_weight,
                                          c.put_if_absent_weight, c.delete_weight,
                                          c.namespace_weight,     c.get_weight,
                                          c.get_stale_weight,     c.get_bounded_weight,
                                          c.get_own_write_weight, c.list_weight};
  constexpr std::size_t kFirstRead = 5;
  const bool only_reads = client.number <= static_cast<std::uint64_t>(c.readers);
  if (only_reads) std::fill_n(weights.begin(), kFirstRead, 0);
  ClientOp op;
  op.client = client.number;
  op.name_space = prng_.below(static_cast<std::uint64_t>(c.namespaces));
  op.key = 1 + prng_.below(static_cast<std::uint64_t>(c.keys));
  op.timeout_us = c.op_timeout_us;
  const std::size_t kind = prng_.weighted(weights);
  switch (kind) {
    case 0:
    case 1:
    case 2:
      draw_write(client, op, OpKind::Put);
      if (kind == 1) op.precondition = OpPrecondition::IfVersion;
      if (kind == 2) op.precondition = OpPrecondition::IfAbsent;
      break;
    case 3:
      draw_write(client, op, OpKind::Delete);
      op.precondition =
          prng_.one_of({OpPrecondition::None, OpPrecondition::IfVersion, OpPrecondition::IfExists});
      break;
    case 4:
      op.name_space = 1 + prng_.below(static_cast<std::uint64_t>(c.namespaces) + 1);
      draw_write(client, op, prng_.chance(1, 4) ? OpKind::DeleteNamespace : OpKind::PutNamespace);
      break;
    default:
      draw_read(client, op, kind - kFirstRead);
  }
  draw_condition(client, op);
  op.logical = ++serial_.logical;
  client.op = op;
  client.busy = true;
  client.tries = 0;
  if (prng_.chance(1, 8)) go_elsewhere(client);
}

void Clients::draw_write(Client& client, ClientOp& op, OpKind kind) {
  op.kind = kind;
  op.value = ++serial_.value;
  op.forward = !prng_.per_million(stage_.config.redirect_ppm);
  if (!prng_.per_million(stage_.config.idempotency_ppm)) return;
  // A client with a bug: the key of another request. It must not be answered as that one was.
  // (Two deletions of one entry are the same request.)
  const bool distinct = kind == OpKind::Put || kind == OpKind::PutNamespace;
  const bool reuses = distinct && client.last_key != 0 && prng_.chance(1, 30);
  op.idempotency = reuses ? client.last_key : op.value;
  client.last_key = op.idempotency;
}

void Clients::draw_read(Client& client, ClientOp& op, std::size_t kind) {
  op.kind = OpKind::Get;
  switch (kind) {
    case 0:
      return;
    case 1:
      op.stale = true;
      return;
    case 2:
      op.stale = true;
      op.max_staleness_us = prng_.one_of<std::int64_t>({0, 20'000, 500'000, 5'000'000});
      return;
    case 3:
      op.stale = true;
      op.min_term = client.newest.term;
      op.min_index = client.newest.index;
      if (prng_.chance(1, 3)) op.max_staleness_us = prng_.one_of<std::int64_t>({20'000, 500'000});
      return;
    default:
      op.kind = OpKind::List;
      op.key = static_cast<std::uint64_t>(stage_.config.keys);
      op.limit = serial_.logical % 5 == 0 ? 2 : 100;
      op.stale = prng_.chance(1, 4);
      if (serial_.logical % 3 == 0) op.value = 1 + serial_.logical / 3 % 3;
  }
}

// What the client knows of the entry and its namespace decides what it can ask for.
void Clients::draw_condition(Client& client, ClientOp& op) {
  if (op.precondition == OpPrecondition::IfVersion) {
    op.version = client.versions[{op.name_space, op.key}];
    const bool unknown = op.version == 0;
    if (unknown && op.kind == OpKind::Put) op.precondition = OpPrecondition::IfAbsent;
    if (unknown && op.kind == OpKind::Delete) op.precondition = OpPrecondition::None;
  }
  if (op.kind == OpKind::Put && client.namespace_missing[op.name_space]) {
    op.kind = OpKind::PutNamespace;
    op.precondition = OpPrecondition::None;
  }
}

void Clients::send(Client& client) {
  const SimNode& node = stage_.world.node(client.node);
  // Connection refused, or no answer to it; unless the machine had taken the connection already.
  if (!node.up() || (node.paused && !prng_.chance(1, 4))) return again(client, true);
  client.op.request = ++serial_.request;
  client.waiting = true;
  ++client.tries;
  std::int64_t patience = client.op.timeout_us * 5 / 4;
  if (prng_.per_million(stage_.config.impatient_ppm)) patience = prng_.around(patience / 20);
  stage_.queue.wake(stage_.now + patience, Due::What::ClientTires, client.number,
                    client.op.request);
  stage_.emit(EventKind::Submit, client.node, client.op.request, client.number, &client.op);
}

void Clients::tire(std::uint64_t number, std::uint64_t request) {
  const Client& tired = client(number);
  if (!tired.waiting || tired.op.request != request) return;
  stage_.emit(EventKind::GiveUp, tired.node, request);
}

// Tries the same operation again after a while; a client doesn't try for ever.
void Clients::again(Client& client, bool elsewhere) {
  client.waiting = false;
  if (client.tries >= kMaxTries || (stopped_ && client.tries > 0)) return over(client);
  if (client.tries == 0 && stopped_) return over(client);
  if (elsewhere) go_elsewhere(client);
  sleep(client, prng_.around(20'000));
}

void Clients::go_elsewhere(Client& client) {
  client.node = static_cast<int>(prng_.below(static_cast<std::uint64_t>(stage_.world.size())));
}

void Clients::over(Client& client) {
  client.waiting = false;
  client.busy = false;
  sleep(client, prng_.around(stage_.config.think_mean_us));
}

// The answer is lost: the write may have been done. Only who has a key may ask again.
void Clients::lost(const ClientOp& op) {
  Client& loser = client(op.client);
  if (!loser.waiting || loser.op.request != op.request) return;
  if (is_write(op.kind) && op.idempotency == 0) {
    go_elsewhere(loser);
    return over(loser);
  }
  if (!is_write(op.kind)) loser.op.logical = ++serial_.logical;
  again(loser, true);
}

void Clients::answered(const Outputs::Answered& answer) {
  Client& asker = client(answer.op.client);
  if (!asker.waiting || asker.op.request != answer.op.request) return;
  if (const auto* failed = std::get_if<node::Failed>(&answer.response.outcome)) {
    if (!certainly_not_done(failed->why)) return lost(answer.op);
    return again(asker, prng_.chance(1, 2));
  }
  if (std::holds_alternative<node::Redirect>(answer.response.outcome)) {
    if (const auto leader = answer.response.leader) {
      asker.node = static_cast<int>(leader->value) - 1;
      return again(asker, false);
    }
    return again(asker, true);
  }
  learn(asker, answer.response);
  over(asker);
}

void Clients::learn(Client& client, const node::Response& response) {
  const ClientOp& op = client.op;
  const std::pair<std::uint64_t, std::uint64_t> name{op.name_space, op.key};
  client.newest = std::max(client.newest, response.revision);
  if (const auto* write = std::get_if<node::WriteDone>(&response.outcome)) {
    const auto refusal = write->reply.refusal;
    client.namespace_missing[op.name_space] = refusal == domain::Refusal::NamespaceNotFound ||
                                              refusal == domain::Refusal::ParentNotFound ||
                                              (!refusal && op.kind == OpKind::DeleteNamespace);
    if (op.kind == OpKind::Put) client.versions[name] = write->reply.version;
    if (op.kind == OpKind::Delete) client.versions[name] = 0;
  } else if (const auto* read = std::get_if<node::ReadDone>(&response.outcome)) {
    if (const auto* row = std::get_if<domain::EntryRow>(&read->answer)) {
      client.versions[name] = row->version;
    } else if (op.kind == OpKind::Get) {
      client.versions[name] = 0;
    }
  }
}

bool Clients::all_idle() const {
  return std::none_of(clients_.begin(), clients_.end(),
                      [](const Client& client) { return client.busy; });
}

}  // namespace confman::sim
