#include "domain/model/refusal.hpp"

#include "domain/base/assert.hpp"

namespace confman::domain {

std::string_view code_of(Refusal refusal) {
  switch (refusal) {
    case Refusal::NamespaceNotFound:
      return "namespace_not_found";
    case Refusal::NamespaceNotEmpty:
      return "namespace_not_empty";
    case Refusal::NamespaceExists:
      return "namespace_exists";
    case Refusal::ParentNotFound:
      return "parent_not_found";
    case Refusal::RootImmutable:
      return "root_immutable";
    case Refusal::EntryNotFound:
      return "entry_not_found";
    case Refusal::VersionMismatch:
      return "version_mismatch";
    case Refusal::EntryExists:
      return "entry_exists";
    case Refusal::IdempotencyKeyReused:
      return "idempotency_key_reused";
    case Refusal::BadCommand:
      return "bad_command";
    case Refusal::InvalidMember:
      return "invalid_member";
    case Refusal::AlreadyMember:
      return "already_member";
    case Refusal::MemberNotFound:
      return "member_not_found";
    case Refusal::NotALearner:
      return "not_a_learner";
    case Refusal::NotAVoter:
      return "not_a_voter";
    case Refusal::LastVoter:
      return "last_voter";
    case Refusal::ClusterTooLarge:
      return "cluster_too_large";
    case Refusal::LeaderNotReady:
      return "leader_not_ready";
    case Refusal::ChangePending:
      return "change_pending";
    case Refusal::TransferPending:
      return "transfer_pending";
    case Refusal::NotCaughtUp:
      return "not_caught_up";
    case Refusal::WouldLoseQuorum:
      return "would_lose_quorum";
    case Refusal::AddressTaken:
      return "address_taken";
    case Refusal::TooManyVoters:
      return "too_many_voters";
    case Refusal::MemberInactive:
      return "member_inactive";
    case Refusal::MemberLowOnSpace:
      return "member_low_on_space";
    case Refusal::MemberIncomplete:
      return "member_incomplete";
  }
  CONFMAN_UNREACHABLE("A refusal has no code.");
}

std::optional<Refusal> refusal_coded(std::string_view code) {
  for (unsigned i = 0; i <= static_cast<unsigned>(kLastRefusal); ++i) {
    const auto refusal = static_cast<Refusal>(i);
    if (code_of(refusal) == code) return refusal;
  }
  return std::nullopt;
}

}  // namespace confman::domain
