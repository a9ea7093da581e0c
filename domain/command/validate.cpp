#include "domain/command/validate.hpp"

#include "domain/limits.hpp"

namespace confman::domain {

Checked validate(const Command& command) {
  const Actor& actor = command.actor;
  if (actor.id.empty() || !is_line(actor.id, kMaxActorIdBytes) ||
      !is_line(actor.ip, kMaxActorIpBytes) || !is_token(command.request_id, kMaxRequestIdBytes)) {
    return fault(CommandFaultKind::BadText);
  }
  if (!is_line(command.idempotency_key, kMaxIdempotencyKeyBytes)) {
    return fault(CommandFaultKind::BadIdempotencyKey);
  }
  return std::visit([](const auto& body) { return check(body); }, command.body);
}

}  // namespace confman::domain
