#include "domain/apply.hpp"
#include "domain/wire_fields.hpp"

namespace confman::domain {
namespace {

constexpr std::uint8_t kFormat = 1;

}  // namespace

Bytes encode(const Reply& reply) {
  Bytes bytes;
  ByteWriter(bytes).u8(kFormat);
  FieldWriter out(bytes);
  out.refusal(1, reply.refusal);
  out.revision(2, reply.revision);
  out.number(4, reply.version);
  out.boolean(5, reply.created);
  out.boolean(6, reply.replayed);
  return bytes;
}

std::expected<Reply, DecodeFault> decode_reply(ByteView bytes) {
  const auto fields = check_format(bytes, kFormat);
  if (!fields) return std::unexpected(fields.error());
  FieldReader in(*fields);
  Reply reply;
  reply.refusal = in.refusal(1);
  reply.revision = in.revision(2);
  reply.version = in.number(4);
  reply.created = in.boolean(5);
  reply.replayed = in.boolean(6);
  if (const auto end = in.finish(); !end) return std::unexpected(end.error());
  return reply;
}

}  // namespace confman::domain
