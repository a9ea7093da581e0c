#pragma once

#include <cstdint>
#include <vector>

#include "sim/director/stage.hpp"
#include "sim/seed/prng.hpp"
#include "sim/workload/client_memory.hpp"
#include "sim/workload/client_op.hpp"
#include "sim/workload/serial.hpp"

namespace confman::sim {

// Readers and writers as real clients are: one operation at a time each, with time-outs, retries on
// another node, redirects, idempotency keys, and versions that they learnt from earlier answers.
class Clients {
 public:
  Clients(Stage& stage, Serial& serial, std::uint64_t seed);

  // Those that wait for nothing begin.
  void begin();
  // In a world with a past (sim/director/past.hpp): what a client was told there, and the request
  // of one that is still open.
  void remember(const Outputs::Answered& answer);
  void wait_for(const ClientOp& op, int node);
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
    ClientMemory memory;
    std::uint64_t generation = 0;  // of its next wake-up
  };

  Client& client(std::uint64_t number) { return clients_[number - 1]; }
  void begin_operation(Client& client);
  void send(Client& client);
  void again(Client& client, bool elsewhere);
  void over(Client& client);
  void sleep(Client& client, std::int64_t time);
  void go_elsewhere(Client& client);

  Stage& stage_;
  Serial& serial_;
  Prng prng_;
  std::vector<Client> clients_;
  std::vector<std::int64_t> weights_;  // of all_draws(), for who draws now
  bool stopped_ = false;
};

}  // namespace confman::sim
