#pragma once

#include <Poco/Net/SocketAddress.h>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "adapters/net/io_loop.hpp"

namespace confman::peer {

// Blocks. Nothing where there is no such host.
std::optional<Poco::Net::SocketAddress> look_up(const std::string& address);

// Finds the addresses of hosts without the loop waiting for a name server: the system's resolver
// blocks (glibc: five seconds for each server and attempt, resolv.conf(5)), and a leader that waits
// that long for the name of a node that is gone is none any more.
//
// Each look-up has a thread, up to kMaxLookUps. A thread can't be called back from a name server,
// so it may outlive this object, and then its answer is dropped.
//
// Belongs to the loop's thread.
class Resolver {
 public:
  using Found = std::optional<Poco::Net::SocketAddress>;
  using LookUp = std::function<Found(const std::string& address)>;  // called on other threads
  // A question under way; when it is destroyed nobody is told of the answer.
  using Question = std::shared_ptr<std::function<void(Found)>>;

  static constexpr int kMaxLookUps = 64;

  Resolver(net::IoLoop& loop, LookUp look_up);
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  // host:port. Calls back on the loop's thread in a later turn; with nothing also where too many
  // look-ups are under way, or no thread can be had.
  [[nodiscard]] Question find(const std::string& address, std::function<void(Found)> done);

 private:
  struct Shared;

  std::shared_ptr<Shared> shared_;
};

}  // namespace confman::peer
