#include "sim/workload/names.hpp"

#include <array>
#include <charconv>
#include <vector>

#include "domain/access/api_key.hpp"
#include "domain/access/role_names.hpp"

namespace confman::sim {
std::string numbered(std::string name, std::uint64_t number) {
  name += std::to_string(number);
  return name;
}

consensus::Member member_of(int node) {
  const std::string number = std::to_string(node + 1);
  return {.id = consensus::MemberId{static_cast<std::uint64_t>(node) + 1},
          .role = consensus::MemberRole::Voter,
          .incarnation = 0,
          .name = "node" + number,
          .peer_address = "10.0.0." + number + ":7000",
          .api_address = "10.0.0." + number + ":8080"};
}

std::string namespace_path(std::uint64_t number) {
  if (number == 0) return "/";
  std::string path = number % 2 == 0 ? namespace_path(number - 1) : std::string();
  return numbered(path + "/n", number);
}

// None, one, or two.
domain::Labels labels_of(std::uint64_t value) {
  domain::Labels labels;
  if (value % 2 == 0) labels.emplace_back("even", "");
  if (value % 3 == 0) labels.emplace_back("of", std::to_string(value % 9));
  return labels;
}

std::string content_type_of(std::uint64_t value) {
  return value % 5 == 0 ? "application/json" : "text/plain";
}

std::string description_of(std::uint64_t value) {
  return value % 4 == 0 ? numbered("about ", value) : std::string();
}

std::vector<std::string> label_texts(std::uint64_t number) {
  switch (number) {
    case 0:
      return {};
    case 1:
      return {"even"};
    case 2:
      return {"of"};
    case 3:
      return {"of=3"};
    case 4:
      return {"even", "of"};
    case 5:
      return {"of=6", "even="};
    default:
      return {"of=0", "none"};
  }
}

domain::Actor actor_of(std::uint64_t client, std::uint64_t request) {
  const auto type = client % 3 == 0 ? domain::ActorType::Service : domain::ActorType::User;
  return {type, numbered("client", client), numbered("10.1.0.", request % 200)};
}

std::string principal_name(std::uint64_t number) {
  if (number == 0) return "service:bootstrap";
  if (number >= kFirstGroup) return "group:" + group_name(number - kFirstGroup);
  const domain::Actor actor = actor_of(number, 0);
  return (actor.type == domain::ActorType::User ? "user:" : "service:") + actor.id;
}

std::string group_name(std::uint64_t number) {
  return numbered("team", number);
}

std::string role_name(std::uint64_t number) {
  return numbered("role", number);
}

std::string role_set(std::uint64_t number) {
  static constexpr std::array<std::string_view, kRoleSets> kSets = {
      "viewer", "editor", "publisher", "admin", "admin,viewer", "role1", "editor,role2", "role3"};
  return std::string(kSets.at(number % kRoleSets));
}

std::string scope_text(std::uint64_t number) {
  using enum domain::Permission;
  switch (number % kScopeTexts) {
    case 1:
      return domain::join_scopes({{"/", {Read}}});
    case 2:
      return domain::join_scopes({{"/n1", {Read, Publish}}});
    case 3:
      // But for secrets, which there are none of here.
      return domain::join_scopes(
          {{"/", domain::PermissionSet::of_bits(domain::PermissionSet::all().bits() &
                                                ~domain::PermissionSet{ReadSecrets}.bits())}});
    case 4:
      return domain::join_scopes(
          {{"/", {Draft, Publish, ManageNamespaces}}, {"/n1", {Read, Draft, Approve}}});
    case 5:
      return domain::join_scopes({{"/n1", {Read, Publish, ManageAccess}}});
    default:
      return {};
  }
}

Sha256Digest digest_of_key(std::uint64_t number) {
  return sha256(numbered("key", number));
}

std::string id_of_key(std::uint64_t number) {
  return domain::api_key_id(digest_of_key(number));
}

domain::Credentials credentials_of(std::uint64_t client, std::uint64_t request,
                                   std::uint64_t api_key) {
  domain::Credentials from{.actor = actor_of(client, request), .key = {}};
  if (api_key == kAsSystem) from.actor = {domain::ActorType::System, "system", {}};
  if (api_key > kAsSystem) from.key = digest_of_key(api_key);
  return from;
}

std::uint64_t number_in(const std::string& name) {
  const std::size_t digits = name.find_last_not_of("0123456789") + 1;
  std::uint64_t number = 0;
  std::from_chars(name.data() + digits, name.data() + name.size(), number);
  return number;
}

std::string key_name(std::uint64_t number) {
  return numbered("k", number);
}

std::string entry_path(const std::string& name_space, const std::string& key) {
  return name_space == "/" ? "/" + key : name_space + "/" + key;
}

std::string value_bytes(std::uint64_t value) {
  std::string bytes = std::to_string(value);
  bytes += ':';
  // Some are larger than what small pages hold beside anything else.
  bytes.append(value % 11 == 0 ? 700 : value % 7 * 40, 'x');
  return bytes;
}

std::uint64_t value_of(const std::string& bytes) {
  std::uint64_t value = 0;
  const auto end = std::from_chars(bytes.data(), bytes.data() + bytes.size(), value);
  return end.ec == std::errc() && value_bytes(value) == bytes ? value : 0;
}

}  // namespace confman::sim
