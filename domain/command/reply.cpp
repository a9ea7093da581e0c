#include "domain/command/reply.hpp"

namespace confman::domain {

Bytes encode(const Reply& reply) {
  return encode_record(reply);
}

std::expected<Reply, DecodeFault> decode_reply(ByteView bytes) {
  return decode_record<Reply>(bytes);
}

}  // namespace confman::domain
