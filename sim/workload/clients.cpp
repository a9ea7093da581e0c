#include "sim/workload/clients.hpp"

#include <algorithm>

#include "sim/workload/names.hpp"

namespace confman::sim {
namespace {

constexpr int kMaxTries = 6;

bool certainly_not_done(node::Failure why) {
  return why != node::Failure::OutcomeUnknown;
}

// Changes who may do what.
bool administers(const ClientOp& op) {
  const std::size_t kind = op.body.index();
  const bool reviews = kind >= OpBody(DraftRequestOp{}).index();
  return is_write(op) && kind >= OpBody(CreateKeyOp{}).index() && !reviews;
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
  for (Client& client : clients_) {
    if (!client.waiting) sleep(client, prng_.around(stage_.config.think_mean_us));
  }
}

void Clients::remember(const Outputs::Answered& answer) {
  Client& asker = client(answer.op.client);
  asker.memory.newest = std::max(asker.memory.newest, answer.response.revision);
  serial_.keys.learn(answer.op, answer.response);
  serial_.requests.learn(answer.op, answer.response);
  std::visit([&](const auto& body) { body.learn(asker.memory, answer.op, answer.response); },
             answer.op.body);
}

void Clients::wait_for(const ClientOp& op, int node) {
  Client& asker = client(op.client);
  asker.op = op;
  asker.node = node;
  asker.busy = asker.waiting = true;
  asker.tries = 1;
  stage_.queue.wake(stage_.now + op.timeout_us * 5 / 4, Due::What::ClientTires, op.client,
                    op.request);
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
  const bool only_reads = client.number <= static_cast<std::uint64_t>(c.readers);
  weights_.clear();
  for (const DrawOfKind& way : all_draws()) {
    weights_.push_back(only_reads && way.writes ? 0 : way.draw.weight(c));
  }
  ClientOp op;
  op.client = client.number;
  op.name_space = prng_.below(static_cast<std::uint64_t>(c.namespaces));
  op.key = 1 + prng_.below(static_cast<std::uint64_t>(c.keys));
  op.timeout_us = c.op_timeout_us;
  Drawing with{c, prng_, serial_, client.memory};
  all_draws()[prng_.weighted(weights_)].draw.draw(with, op);
  if (c.access_weight > 0 && op.api_key == kNoKey) {
    op.api_key = serial_.keys.draw(prng_, client.number, administers(op));
  }
  // All but over when it arrives: as if it had lain in a queue in front of the node.
  if (prng_.per_million(c.hasty_ppm)) {
    op.timeout_us = prng_.one_of<std::int64_t>({0, c.turn_us / 2, 3'000});
  }
  op.logical = ++serial_.logical;
  client.op = op;
  client.busy = true;
  client.tries = 0;
  if (prng_.chance(1, 8)) go_elsewhere(client);
}

void Clients::send(Client& client) {
  const SimNode& node = stage_.world.node(client.node);
  // Connection refused, or no answer to it; unless the machine had taken the connection already.
  if (!node.up() || (node.paused && !prng_.chance(1, 4))) return again(client, true);
  client.op.request = ++serial_.request;
  client.waiting = true;
  ++client.tries;
  std::int64_t patience = std::max(client.op.timeout_us * 5 / 4, client.op.timeout_us + 50'000);
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
  const WriteOp* write = write_in(op);
  if (write != nullptr && write->idempotency == 0) {
    go_elsewhere(loser);
    return over(loser);
  }
  if (write == nullptr) loser.op.logical = ++serial_.logical;
  again(loser, true);
}

void Clients::answered(const Outputs::Answered& answer) {
  Client& asker = client(answer.op.client);
  if (!asker.waiting || asker.op.request != answer.op.request) return;
  if (const auto* failed = std::get_if<node::Failed>(&answer.response.outcome)) {
    if (!certainly_not_done(failed->why)) return lost(answer.op);
    if (failed->why == node::Failure::InvalidCommand) return over(asker);
    return again(asker, prng_.chance(1, 2));
  }
  if (std::holds_alternative<node::Redirect>(answer.response.outcome)) {
    if (const auto leader = answer.response.leader) {
      asker.node = static_cast<int>(leader->value) - 1;
      return again(asker, false);
    }
    return again(asker, true);
  }
  asker.memory.newest = std::max(asker.memory.newest, answer.response.revision);
  serial_.keys.learn(answer.op, answer.response);
  serial_.requests.learn(answer.op, answer.response);
  std::visit([&](const auto& body) { body.learn(asker.memory, asker.op, answer.response); },
             asker.op.body);
  over(asker);
}

bool Clients::all_idle() const {
  return std::none_of(clients_.begin(), clients_.end(),
                      [](const Client& client) { return client.busy; });
}

}  // namespace confman::sim
