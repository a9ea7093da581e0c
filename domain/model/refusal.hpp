#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

// Why a command changed nothing. One enumerator is one stable code of the API (code_of), one
// sentence and one HTTP status (adapters/api).
namespace confman::domain {

// The numbers are on disk and on the wire, in outcomes, audit events and replies: none is ever
// given to another meaning. Those of changes of members stand in audit events only: their requests
// are answered by consensus (consensus/membership_change.hpp).
enum class Refusal : std::uint8_t {
  NamespaceNotFound = 0,
  NamespaceNotEmpty = 1,
  NamespaceExists = 2,  // create with If-None-Match: * where one is
  ParentNotFound = 3,   // a namespace is created under a parent that exists
  RootImmutable = 4,    // "/" can't be deleted
  EntryNotFound = 5,
  VersionMismatch = 6,       // If-Match names another version than the current one
  EntryExists = 7,           // If-None-Match: * where a live entry is
  IdempotencyKeyReused = 8,  // same key, different request
  BadCommand = 9,            // a committed command breaks a limit (a bug or a newer build wrote it)
  // From kRefusedChanges on.
  InvalidMember = 10,
  AlreadyMember = 11,
  MemberNotFound = 12,
  NotALearner = 13,
  NotAVoter = 14,
  LastVoter = 15,
  ClusterTooLarge = 16,
  LeaderNotReady = 17,
  ChangePending = 18,
  TransferPending = 19,
  NotCaughtUp = 20,
  WouldLoseQuorum = 21,
  AddressTaken = 22,
  TooManyVoters = 23,
  MemberInactive = 24,
  MemberLowOnSpace = 25,
  MemberIncomplete = 26,
};
inline constexpr Refusal kFirstMemberRefusal = Refusal::InvalidMember;
inline constexpr Refusal kLastRefusal = Refusal::MemberIncomplete;

// Stable snake_case code, for instance "version_mismatch".
std::string_view code_of(Refusal refusal);
std::optional<Refusal> refusal_coded(std::string_view code);

}  // namespace confman::domain
