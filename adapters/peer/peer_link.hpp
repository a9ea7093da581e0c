#pragma once

#include <Poco/Net/StreamSocket.h>
#include <string>

#include "adapters/peer/peer_network.hpp"
#include "adapters/peer/resolver.hpp"

namespace confman::peer {

// The outgoing connection to one peer: dials, shakes hands, sends, and dials again.
class PeerLink final : public net::IoHandler {
 public:
  PeerLink(PeerNetwork& network, const consensus::Member& peer);
  ~PeerLink();

  void dial();
  // Ends the wait for the next attempt, if there is one: the peer has been heard of.
  void dial_now();
  // False when there is no connection or no room.
  bool queue(consensus::GroupId group, ByteView payload);
  void flush();
  bool connected() const { return stage_ == Stage::Open; }
  const std::string& address() const { return address_; }

  void on_io(net::IoEvents events) override;

 private:
  // From Connecting on there is a socket in the loop.
  enum class Stage : std::uint8_t { Idle, Resolving, Connecting, Greeting, Open };

  bool has_socket() const { return stage_ >= Stage::Connecting; }
  void connect(const Poco::Net::SocketAddress& address);
  void try_later();
  void on_connected();
  void on_readable();
  void write_some();
  void lost(LinkEvent event, std::string_view code, const std::string& why = {});
  void set_interest(net::Interest interest);
  Duration next_backoff();

  PeerNetwork& network_;
  consensus::MemberId id_;
  std::string address_;
  Stage stage_ = Stage::Idle;
  Resolver::Question question_;  // of Resolving
  Poco::Net::StreamSocket socket_;
  net::Interest interest_ = net::Interest::None;
  Bytes welcome_;  // received so far
  Bytes out_;
  std::size_t sent_ = 0;  // of out_
  Duration backoff_;
  std::uint64_t jitter_;
  net::IoTimer timer_;  // of the stage: connect or handshake time-out, or the next attempt
};

}  // namespace confman::peer
