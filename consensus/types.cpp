#include "consensus/types.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "domain/base/hash.hpp"

namespace confman::consensus {
namespace {

constexpr std::uint8_t kMembershipVersion = 2;  // 1 had no incarnations

// "host:port" with a port that can be connected to.
bool is_address(ByteView address) {
  const std::size_t colon = address.rfind(':');
  if (colon == ByteView::npos || colon == 0) return false;
  const ByteView port = address.substr(colon + 1);
  unsigned value = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), value);
  return error == std::errc{} && end == port.data() + port.size() && value >= 1 && value <= 65535;
}

bool strictly_ascending(const std::vector<MemberId>& ids) {
  return std::ranges::adjacent_find(ids, std::ranges::greater_equal{}) == ids.end() &&
         (ids.empty() || ids.front());
}

}  // namespace

MemberId member_id(std::string_view name) {
  constexpr std::uint64_t kMask = (std::uint64_t{1} << 48) - 1;
  return MemberId{(xxh64(name) & kMask) | 1};  // never 0
}

bool operator==(const Entry& a, const Entry& b) {
  return a.index == b.index && a.term == b.term && a.kind == b.kind && *a.payload == *b.payload;
}

bool Membership::is_voter(MemberId id) const {
  const Member* member = find(id);
  return (member != nullptr && member->role == MemberRole::Voter) ||
         std::ranges::binary_search(outgoing, id);
}

bool Membership::is_voter(NodeId node) const {
  return is_voter(node.member) && find(node.member)->incarnation == node.incarnation;
}

const Member* Membership::find(MemberId id) const {
  const auto it = std::ranges::lower_bound(members, id, {}, &Member::id);
  return it != members.end() && it->id == id ? &*it : nullptr;
}

Member* Membership::find(MemberId id) {
  return const_cast<Member*>(std::as_const(*this).find(id));
}

std::vector<MemberId> Membership::voters() const {
  std::vector<MemberId> ids;
  for (const Member& member : members) {
    if (member.role == MemberRole::Voter) ids.push_back(member.id);
  }
  return ids;
}

bool well_formed(const Membership& membership) {
  std::vector<MemberId> ids;
  for (const Member& member : membership.members) {
    ids.push_back(member.id);
    const bool outgoing = std::ranges::binary_search(membership.outgoing, member.id);
    if (member.role == MemberRole::Leaving && !outgoing) return false;
  }
  return ids.size() <= kMaxMembers && strictly_ascending(ids) &&
         strictly_ascending(membership.outgoing) && !membership.voters().empty() &&
         std::ranges::includes(ids, membership.outgoing);
}

Bytes encode(const Membership& membership) {
  Bytes out;
  ByteWriter w(out);
  w.u8(kMembershipVersion);
  w.varint(membership.members.size());
  for (const Member& member : membership.members) {
    w.varint(member.id.value);
    w.u8(static_cast<std::uint8_t>(member.role));
    w.u64(member.incarnation);
    w.bytes(member.name);
    w.bytes(member.peer_address);
    w.bytes(member.api_address);
  }
  w.varint(membership.outgoing.size());
  for (MemberId id : membership.outgoing) w.varint(id.value);
  return out;
}

std::optional<Membership> decode_membership(ByteView bytes) {
  ByteReader r(bytes);
  Membership membership;
  if (r.u8() != kMembershipVersion) return std::nullopt;
  const std::uint64_t members = r.varint();
  if (members > kMaxMembers) return std::nullopt;
  for (std::uint64_t i = 0; i < members && r.ok(); ++i) {
    Member member;
    member.id = MemberId{r.varint()};
    const std::uint8_t role = r.u8();
    if (role > static_cast<std::uint8_t>(MemberRole::Leaving)) return std::nullopt;
    member.role = static_cast<MemberRole>(role);
    member.incarnation = r.u64();
    member.name = r.bytes(kMaxMemberNameBytes);
    member.peer_address = r.bytes(kMaxAddressBytes);
    member.api_address = r.bytes(kMaxAddressBytes);
    if (!is_address(member.peer_address) || !is_address(member.api_address)) return std::nullopt;
    membership.members.push_back(std::move(member));
  }
  const std::uint64_t outgoing = r.varint();
  if (outgoing > kMaxMembers) return std::nullopt;
  for (std::uint64_t i = 0; i < outgoing && r.ok(); ++i) {
    membership.outgoing.push_back(MemberId{r.varint()});
  }
  if (!r.ok() || !r.at_end() || !well_formed(membership)) return std::nullopt;
  return membership;
}

Bytes encode(const MembershipChange& change) {
  Bytes out;
  ByteWriter w(out);
  w.bytes(encode(change.membership));
  w.bytes(change.note);
  return out;
}

std::optional<MembershipChange> decode_membership_change(ByteView bytes) {
  ByteReader r(bytes);
  const ByteView encoded = r.bytes(bytes.size());
  MembershipChange change;
  change.note = r.bytes(kMaxChangeNoteBytes);
  if (!r.ok() || !r.at_end()) return std::nullopt;
  auto membership = decode_membership(encoded);
  if (!membership) return std::nullopt;
  change.membership = std::move(*membership);
  return change;
}

const char* name_of(EntryKind kind) {
  switch (kind) {
    case EntryKind::Command:
      return "command";
    case EntryKind::Noop:
      return "no-op";
    case EntryKind::Membership:
      return "membership";
    case EntryKind::FeatureLevel:
      return "feature level";
  }
  return "unknown";
}

const char* name_of(Role role) {
  switch (role) {
    case Role::Follower:
      return "follower";
    case Role::PreCandidate:
      return "candidate";
    case Role::Candidate:
      return "candidate";
    case Role::Leader:
      return "leader";
  }
  return "unknown";
}

}  // namespace confman::consensus
