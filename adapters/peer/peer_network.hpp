#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "adapters/net/io_loop.hpp"
#include "adapters/peer/handshake.hpp"
#include "adapters/peer/resolver.hpp"
#include "app/node/peer_message.hpp"

namespace confman::peer {

struct PeerConfig {
  std::string cluster;
  consensus::NodeId self;
  std::uint64_t boot_id{};
  std::string listen;                // host:port, where the others reach this node
  consensus::Membership membership;  // whom to dial until set_members() says more
  // Callers that aren't members are dialled back at a loopback address only: where nobody is asked
  // who they are, anybody could have this node call anywhere.
  bool loopback_only = false;

  Duration connect_timeout = Duration::millis(1000);
  Duration handshake_timeout = Duration::seconds(10);
  // Between attempts, doubling from the first to the second; each drawn from [half, whole].
  Duration backoff_min = Duration::millis(50);
  Duration backoff_max = Duration::millis(1000);
  // Unsent bytes to one peer; what would go over it is dropped, and consensus sends it again.
  std::size_t max_queued_bytes = 32 * 1024 * 1024;
  // A peer that takes nothing for this long is taken for gone (half-open connections).
  Duration unacknowledged_timeout = Duration::seconds(3);
  // Linked to without being members: former ones, whom there may be something left to tell, and
  // those who have called. Former ones push out whoever has been there longest; callers don't.
  std::size_t max_outsiders = 8;
  std::size_t max_inbound = 64;  // connections, those without a handshake included
  Resolver::LookUp look_up = peer::look_up;
};

enum class LinkEvent : std::uint8_t {
  Connected,
  Disconnected,
  Refused,      // the peer doesn't want us
  BadPeer,      // it says what no member of this cluster would say
  NoSuchGroup,  // it has sent a frame of a group that isn't here; once for each connection
  PortCheck,    // somebody connected and left without a word, as monitors do
};

// For the log.
struct LinkNews {
  LinkEvent event{};
  std::string peer;    // the address at the other end
  std::string origin;  // what repeats are told by: the same, without the port of one that called
  std::string code;    // of what went wrong, for programs: "crc_mismatch"; empty: nothing did
  std::string detail;  // words; may be empty
};

struct PeerCallbacks {
  // Whether this process has that group. Frames of others are refused: they are counted and not
  // looked into, and the connection stays, since it carries the other groups' frames too.
  std::function<bool(consensus::GroupId)> has_group;
  std::function<void(consensus::GroupId, node::PeerMessage)> on_message;  // of one that is here
  std::function<void(const LinkNews&)> on_event;
};

struct PeerStats {
  std::uint64_t dropped{};  // messages for which there was no connection or no room
  std::uint64_t frame_faults{};
  std::uint64_t refused{};      // frames of groups that aren't here
  std::uint64_t port_checks{};  // connections that were closed without a byte
};

class Inbound;
class PeerLink;

// The links to all other members, over Poco sockets on one IoLoop, for all groups of the process.
// Each node dials every other and sends on the connection it dialled; what it accepted it only
// reads. Everything happens on the loop's thread.
class PeerNetwork final {
 public:
  PeerNetwork(net::IoLoop& loop, PeerConfig config, PeerCallbacks callbacks);
  ~PeerNetwork();

  // Listens on the own peer address and starts dialling. The message names the address and the
  // system's words.
  std::expected<void, std::string> start();

  // Queues. False as node::Transport has it.
  bool send(consensus::GroupId group, const node::PeerMessage& message);
  // Dials members that are new or have moved. Those that are members no more keep their links, up
  // to max_outsiders: they are told that they are none.
  void set_members(const consensus::Membership& members);
  // For the host to call at the end of each turn of the loop: what was queued in the turn leaves in
  // one write per peer.
  void flush();

  bool connected_to(consensus::MemberId peer) const;
  PeerStats stats() const { return stats_; }

 private:
  friend class Inbound;
  friend class PeerLink;
  class Listener;

  Rejection judge(const Hello& hello) const;
  // Who calls gets an answer, a member or not: the leader may be somebody whom this node, with a
  // new disk or a damaged one, has yet to hear of. (etcd learns its "remotes" the same way.) And at
  // once: followers have nothing to say to each other until the leader stops, and then the vote of
  // one that has just been restarted is needed.
  void link_back(const Hello& hello);
  void supersede(const Hello& hello, const Inbound* by);
  void close(Inbound* inbound);
  void link_to(const consensus::Member& member);

  net::IoLoop& loop_;
  PeerConfig config_;
  PeerCallbacks callbacks_;
  PeerStats stats_;
  Resolver resolver_;
  std::unique_ptr<Listener> listener_;
  std::map<consensus::MemberId, std::unique_ptr<PeerLink>> links_;
  std::vector<consensus::MemberId> outsiders_;  // of links_; who came to be one first is first
  std::vector<std::unique_ptr<Inbound>> inbound_;
  // Until the end of the turn: they may be on the stack.
  std::vector<std::unique_ptr<Inbound>> closed_;
  std::vector<std::unique_ptr<PeerLink>> closed_links_;
};

}  // namespace confman::peer
