#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "domain/access/principal.hpp"
#include "domain/base/bytes.hpp"
#include "domain/codec/record.hpp"
#include "domain/limits.hpp"
#include "domain/state/key.hpp"
#include "domain/state/table.hpp"

// Groups of users and services. There is a group while it has members; it may have roles before.
namespace confman::domain {

// "payments/user:alice": a group and a member of it, as one name.
std::string join_membership(std::string_view group, std::string_view member);
struct GroupAndMember {
  std::string_view group;   // its name alone
  std::string_view member;  // a principal that can act
};
// Views into the text; nothing if that is none.
std::optional<GroupAndMember> parse_membership(std::string_view text);

struct GroupMemberRow {
  Revision revision;
  Actor author;  // who added the member
  HlcStamp added_at;

  template <class Self, class Visit>
  static void for_each_field(Self& row, Visit&& visit) {
    visit(Field{1, "revision"}, row.revision);
    visit(Field{3, "author"}, row.author);
    visit(Field{6, "added"}, row.added_at);
  }
  friend bool operator==(const GroupMemberRow&, const GroupMemberRow&) = default;
};

namespace keys {

struct GroupMemberKey {
  std::string_view group;   // its name alone
  std::string_view member;  // a principal

  template <class Self, class Visit>
  static constexpr void for_each_part(Self& key, Visit&& visit) {
    visit("group_name", key.group);
    visit("member", key.member);
  }
};
struct MemberGroupKey {
  std::string_view member;
  std::string_view group;

  template <class Self, class Visit>
  static constexpr void for_each_part(Self& key, Visit&& visit) {
    visit("member", key.member);
    visit("group_name", key.group);
  }
};
inline Bytes of_group_member(std::string_view group, std::string_view member) {
  return encode_key(GroupMemberKey{group, member});
}
inline Bytes of_member_group(std::string_view member, std::string_view group) {
  return encode_key(MemberGroupKey{member, group});
}
inline std::optional<GroupMemberKey> parse_group_member(ByteView key) {
  return parse_key<GroupMemberKey>(key);
}
inline std::optional<MemberGroupKey> parse_member_group(ByteView key) {
  return parse_key<MemberGroupKey>(key);
}

}  // namespace keys

struct GroupMemberTable {
  static constexpr Table kTable = Table::GroupMember;
  static constexpr const char* kName = "group_members";
  static constexpr bool kDerived = false;
  using Key = keys::GroupMemberKey;
  using Row = GroupMemberRow;
  static bool fits(const Key& key, const Row&) {
    return is_principal_name(key.group) && actor_for(key.member);
  }
};

// The same the other way round: which groups somebody is in.
struct MemberGroupTable {
  static constexpr Table kTable = Table::MemberGroup;
  static constexpr const char* kName = "member_groups";
  static constexpr bool kDerived = false;
  using Key = keys::MemberGroupKey;
  using Row = KeyAlone;
  static bool fits(const Key& key, const Row&) {
    return is_principal_name(key.group) && actor_for(key.member);
  }
};

Bytes encode(const GroupMemberRow&);
std::expected<GroupMemberRow, DecodeFault> decode_group_member_row(ByteView,
                                                                   bool* complete = nullptr);

}  // namespace confman::domain
