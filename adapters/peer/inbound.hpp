#pragma once

#include <Poco/Net/StreamSocket.h>
#include <optional>
#include <string>

#include "adapters/peer/frame.hpp"
#include "adapters/peer/peer_network.hpp"

namespace confman::peer {

// A connection that a peer, or a stranger, dialled: greets, then reads messages.
class Inbound final : public net::IoHandler {
 public:
  // `from`: who called; of a socket that was reset meanwhile nobody can tell any more.
  Inbound(PeerNetwork& network, Poco::Net::StreamSocket socket,
          const Poco::Net::SocketAddress& from);
  ~Inbound();

  void on_io(net::IoEvents events) override;

  const std::optional<Hello>& hello() const { return hello_; }
  void shut();

 private:
  void read_some();
  bool greet();  // false: not done yet, or refused
  bool deliver();
  void refuse(consensus::GroupId group);
  void lost(const std::string& code, const std::string& why);
  void drop(LinkEvent event, std::string_view code, const std::string& detail = {});

  PeerNetwork& network_;
  Poco::Net::StreamSocket socket_;
  std::string address_;
  std::string host_;
  bool open_ = true;
  Bytes greeting_;
  std::optional<Hello> hello_;
  FrameReader frames_;
  bool told_of_group_ = false;  // that it sends frames of one that isn't here
  net::IoTimer timer_;          // of the handshake
};

}  // namespace confman::peer
