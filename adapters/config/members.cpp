#include <algorithm>

#include "adapters/config/settings.hpp"
#include "domain/base/address.hpp"

namespace confman::config {

consensus::Membership founders_of(const Settings& settings) {
  consensus::Membership membership;
  for (const MemberSettings& member : settings.members) {
    membership.members.push_back({.id = consensus::member_id(member.id),
                                  .name = member.id,
                                  .peer_address = member.peer,
                                  .api_address = member.api});
  }
  std::ranges::sort(membership.members, {}, &consensus::Member::id);
  return membership;
}

std::vector<std::string> differences(const Settings& settings,
                                     const consensus::Membership& membership) {
  std::vector<std::string> result;
  for (const MemberSettings& listed : settings.members) {
    const consensus::Member* member = membership.find(consensus::member_id(listed.id));
    if (member == nullptr) {
      result.push_back(listed.id + " is in the settings and no member");
      continue;
    }
    const auto compare = [&](const char* field, const std::string& here, const std::string& there) {
      if (same_address(here, there)) return;
      result.push_back("the " + std::string(field) + " address of " + listed.id + " is " + here +
                       " in the settings, " + there + " of the member");
    };
    compare("peer", listed.peer, member->peer_address);
    compare("api", listed.api, member->api_address);
  }
  for (const consensus::Member& member : membership.members) {
    const bool listed = std::ranges::any_of(settings.members, [&](const MemberSettings& m) {
      return consensus::member_id(m.id) == member.id;
    });
    if (!listed) result.push_back(member.name + " is a member and not in the settings");
  }
  return result;
}

}  // namespace confman::config
