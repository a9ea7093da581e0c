#include <cstddef>
#include <cstdint>

#include "adapters/peer/frame.hpp"
#include "adapters/peer/handshake.hpp"
#include "app/node/peer_message.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const confman::ByteView bytes(reinterpret_cast<const char*>(data), size);
  (void)confman::peer::parse_hello(bytes);
  (void)confman::peer::parse_welcome(bytes);
  (void)confman::node::decode_peer_message(bytes);
  confman::peer::FrameReader reader;
  reader.feed(bytes);
  for (auto frame = reader.next(); frame && *frame; frame = reader.next()) {
    (void)confman::node::decode_peer_message((*frame)->payload);
  }
  return 0;
}
