#include <algorithm>

#include "domain/access/api_key.hpp"
#include "domain/access/assignment.hpp"
#include "domain/access/group.hpp"
#include "domain/access/role.hpp"

namespace confman::domain {

Bytes encode(const ApiKeyRow& row) {
  return encode_record(row);
}
std::expected<ApiKeyRow, DecodeFault> decode_api_key_row(ByteView bytes, bool* complete) {
  return decode_record<ApiKeyRow>(bytes, complete);
}

Bytes encode(const RoleRow& row) {
  return encode_record(row);
}
std::expected<RoleRow, DecodeFault> decode_role_row(ByteView bytes, bool* complete) {
  return decode_record<RoleRow>(bytes, complete);
}

Bytes encode(const AssignmentRow& row) {
  return encode_record(row);
}
std::expected<AssignmentRow, DecodeFault> decode_assignment_row(ByteView bytes, bool* complete) {
  return decode_record<AssignmentRow>(bytes, complete);
}

Bytes encode(const GroupMemberRow& row) {
  return encode_record(row);
}
std::expected<GroupMemberRow, DecodeFault> decode_group_member_row(ByteView bytes, bool* complete) {
  return decode_record<GroupMemberRow>(bytes, complete);
}

}  // namespace confman::domain
