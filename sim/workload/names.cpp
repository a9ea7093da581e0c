#include "sim/workload/names.hpp"

#include <charconv>

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

std::string label_text(std::uint64_t number) {
  return number == 1 ? "even" : number == 2 ? "of" : "of=3";
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
  bytes.append(value % 7 * 40, 'x');
  return bytes;
}

std::uint64_t value_of(const std::string& bytes) {
  std::uint64_t value = 0;
  const auto end = std::from_chars(bytes.data(), bytes.data() + bytes.size(), value);
  return end.ec == std::errc() && value_bytes(value) == bytes ? value : 0;
}

}  // namespace confman::sim
