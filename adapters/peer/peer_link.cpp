#include "adapters/peer/peer_link.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/SocketAddress.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <netinet/tcp.h>

#include "adapters/peer/frame.hpp"

namespace confman::peer {
namespace {

// Negative when there is no room. (Poco 1.11 throws for that when it sends, and only then.)
int send_some(Poco::Net::StreamSocket& socket, const char* bytes, int size) {
  try {
    return socket.sendBytes(bytes, size);
  } catch (const Poco::Exception& fault) {
    if (fault.code() == EAGAIN || fault.code() == EWOULDBLOCK) return -1;
    throw;
  }
}

}  // namespace

PeerLink::PeerLink(PeerNetwork& network, const consensus::Member& peer)
    : network_(network),
      id_(peer.id),
      address_(peer.peer_address),
      backoff_(network.config_.backoff_min),
      jitter_(network.config_.self.incarnation ^ (peer.id.value * 0x9e3779b97f4a7c15)),
      timer_([this] {
        if (stage_ == Stage::Idle) return dial();
        lost(LinkEvent::Disconnected, "no_answer", "no answer in time");
      }) {}

PeerLink::~PeerLink() {
  if (has_socket()) network_.loop_.remove(socket_);
}

// The name is looked up each time: a host may come back under another address.
void PeerLink::dial() {
  stage_ = Stage::Resolving;
  question_ = network_.resolver_.find(address_, [this](const Resolver::Found& found) {
    if (found) return connect(*found);
    try_later();
  });
}

void PeerLink::dial_now() {
  backoff_ = network_.config_.backoff_min;  // also after an attempt that is about to fail
  if (stage_ != Stage::Idle) return;
  network_.loop_.disarm(timer_);
  dial();
}

void PeerLink::connect(const Poco::Net::SocketAddress& address) {
  try {
    socket_ = Poco::Net::StreamSocket();
    socket_.connectNB(address);
    socket_.setBlocking(false);
    stage_ = Stage::Connecting;
    interest_ = net::Interest::Write;
    network_.loop_.add(socket_, interest_, *this);
    network_.loop_.arm(timer_, network_.loop_.now() + network_.config_.connect_timeout);
  } catch (const Poco::Exception&) {
    try_later();
  }
}

void PeerLink::try_later() {
  stage_ = Stage::Idle;
  network_.loop_.arm(timer_, network_.loop_.now() + next_backoff());
}

bool PeerLink::queue(consensus::GroupId group, ByteView payload) {
  if (stage_ != Stage::Open) return false;
  if (out_.size() - sent_ + payload.size() > network_.config_.max_queued_bytes) return false;
  append_frame(out_, group.value, payload);
  return true;
}

void PeerLink::flush() {
  if (stage_ != Stage::Open || out_.size() == sent_) return;
  try {
    write_some();
  } catch (const Poco::Exception& e) {
    lost(LinkEvent::Disconnected, "connection_error", e.displayText());
  }
}

void PeerLink::on_io(net::IoEvents events) {
  try {
    if (stage_ == Stage::Connecting && (events.writable || events.error)) return on_connected();
    if (events.readable || events.error) on_readable();
    if (has_socket() && events.writable) write_some();
  } catch (const Poco::Exception& e) {
    lost(LinkEvent::Disconnected, "connection_error", e.displayText());
  }
}

void PeerLink::on_connected() {
  int error = 0;
  socket_.getOption(SOL_SOCKET, SO_ERROR, error);
  if (error != 0) return lost(LinkEvent::Disconnected, "not_connected", "cannot connect");
  socket_.setNoDelay(true);
  const auto unacknowledged = static_cast<int>(network_.config_.unacknowledged_timeout.to_millis());
  socket_.setOption(IPPROTO_TCP, TCP_USER_TIMEOUT, unacknowledged);
  stage_ = Stage::Greeting;
  welcome_.clear();
  out_ = encode(Hello{.cluster = network_.config_.cluster,
                      .from = network_.config_.self,
                      .boot_id = network_.config_.boot_id,
                      .to = id_,
                      .address = network_.config_.listen});
  sent_ = 0;
  network_.loop_.arm(timer_, network_.loop_.now() + network_.config_.handshake_timeout);
  set_interest(net::Interest::Read);
  write_some();
}

// Behind the welcome nothing comes on this connection but its end.
void PeerLink::on_readable() {
  std::array<char, 2048> chunk;
  const int n = socket_.receiveBytes(chunk.data(), static_cast<int>(chunk.size()));
  if (n < 0) return;
  if (n == 0) return lost(LinkEvent::Disconnected, "closed", "closed by the peer");
  if (stage_ != Stage::Greeting) return lost(LinkEvent::BadPeer, "unexpected_bytes");
  welcome_.append(chunk.data(), static_cast<std::size_t>(n));
  const auto parsed = parse_welcome(welcome_);
  if (!parsed) return lost(LinkEvent::BadPeer, code_of(parsed.error()));
  if (!*parsed) return;
  const Welcome& welcome = (*parsed)->value;
  if (welcome.rejection != Rejection::None) {
    return lost(LinkEvent::Refused, code_of(welcome.rejection),
                "it is of cluster \"" + welcome.cluster + "\"");
  }
  const bool right_one = welcome.self.member == id_ && welcome.cluster == network_.config_.cluster;
  if (!right_one) {
    return lost(LinkEvent::BadPeer, "another_node", "another node answers at this address");
  }
  network_.loop_.disarm(timer_);
  stage_ = Stage::Open;
  backoff_ = network_.config_.backoff_min;
  network_.callbacks_.on_event({.event = LinkEvent::Connected,
                                .peer = address_,
                                .origin = address_,
                                .code = "",
                                .detail = ""});
}

void PeerLink::write_some() {
  while (sent_ < out_.size()) {
    const auto size = static_cast<int>(std::min<std::size_t>(out_.size() - sent_, 1 << 20));
    const int n = send_some(socket_, out_.data() + sent_, size);
    if (n < 0) break;
    sent_ += static_cast<std::size_t>(n);
  }
  if (sent_ == out_.size()) {
    out_.clear();
    sent_ = 0;
    set_interest(net::Interest::Read);
  } else {
    // What is sent is dropped now and then, not at each write: a peer may be slow for long.
    if (sent_ > out_.size() / 2) {
      out_.erase(0, sent_);
      sent_ = 0;
    }
    set_interest(net::Interest::ReadWrite);
  }
}

void PeerLink::lost(LinkEvent event, std::string_view code, const std::string& why) {
  const bool was_open = stage_ == Stage::Open;
  if (has_socket()) network_.loop_.remove(socket_);
  socket_.close();
  out_.clear();  // a frame that was cut must not be continued on the next connection
  sent_ = 0;
  try_later();
  if (was_open || event != LinkEvent::Disconnected) {
    network_.callbacks_.on_event({.event = event,
                                  .peer = address_,
                                  .origin = address_,
                                  .code = std::string(code),
                                  .detail = why});
  }
}

void PeerLink::set_interest(net::Interest interest) {
  if (interest == interest_) return;
  interest_ = interest;
  network_.loop_.set_interest(socket_, interest);
}

Duration PeerLink::next_backoff() {
  jitter_ = jitter_ * 6364136223846793005 + 1442695040888963407;
  const std::int64_t half = backoff_.us / 2;
  const Duration wait{
      half + static_cast<std::int64_t>((jitter_ >> 33) % static_cast<std::uint64_t>(half + 1))};
  backoff_ = std::min(backoff_ * 2, network_.config_.backoff_max);
  return wait;
}

}  // namespace confman::peer
