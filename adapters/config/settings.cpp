#include "adapters/config/settings.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <set>
#include <sstream>
#include <sys/stat.h>
#include <utility>

#include "adapters/config/scalars.hpp"
#include "adapters/config/setting_table.hpp"
#include "adapters/yaml/yaml_reader.hpp"
#include "consensus/member_rules.hpp"
#include "domain/base/assert.hpp"

namespace confman::config {
namespace {

using consensus::MemberField;
using yaml::YamlNode;

constexpr yaml::YamlLimits kYamlLimits{.max_bytes = 256 * 1024, .max_depth = 8, .max_nodes = 2000};

// Variables of the command line that share the prefix.
bool is_client_variable(std::string_view name) {
  return name == "CONFMAN_SERVER" || name == "CONFMAN_SHARED" || name == "CONFMAN_CONFIG";
}

class Loader {
 public:
  Loader(std::string file, const Environment& environment)
      : source_(std::move(file)), environment_(environment) {}

  std::expected<Loaded, std::vector<Problem>> load(std::string_view text) {
    const auto root = yaml::read_yaml(text, kYamlLimits);
    if (!root) {
      problem(root.error().at, std::string(root.error().code), root.error().message);
      return std::unexpected(std::move(problems_));
    }
    if (root->kind == YamlNode::Kind::Map) {
      walk(*root, "");
    } else if (root->kind != YamlNode::Kind::Null) {
      problem(root->at, "wrong_type", "expected a map of settings");
    }
    override_from_environment();
    if (root->kind == YamlNode::Kind::Null && seen_.empty()) {
      problem({}, "empty_config",
              "required: node.id, node.data_dir, cluster.name, cluster.members");
      return std::unexpected(std::move(problems_));
    }
    require_all();
    check_each_member();
    if (problems_.empty()) check_relations();
    if (!problems_.empty()) return std::unexpected(std::move(problems_));
    return Loaded{std::move(settings_), std::move(warnings_)};
  }

 private:
  // A member as it was read, and where its parts stand.
  struct ReadMember {
    consensus::Member member;
    std::array<std::string, 3> places;  // by MemberField
  };

  // Of what is read at the moment: the file, or a variable.
  std::string at(const yaml::Mark& mark) const {
    return source_ + ":" + std::to_string(mark.line) + ":" + std::to_string(mark.column);
  }
  void problem(const yaml::Mark& mark, std::string code, std::string message) {
    problems_.push_back({at(mark), std::move(code), std::move(message)});
  }

  void walk(const YamlNode& map, const std::string& prefix) {
    for (const auto& [key, value] : map.members) {
      const std::string path = prefix.empty() ? key.scalar : prefix + "." + key.scalar;
      if (const Setting* setting = find(path)) {
        seen_.insert(setting->path);
        if (setting->set) {
          read_scalar(*setting, value);
        } else {
          read_members(value);
        }
      } else if (is_section(path)) {
        if (value.kind == YamlNode::Kind::Map) {
          walk(value, path);
        } else if (value.kind != YamlNode::Kind::Null) {
          problem(value.at, "wrong_type", path + " is a section: expected a map");
        }
      } else {
        unknown_key(key.at, path);
      }
    }
  }

  void read_scalar(const Setting& setting, const YamlNode& value) {
    if (value.kind != YamlNode::Kind::Scalar) {
      return problem(value.at, "wrong_type",
                     std::string(setting.path) + ": expected a single value");
    }
    if (auto ok = setting.set(settings_, value.scalar); !ok) {
      problem(value.at, ok.error().code,
              std::string(setting.path) + ": " + ok.error().message + ", not \"" +
                  shown(value.scalar) + "\"");
    }
  }

  void read_members(const YamlNode& value) {
    members_at_ = at(value.at);
    members_.clear();
    if (value.kind != YamlNode::Kind::Sequence) {
      return problem(value.at, "wrong_type",
                     "cluster.members: expected a list of maps of id, peer and api");
    }
    for (const YamlNode& item : value.items) read_member(item);
  }

  void read_member(const YamlNode& item) {
    if (item.kind != YamlNode::Kind::Map) {
      return problem(item.at, "wrong_type", "a member is a map of id, peer and api");
    }
    ReadMember read;
    struct Part {
      std::string_view name;
      std::string* text;
      MemberField field;
    };
    const std::array parts{Part{"api", &read.member.api_address, MemberField::Api},
                           Part{"id", &read.member.name, MemberField::Name},
                           Part{"peer", &read.member.peer_address, MemberField::Peer}};
    for (const auto& [key, value] : item.members) {
      const auto part = std::ranges::find(parts, key.scalar, &Part::name);
      if (part == parts.end()) {
        problem(key.at, "unknown_key",
                "a member has id, peer and api, not \"" + shown(key.scalar) + "\"");
      } else if (value.kind != YamlNode::Kind::Scalar) {
        problem(value.at, "wrong_type", key.scalar + ": expected a single value");
      } else {
        *part->text = value.scalar;
        read.places[static_cast<std::size_t>(part->field)] = at(value.at);
      }
    }
    for (const Part& part : parts) {
      if (part.text->empty()) {
        problem(item.at, "missing_key", "the member has no " + std::string(part.name));
      }
    }
    read.member.id = consensus::member_id(read.member.name);
    members_.push_back(std::move(read));
  }

  void override_from_environment() {
    for (const Setting& setting : setting_table()) {
      auto it = environment_.find(variable_of(setting.path));
      if (it == environment_.end()) continue;
      seen_.insert(setting.path);
      if (!setting.set) {
        override_members(it->first, it->second);
      } else if (auto ok = setting.set(settings_, it->second); !ok) {
        problems_.push_back({it->first, ok.error().code,
                             std::string(setting.path) + ": " + ok.error().message + ", not \"" +
                                 shown(it->second) + "\""});
      }
    }
    for (const auto& [name, value] : environment_) {
      const bool ours = name.starts_with("CONFMAN_") && !is_client_variable(name);
      const bool known = std::ranges::any_of(
          setting_table(), [&](const Setting& s) { return variable_of(s.path) == name; });
      if (ours && !known) {
        warnings_.push_back({name, "unknown_env", "sets nothing that this build knows", true});
      }
    }
  }

  // As in the file: [{id: node1, peer: "…", api: "…"}, …].
  void override_members(const std::string& variable, const std::string& text) {
    const std::string file = std::exchange(source_, variable);
    if (const auto list = yaml::read_yaml(text, kYamlLimits)) {
      read_members(*list);
    } else {
      problem(list.error().at, std::string(list.error().code), list.error().message);
    }
    source_ = file;
  }

  void require_all() {
    for (const Setting& setting : setting_table()) {
      if (setting.required && !seen_.contains(setting.path)) {
        problem({}, "missing_key",
                std::string(setting.path) + " is required (or " + variable_of(setting.path) + ")");
      }
    }
  }

  void check_each_member() {
    for (const ReadMember& read : members_) {
      for (const auto& wrong :
           consensus::problems_of(read.member, {.loopback_only = kLoopbackOnly})) {
        const std::string& place = read.places[static_cast<std::size_t>(wrong.field)];
        if (!place.empty()) {  // else it has been called missing
          problems_.push_back({place, std::string(wrong.code), wrong.message});
        }
      }
    }
  }

  void check_relations() {
    check_members();
    if (settings_.election_timeout_min >= settings_.election_timeout_max) {
      problem({}, "bad_range", "raft.election_timeout_min isn't below raft.election_timeout_max");
    }
    if (settings_.heartbeat_interval * 3 > settings_.election_timeout_min) {
      problem({}, "timeout_ratio",
              "raft.election_timeout_min must be at least three times raft.heartbeat_interval: a "
              "follower has to miss several heartbeats before it asks around");
    }
  }

  void check_members() {
    const auto problem_here = [&](std::string code, std::string message) {
      problems_.push_back({members_at_, std::move(code), std::move(message)});
    };
    if (members_.empty()) return problem_here("no_nodes", "cluster.members is empty");
    if (members_.size() > consensus::kMaxVoters) {
      problem_here("too_many_voters",
                   "at most " + std::to_string(consensus::kMaxVoters) + " members");
    }
    if (members_.size() % 2 == 0) {
      warnings_.push_back(
          {members_at_, "even_cluster",
           "an even number of members survives no more failures than one fewer would", true});
    }
    std::vector<consensus::Member> before;
    for (const ReadMember& read : members_) {
      for (const auto& wrong : consensus::conflicts(read.member, before)) {
        problems_.push_back({read.places[static_cast<std::size_t>(wrong.field)],
                             std::string(wrong.code), wrong.message});
      }
      before.push_back(read.member);
      settings_.members.push_back(
          {read.member.name, read.member.peer_address, read.member.api_address});
    }
    if (std::ranges::find(settings_.members, settings_.node_id, &MemberSettings::id) ==
        settings_.members.end()) {
      problem_here("node_not_in_cluster",
                   "node.id \"" + settings_.node_id + "\" is not among cluster.members");
    }
  }

  static const Setting* find(std::string_view path) {
    const auto& all = setting_table();
    const auto it = std::ranges::find(all, path, &Setting::path);
    return it == all.end() ? nullptr : &*it;
  }
  static bool is_section(std::string_view path) {
    return std::ranges::any_of(setting_table(), [&](const Setting& setting) {
      return setting.path.size() > path.size() && setting.path.starts_with(path) &&
             setting.path[path.size()] == '.';
    });
  }
  static std::string shown(std::string_view text) {
    constexpr std::size_t kShown = 64;
    return std::string(text.substr(0, kShown)) + (text.size() > kShown ? "…" : "");
  }
  void unknown_key(const yaml::Mark& mark, const std::string& path) {
    std::vector<std::string_view> paths;
    for (const Setting& setting : setting_table()) paths.push_back(setting.path);
    const std::string near = nearest(path, paths);
    problem(mark, "unknown_key",
            "there is no setting \"" + shown(path) + "\"" +
                (near.empty() ? "" : "; did you mean " + near + "?"));
  }

  std::string source_;
  const Environment& environment_;
  Settings settings_;
  std::vector<ReadMember> members_;
  std::string members_at_;
  std::set<std::string_view> seen_;
  std::vector<Problem> problems_;
  std::vector<Problem> warnings_;
};

}  // namespace

const MemberSettings& Settings::self() const {
  const auto it = std::ranges::find(members, node_id, &MemberSettings::id);
  CONFMAN_ASSERT(it != members.end(), "Checked settings don't name the node among the members.");
  return *it;
}

std::expected<Loaded, std::vector<Problem>> parse_settings(std::string_view text,
                                                           const std::string& file,
                                                           const Environment& environment) {
  return Loader(file, environment).load(text);
}

std::expected<Loaded, std::vector<Problem>> load_settings(const std::string& file,
                                                          const Environment& environment) {
  const auto refuse = [&](std::string code, std::string message) {
    return std::unexpected(std::vector{Problem{file, std::move(code), std::move(message)}});
  };
  struct stat info{};
  if (::stat(file.c_str(), &info) != 0) return refuse("not_found", "no such file");
  if (!S_ISREG(info.st_mode)) return refuse("not_a_file", "expected a file");
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) return refuse("not_readable", "cannot be read");
  return parse_settings(text.str(), file, environment);
}

std::string to_string(const Problem& problem) {
  return problem.where + ": " + problem.code + ": " + problem.message;
}

}  // namespace confman::config
