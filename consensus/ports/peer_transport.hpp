#pragma once

#include "consensus/messages.hpp"

namespace confman::consensus {

// Port: best effort. A message may be lost, duplicated, delayed or overtaken; it is never altered.
// send() doesn't block; a full queue drops.
class PeerTransport {
 public:
  virtual ~PeerTransport() = default;

  virtual void send(Message message) = 0;
};

}  // namespace confman::consensus
