#include "domain/model/precondition.hpp"

namespace confman::domain {

std::optional<Refusal> check_precondition(const Precondition& precondition,
                                          std::uint64_t live_version, Refusal exists) {
  const bool live = live_version != 0;
  if (precondition.if_absent && live) return exists;
  if (precondition.if_exists && !live) return Refusal::VersionMismatch;
  if (precondition.if_version && (!live || *precondition.if_version != live_version)) {
    return Refusal::VersionMismatch;
  }
  return std::nullopt;
}

}  // namespace confman::domain
