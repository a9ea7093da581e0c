#pragma once

#include "app/node/peer_message.hpp"
#include "app/node/request.hpp"

namespace confman::node {

// Port: best effort between nodes, like consensus::PeerTransport.
class Transport {
 public:
  virtual ~Transport() = default;
  // False when the message is certainly not on its way (no connection, no room); true promises
  // nothing.
  virtual bool send(PeerMessage message) = 0;
};

// Port: where answers go. Called on the node's thread, exactly once for each request, never from
// within submit() of the same request.
class ClientSink {
 public:
  virtual ~ClientSink() = default;
  virtual void respond(Response response) = 0;
};

}  // namespace confman::node
