#include "consensus/member_rules.hpp"

#include <algorithm>
#include <utility>

#include "domain/base/address.hpp"

namespace confman::consensus {
namespace {

constexpr std::size_t kMaxNameBytes = 63;  // of a DNS label: a name may be a host's
constexpr std::size_t kShownBytes = 64;

std::string shown(std::string_view text) {
  const bool cut = text.size() > kShownBytes;
  return "\"" + std::string(text.substr(0, kShownBytes)) + (cut ? "…" : "") + "\"";
}

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::string_view word_for(MemberField field) {
  return field == MemberField::Peer ? "peer" : "api";
}

void check_address(MemberField field, const std::string& text, const MemberRules& rules,
                   std::vector<MemberProblem>& problems) {
  const std::string word(word_for(field));
  const auto address = parse_address(text);
  if (!address || text.size() > kMaxAddressBytes) {
    const std::string rule = address ? "expected a shorter address" : address.error();
    problems.push_back({rule.starts_with("the port") ? "bad_port" : "bad_address", field,
                        word + ": " + rule + ", not " + shown(text)});
  } else if (rules.loopback_only && !is_loopback(address->host)) {
    problems.push_back({"insecure_auth_off", field,
                        word +
                            ": what is between machines isn't encrypted yet, so addresses are "
                            "loopback ones, not " +
                            shown(text)});
  }
}

}  // namespace

bool is_member_name(std::string_view text) {
  return !text.empty() && text.size() <= kMaxNameBytes && is_alphanumeric(text[0]) &&
         std::ranges::all_of(
             text, [](char c) { return is_alphanumeric(c) || c == '.' || c == '_' || c == '-'; });
}

std::vector<MemberProblem> problems_of(const Member& member, const MemberRules& rules) {
  std::vector<MemberProblem> problems;
  if (!is_member_name(member.name)) {
    problems.push_back({"bad_node_id", MemberField::Name,
                        shown(member.name) + " is no node id: " + std::string(kMemberNameRule)});
  }
  check_address(MemberField::Peer, member.peer_address, rules, problems);
  check_address(MemberField::Api, member.api_address, rules, problems);
  if (same_address(member.peer_address, member.api_address)) {
    problems.push_back({"duplicate_address", MemberField::Api,
                        member.api_address + " is used twice: peers and clients of a member need "
                                             "two ports"});
  }
  return problems;
}

std::vector<MemberProblem> conflicts(const Member& member, std::span<const Member> others) {
  std::vector<MemberProblem> problems;
  for (const Member& other : others) {
    if (other.id == member.id || other.name == member.name) {
      problems.push_back({"duplicate_node_id", MemberField::Name,
                          "the member " + shown(member.name) + " is there twice"});
    }
    for (const auto field : {MemberField::Peer, MemberField::Api}) {
      const std::string& address =
          field == MemberField::Peer ? member.peer_address : member.api_address;
      if (same_address(address, other.peer_address) || same_address(address, other.api_address)) {
        problems.push_back({"duplicate_address", field,
                            address + " is used twice, also by member " + shown(other.name)});
      }
    }
  }
  return problems;
}

}  // namespace confman::consensus
