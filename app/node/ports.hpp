#pragma once

#include "app/node/peer_message.hpp"
#include "app/node/request.hpp"
#include "domain/bindings/held.hpp"

namespace confman::node {

// Port: best effort between nodes, like consensus::PeerTransport.
class Transport {
 public:
  virtual ~Transport() = default;
  // False when the message is certainly not on its way (no connection, no room); true promises
  // nothing.
  virtual bool send(PeerMessage message) = 0;
  // Whom there is to talk to, and where; called when that changes. Members that aren't in it any
  // more are kept for a while or not, as the implementation likes.
  virtual void set_members(const consensus::Membership& members) = 0;
};

// Port: holds changes to schemas, away from the loop: a validation may take a quarter of a second.
class Checks {
 public:
  virtual ~Checks() = default;
  // Answered once by Node::judged() on a later turn. The node has no more than
  // NodeConfig::max_judging of them out.
  virtual void judge(std::uint64_t job, domain::Held held) = 0;
};

// Port: where answers go. Called on the node's thread, exactly once for each request, never from
// within submit() of the same request.
class ClientSink {
 public:
  virtual ~ClientSink() = default;
  virtual void respond(Response response) = 0;
};

}  // namespace confman::node
