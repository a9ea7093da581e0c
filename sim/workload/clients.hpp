#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "sim/director/stage.hpp"
#include "sim/seed/prng.hpp"

namespace confman::sim {

// Numbers that no two operations of a run share.
struct Serial {
  std::uint64_t request = 0;
  std::uint64_t logical = 0;
  std::uint64_t value = 0;
};

// Readers and writers as real clients are: one operation at a time each, with time-outs, retries on
// another node, redirects, idempotency keys, and versions that they learnt from earlier answers.
class Clients {
 public:
  Clients(Stage& stage, Serial& serial, std::uint64_t seed);

  void begin();
  void wake(std::uint64_t client, std::uint64_t generation);
  // The client has waited long enough.
  void tire(std::uint64_t client, std::uint64_t request);
  void answered(const Outputs::Answered& answer);
  void lost(const ClientOp& op);
  // They finish what they are at and begin nothing new.
  void stop() { stopped_ = true; }
  void go_on();
  bool all_idle() const;

 private:
  struct Client {
    std::uint64_t number{};
    int node{};            // that it asks
    bool busy = false;     // its operation isn't over, though it may be between two tries
    bool waiting = false;  // for the answer to op.request
    ClientOp op;
    int tries = 0;
    std::uint64_t last_key = 0;    // idempotency key of its last write that had one
    std::uint64_t generation = 0;  // of its next wake-up
    domain::Revision newest;       // of its session
    // Live versions as last seen, by namespace and key; 0: absent.
    std::map<std::pair<std::uint64_t, std::uint64_t>, std::uint64_t> versions;
    std::map<std::uint64_t, bool> namespace_missing;
  };

  Client& client(std::uint64_t number) { return clients_[number - 1]; }
  void begin_operation(Client& client);
  void draw_write(Client& client, ClientOp& op, OpKind kind);
  void draw_read(Client& client, ClientOp& op, std::size_t kind);
  void draw_condition(Client& client, ClientOp& op);
  void send(Client& client);
  void again(Client& client, bool elsewhere);
  void over(Client& client);
  void sleep(Client& client, std::int64_t time);
  void learn(Client& client, const node::Response& response);
  void go_elsewhere(Client& client);

  Stage& stage_;
  Serial& serial_;
  Prng prng_;
  std::vector<Client> clients_;
  bool stopped_ = false;
};

}  // namespace confman::sim
