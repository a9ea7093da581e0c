#include "adapters/peer/inbound.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/NetException.h>
#include <utility>

namespace confman::peer {
namespace {

constexpr std::size_t kReadBytes = 256 * 1024;
// One peer's flood must not keep the others, and the clocks, waiting.
constexpr int kMaxReadsPerTurn = 8;

}  // namespace

Inbound::Inbound(PeerNetwork& network, Poco::Net::StreamSocket socket,
                 const Poco::Net::SocketAddress& from)
    : network_(network),
      socket_(std::move(socket)),
      address_(from.toString()),
      host_(from.host().toString()),
      timer_([this] { drop(LinkEvent::BadPeer, "handshake_timeout"); }) {
  socket_.setBlocking(false);
  socket_.setNoDelay(true);
  socket_.setKeepAlive(true);
  network_.loop_.add(socket_, net::Interest::Read, *this);
  network_.loop_.arm(timer_, network_.loop_.now() + network_.config_.handshake_timeout);
}

Inbound::~Inbound() {
  shut();
}

void Inbound::shut() {
  if (!open_) return;
  open_ = false;
  network_.loop_.disarm(timer_);
  network_.loop_.remove(socket_);
  socket_.close();
}

void Inbound::on_io(net::IoEvents) {
  try {
    read_some();
  } catch (const Poco::Exception& e) {
    lost("connection_error", e.displayText());
  }
}

void Inbound::read_some() {
  // One buffer for all connections: bytes are in frames_ or greeting_ when this returns.
  static thread_local Bytes chunk(kReadBytes, '\0');
  for (int i = 0; i < kMaxReadsPerTurn && open_; ++i) {
    const int n = socket_.receiveBytes(chunk.data(), static_cast<int>(chunk.size()));
    if (n < 0) return;
    if (n == 0) return lost("closed", "closed by the peer");
    const ByteView bytes(chunk.data(), static_cast<std::size_t>(n));
    if (hello_) {
      frames_.feed(bytes);
    } else {
      greeting_.append(bytes);
      if (!greet()) return;
    }
    if (!deliver()) return;
    if (bytes.size() < chunk.size()) return;
  }
}

bool Inbound::greet() {
  const auto parsed = parse_hello(greeting_);
  if (!parsed) {
    drop(LinkEvent::BadPeer, code_of(parsed.error()));
    return false;
  }
  if (!*parsed) return false;
  const Hello& hello = (*parsed)->value;
  const Rejection rejection = network_.judge(hello);
  const Bytes answer = encode(Welcome{rejection, network_.config_.self, network_.config_.cluster});
  const int sent = socket_.sendBytes(answer.data(), static_cast<int>(answer.size()));
  if (sent != static_cast<int>(answer.size())) {
    lost("connection_error", "no room for the welcome");
    return false;
  }
  if (rejection != Rejection::None) {
    drop(LinkEvent::BadPeer, code_of(rejection),
         "member " + std::to_string(hello.from.member.value) + " of cluster \"" + hello.cluster +
             "\"");
    return false;
  }
  network_.loop_.disarm(timer_);
  network_.supersede(hello, this);
  network_.link_back(hello);
  frames_.feed(ByteView(greeting_).substr((*parsed)->consumed));
  hello_ = hello;
  greeting_ = {};
  return true;
}

bool Inbound::deliver() {
  while (true) {
    const auto frame = frames_.next();
    if (!frame) {
      ++network_.stats_.frame_faults;
      drop(LinkEvent::BadPeer, code_of(frame.error()));
      return false;
    }
    if (!*frame) return true;
    const consensus::GroupId group{(*frame)->group};
    if (!network_.callbacks_.has_group(group)) {
      refuse(group);
      continue;
    }
    auto message = node::decode_peer_message((*frame)->payload);
    if (!message || message->from != hello_->from) {
      ++network_.stats_.frame_faults;
      drop(LinkEvent::BadPeer, message ? "identity_mismatch" : node::code_of(message.error()));
      return false;
    }
    network_.callbacks_.on_message(group, std::move(*message));
    if (!open_) return false;
  }
}

void Inbound::refuse(consensus::GroupId group) {
  ++network_.stats_.refused;
  if (std::exchange(told_of_group_, true)) return;
  network_.callbacks_.on_event({.event = LinkEvent::NoSuchGroup,
                                .peer = address_,
                                .origin = host_,
                                .code = "unknown_group",
                                .detail = "this node has no group " + std::to_string(group.value) +
                                          ": what is sent to it is refused, here and from now on"});
}

// The connection is gone, whoever it was.
void Inbound::lost(const std::string& code, const std::string& why) {
  if (hello_) return drop(LinkEvent::Disconnected, code, why);
  if (!greeting_.empty()) return drop(LinkEvent::BadPeer, "closed_in_greeting", why);
  ++network_.stats_.port_checks;
  drop(LinkEvent::PortCheck, "no_greeting", why);
}

void Inbound::drop(LinkEvent event, std::string_view code, const std::string& detail) {
  if (!open_) return;
  shut();
  network_.callbacks_.on_event({.event = event,
                                .peer = address_,
                                .origin = host_,
                                .code = std::string(code),
                                .detail = detail});
  network_.close(this);
}

}  // namespace confman::peer
