#include "adapters/peer/peer_network.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/SocketAddress.h>
#include <algorithm>

#include "adapters/peer/frame.hpp"
#include "adapters/peer/inbound.hpp"
#include "adapters/peer/peer_link.hpp"
#include "consensus/wire.hpp"
#include "domain/base/address.hpp"
#include "domain/base/assert.hpp"

namespace confman::peer {

static_assert(consensus::kMaxMessageBytes + 64 <= kMaxFrameBytes,
              "every message fits into a frame");

class PeerNetwork::Listener final : public net::IoHandler {
 public:
  Listener(PeerNetwork& network, const std::string& address) : network_(network) {
    constexpr int kBacklog = 64;
    socket_.bind(Poco::Net::SocketAddress(address), true, false);
    socket_.listen(kBacklog);
    socket_.setBlocking(false);
    network_.loop_.add(socket_, net::Interest::Read, *this);
  }
  ~Listener() { network_.loop_.remove(socket_); }

  void on_io(net::IoEvents) override {
    try {
      Poco::Net::SocketAddress from;
      Poco::Net::StreamSocket socket = socket_.acceptConnection(from);
      if (network_.inbound_.size() >= network_.config_.max_inbound) return;  // closes it
      network_.inbound_.push_back(std::make_unique<Inbound>(network_, std::move(socket), from));
    } catch (const Poco::Exception& e) {
      network_.callbacks_.on_event({.event = LinkEvent::BadPeer,
                                    .peer = "",
                                    .origin = "",
                                    .code = "accept_failed",
                                    .detail = e.displayText()});
    }
  }

 private:
  PeerNetwork& network_;
  Poco::Net::ServerSocket socket_;
};

PeerNetwork::PeerNetwork(net::IoLoop& loop, PeerConfig config, PeerCallbacks callbacks)
    : loop_(loop),
      config_(std::move(config)),
      callbacks_(std::move(callbacks)),
      resolver_(loop, config_.look_up) {
  for (const consensus::Member& member : config_.membership.members) link_to(member);
}

PeerNetwork::~PeerNetwork() = default;

std::expected<void, std::string> PeerNetwork::start() {
  try {
    listener_ = std::make_unique<Listener>(*this, config_.listen);
  } catch (const Poco::Exception& e) {
    return std::unexpected("cannot listen for peers on " + config_.listen + ": " + e.displayText());
  }
  for (auto& [id, link] : links_) link->dial();
  return {};
}

void PeerNetwork::link_to(const consensus::Member& member) {
  if (member.id == config_.self.member) return;
  links_.emplace(member.id, std::make_unique<PeerLink>(*this, member));
}

void PeerNetwork::set_members(const consensus::Membership& members) {
  for (const consensus::Member& member : members.members) {
    std::erase(outsiders_, member.id);
    const auto known = links_.find(member.id);
    if (known != links_.end() && known->second->address() == member.peer_address) continue;
    if (known != links_.end()) {
      closed_links_.push_back(std::move(known->second));
      links_.erase(known);
    }
    link_to(member);
    const auto link = links_.find(member.id);
    if (listener_ && link != links_.end()) link->second->dial();
  }
  for (const auto& [id, link] : links_) {
    const bool known =
        members.contains(id) || std::ranges::find(outsiders_, id) != outsiders_.end();
    if (!known) outsiders_.push_back(id);
  }
  while (outsiders_.size() > config_.max_outsiders) {
    const auto oldest = links_.find(outsiders_.front());
    closed_links_.push_back(std::move(oldest->second));
    links_.erase(oldest);
    outsiders_.erase(outsiders_.begin());
  }
}

bool PeerNetwork::send(consensus::GroupId group, const node::PeerMessage& message) {
  auto it = links_.find(message.to);
  const bool queued = it != links_.end() && it->second->connected() &&
                      it->second->queue(group, node::encode(message));
  if (!queued) ++stats_.dropped;
  return queued;
}

bool PeerNetwork::connected_to(consensus::MemberId peer) const {
  auto it = links_.find(peer);
  return it != links_.end() && it->second->connected();
}

Rejection PeerNetwork::judge(const Hello& hello) const {
  if (hello.cluster != config_.cluster) return Rejection::WrongCluster;
  if (hello.to != config_.self.member) return Rejection::Misrouted;
  const bool room = outsiders_.size() < config_.max_outsiders;
  const bool in_our_name = hello.from.member == config_.self.member;
  const bool known = links_.contains(hello.from.member);
  const auto address = parse_address(hello.address);
  const bool may_be_called = address && (!config_.loopback_only || is_loopback(address->host));
  if (in_our_name || (!known && !(room && may_be_called))) return Rejection::UnknownPeer;
  for (const auto& other : inbound_) {
    const auto& theirs = other->hello();
    const bool newer_start_known = theirs && theirs->from.member == hello.from.member &&
                                   theirs->from.incarnation == hello.from.incarnation &&
                                   theirs->boot_id > hello.boot_id;
    if (newer_start_known) return Rejection::StaleEpoch;
  }
  return Rejection::None;
}

void PeerNetwork::link_back(const Hello& hello) {
  const auto known = links_.find(hello.from.member);
  if (known != links_.end()) return known->second->dial_now();
  link_to({.id = hello.from.member, .peer_address = hello.address});
  outsiders_.push_back(hello.from.member);
  links_.at(hello.from.member)->dial();
}

// A node has one connection to us: the newest.
void PeerNetwork::supersede(const Hello& hello, const Inbound* by) {
  std::vector<Inbound*> older;
  for (const auto& other : inbound_) {
    const auto& theirs = other->hello();
    if (other.get() != by && theirs && theirs->from.member == hello.from.member) {
      older.push_back(other.get());
    }
  }
  for (Inbound* inbound : older) {
    inbound->shut();
    close(inbound);
  }
}

void PeerNetwork::close(Inbound* inbound) {
  auto it = std::ranges::find_if(inbound_, [&](const auto& p) { return p.get() == inbound; });
  if (it == inbound_.end()) return;
  closed_.push_back(std::move(*it));
  inbound_.erase(it);
}

void PeerNetwork::flush() {
  for (auto& [id, link] : links_) link->flush();
  closed_.clear();
  closed_links_.clear();
}

}  // namespace confman::peer
