#include "adapters/config/settings.hpp"

#include <algorithm>
#include <fstream>
#include <functional>
#include <set>
#include <sstream>
#include <sys/stat.h>

#include "adapters/config/scalars.hpp"
#include "adapters/yaml/yaml_reader.hpp"
#include "domain/base/assert.hpp"

namespace confman::config {
namespace {

using yaml::YamlNode;

constexpr std::size_t kMaxVoters = 7;

struct Fault {
  std::string code;
  std::string message;
};
using Outcome = std::expected<void, Fault>;
using Setter = Outcome (*)(Settings&, std::string_view text);

// One scalar setting. Its variable is CONFMAN_ and the path in capitals, dots as underscores.
struct Setting {
  std::string_view path;
  bool required;
  Setter set;
};

Outcome bad(std::string code, std::string message) {
  return std::unexpected(Fault{std::move(code), std::move(message)});
}

template <class T>
Outcome store(T& target, Parsed<T> parsed, const char* code) {
  if (!parsed) return bad(code, parsed.error());
  target = *parsed;
  return {};
}

Outcome store_duration(Duration& target, std::string_view text, Duration min, Duration max) {
  const auto parsed = parse_duration(text);
  if (!parsed) return bad("bad_duration", parsed.error());
  if (*parsed < min || *parsed > max) {
    return bad("out_of_range", "must be between " + std::to_string(min.to_millis()) + "ms and " +
                                   std::to_string(max.to_millis()) + "ms");
  }
  target = *parsed;
  return {};
}

template <class T>
Outcome store_choice(T& target, std::string_view text,
                     const std::vector<std::pair<std::string_view, T>>& choices) {
  std::vector<std::string_view> names;
  std::string list;
  for (const auto& [name, value] : choices) {
    if (name == text) {
      target = value;
      return {};
    }
    names.push_back(name);
    list += (list.empty() ? "" : ", ") + std::string(name);
  }
  const std::string near = nearest(text, names);
  return bad("unknown_value",
             "expected one of " + list + (near.empty() ? "" : "; did you mean " + near + "?"));
}

const std::vector<Setting>& scalar_settings() {
  static const std::vector<Setting> settings{
      {"node.id", true,
       [](Settings& s, std::string_view text) -> Outcome {
         if (!is_node_id(text)) {
           return bad("bad_node_id",
                      "1 to 63 letters, digits, '.', '_' or '-', starting with a letter or digit");
         }
         s.node_id = text;
         return {};
       }},
      {"node.data_dir", true,
       [](Settings& s, std::string_view text) -> Outcome {
         if (text.empty()) return bad("bad_data_dir", "must not be empty");
         s.data_dir = text;
         return {};
       }},
      {"cluster.name", true,
       [](Settings& s, std::string_view text) -> Outcome {
         if (!is_node_id(text)) {
           return bad("bad_cluster_name",
                      "1 to 63 letters, digits, '.', '_' or '-', starting with a letter or digit");
         }
         s.cluster_name = text;
         return {};
       }},
      {"http.threads", false,
       [](Settings& s, std::string_view text) -> Outcome {
         const auto number = parse_integer(text);
         if (!number) return bad("wrong_type", number.error());
         if (*number < 1 || *number > 64) return bad("out_of_range", "must be between 1 and 64");
         s.http_threads = static_cast<int>(*number);
         return {};
       }},
      {"raft.heartbeat_interval", false,
       [](Settings& s, std::string_view text) {
         return store_duration(s.heartbeat_interval, text, Duration::millis(10),
                               Duration::seconds(10));
       }},
      {"raft.election_timeout_min", false,
       [](Settings& s, std::string_view text) {
         return store_duration(s.election_timeout_min, text, Duration::millis(50),
                               Duration::seconds(60));
       }},
      {"raft.election_timeout_max", false,
       [](Settings& s, std::string_view text) {
         return store_duration(s.election_timeout_max, text, Duration::millis(50),
                               Duration::seconds(120));
       }},
      {"writes", false,
       [](Settings& s, std::string_view text) {
         return store_choice<bool>(s.forward_writes, text,
                                   {{"forward", true}, {"redirect", false}});
       }},
      {"reads.lease", false,
       [](Settings& s, std::string_view text) {
         return store_choice<bool>(s.lease_reads, text, {{"true", true}, {"false", false}});
       }},
      {"storage.min_free", false,
       [](Settings& s, std::string_view text) -> Outcome {
         const auto size = parse_size(text);
         if (!size) return bad("bad_size", size.error());
         s.min_free = *size;
         return {};
       }},
      {"storage.flush_bytes", false,
       [](Settings& s, std::string_view text) -> Outcome {
         const auto size = parse_size(text);
         if (!size) return bad("bad_size", size.error());
         const bool in_range = *size >= 64 * 1024 && *size <= (1ULL << 30);
         if (!in_range) return bad("out_of_range", "must be between 64KiB and 1GiB");
         s.flush_bytes = *size;
         return {};
       }},
      {"storage.flush_interval", false,
       [](Settings& s, std::string_view text) {
         return store_duration(s.flush_interval, text, Duration::millis(10), Duration::seconds(60));
       }},
      {"log.level", false,
       [](Settings& s, std::string_view text) {
         return store_choice<LogLevel>(s.log_level, text,
                                       {{"debug", LogLevel::Debug},
                                        {"info", LogLevel::Info},
                                        {"warning", LogLevel::Warning},
                                        {"error", LogLevel::Error}});
       }},
      {"log.format", false,
       [](Settings& s, std::string_view text) {
         return store_choice<LogFormat>(s.log_format, text,
                                        {{"text", LogFormat::Text}, {"json", LogFormat::Json}});
       }},
      {"dev.open", false,
       [](Settings& s, std::string_view text) {
         return store(s.dev_open, parse_boolean(text), "bad_boolean");
       }},
  };
  return settings;
}

std::string variable_of(std::string_view path) {
  std::string name = "CONFMAN_";
  for (char c : path) name += c == '.' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
  return name;
}

// Variables of the command line that share the prefix.
bool is_client_variable(std::string_view name) {
  return name == "CONFMAN_SERVER" || name == "CONFMAN_SHARED" || name == "CONFMAN_CONFIG";
}

class Loader {
 public:
  Loader(std::string file, const Environment& environment)
      : file_(std::move(file)), environment_(environment) {}

  std::expected<Loaded, std::vector<Problem>> load(std::string_view text) {
    const auto root =
        yaml::read_yaml(text, {.max_bytes = 256 * 1024, .max_depth = 8, .max_nodes = 2000});
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
    if (problems_.empty()) check_relations();
    if (!problems_.empty()) return std::unexpected(std::move(problems_));
    return Loaded{std::move(settings_), std::move(warnings_)};
  }

 private:
  std::string at(const yaml::Mark& mark) const {
    return file_ + ":" + std::to_string(mark.line) + ":" + std::to_string(mark.column);
  }
  void problem(const yaml::Mark& mark, std::string code, std::string message) {
    problems_.push_back({at(mark), std::move(code), std::move(message)});
  }

  void walk(const YamlNode& map, const std::string& prefix) {
    for (const auto& [key, value] : map.members) {
      const std::string path = prefix.empty() ? key.scalar : prefix + "." + key.scalar;
      if (path == "cluster.members") {
        read_members(value);
      } else if (const Setting* setting = find(path)) {
        read_scalar(*setting, value);
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
    seen_.insert(setting.path);
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
    seen_.insert("cluster.members");
    if (value.kind != YamlNode::Kind::Sequence) {
      return problem(value.at, "wrong_type", "cluster.members: expected a list");
    }
    members_at_ = value.at;
    for (const YamlNode& item : value.items) read_member(item);
  }

  void read_member(const YamlNode& item) {
    if (item.kind != YamlNode::Kind::Map) {
      return problem(item.at, "wrong_type", "a member is a map of id, peer and api");
    }
    MemberSettings member;
    const std::map<std::string_view, std::string*> fields{
        {"id", &member.id}, {"peer", &member.peer}, {"api", &member.api}};
    for (const auto& [key, value] : item.members) {
      auto field = fields.find(key.scalar);
      if (field == fields.end()) {
        problem(key.at, "unknown_key",
                "a member has id, peer and api, not \"" + shown(key.scalar) + "\"");
      } else if (value.kind != YamlNode::Kind::Scalar) {
        problem(value.at, "wrong_type", key.scalar + ": expected a single value");
      } else {
        *field->second = value.scalar;
        check_member_field(key.scalar, value);
      }
    }
    for (const auto& [name, text] : fields) {
      if (text->empty()) problem(item.at, "missing_key", "the member has no " + std::string(name));
    }
    settings_.members.push_back(std::move(member));
  }

  void check_member_field(const std::string& name, const YamlNode& value) {
    if (name == "id") {
      if (!is_node_id(value.scalar))
        problem(value.at, "bad_node_id", "\"" + shown(value.scalar) + "\" is no node id");
      return;
    }
    if (auto ok = parse_address(value.scalar); !ok) {
      const bool port = ok.error().starts_with("the port");
      problem(value.at, port ? "bad_port" : "bad_address",
              name + ": " + ok.error() + ", not \"" + shown(value.scalar) + "\"");
    }
  }

  void override_from_environment() {
    for (const Setting& setting : scalar_settings()) {
      auto it = environment_.find(variable_of(setting.path));
      if (it == environment_.end()) continue;
      seen_.insert(setting.path);
      if (auto ok = setting.set(settings_, it->second); !ok) {
        problems_.push_back({it->first, ok.error().code,
                             std::string(setting.path) + ": " + ok.error().message + ", not \"" +
                                 shown(it->second) + "\""});
      }
    }
    for (const auto& [name, value] : environment_) {
      const bool ours = name.starts_with("CONFMAN_") && !is_client_variable(name);
      const bool known = std::ranges::any_of(
          scalar_settings(), [&](const Setting& s) { return variable_of(s.path) == name; });
      if (ours && !known) {
        warnings_.push_back({name, "unknown_env", "sets nothing that this build knows", true});
      }
    }
  }

  void require_all() {
    for (const Setting& setting : scalar_settings()) {
      if (setting.required && !seen_.contains(setting.path)) {
        problem({}, "missing_key",
                std::string(setting.path) + " is required (or " + variable_of(setting.path) + ")");
      }
    }
    if (!seen_.contains("cluster.members"))
      problem({}, "missing_key", "cluster.members is required");
  }

  void check_relations() {
    check_members();
    if (settings_.election_timeout_min > settings_.election_timeout_max) {
      problem({}, "bad_range", "raft.election_timeout_min is above raft.election_timeout_max");
    }
    if (settings_.heartbeat_interval * 3 > settings_.election_timeout_min) {
      problem({}, "timeout_ratio",
              "raft.election_timeout_min must be at least three times raft.heartbeat_interval: a "
              "follower has to miss several heartbeats before it asks around");
    }
    for (const MemberSettings& member : settings_.members) {
      const bool open_to_all =
          settings_.dev_open && !(is_loopback(parse_address(member.api)->host) &&
                                  is_loopback(parse_address(member.peer)->host));
      if (open_to_all) {
        problem(members_at_, "insecure_auth_off",
                "dev.open lets everybody in and is for loopback addresses only, not " + member.api);
      }
    }
    if (!settings_.dev_open) {
      problem(
          {}, "auth_not_available",
          "this build has no authentication yet: it runs with dev.open: true, on loopback only");
    }
  }

  void check_members() {
    const auto& members = settings_.members;
    if (members.empty()) return problem(members_at_, "no_nodes", "cluster.members is empty");
    if (members.size() > kMaxVoters) {
      problem(members_at_, "too_many_voters", "at most " + std::to_string(kMaxVoters) + " members");
    }
    if (members.size() % 2 == 0) {
      warnings_.push_back(
          {at(members_at_), "even_cluster",
           "an even number of members survives no more failures than one fewer would", true});
    }
    std::set<std::string> ids;
    std::set<std::string> addresses;
    for (const MemberSettings& member : members) {
      if (!ids.insert(member.id).second) {
        problem(members_at_, "duplicate_node_id",
                "the member \"" + member.id + "\" is there twice");
      }
      for (const std::string& address : {member.peer, member.api}) {
        if (!addresses.insert(address).second) {
          problem(members_at_, "duplicate_address", address + " is used twice");
        }
      }
    }
    if (!ids.contains(settings_.node_id)) {
      problem(members_at_, "node_not_in_cluster",
              "node.id \"" + settings_.node_id + "\" is not among cluster.members");
    }
  }

  static const Setting* find(std::string_view path) {
    const auto& all = scalar_settings();
    const auto it = std::ranges::find(all, path, &Setting::path);
    return it == all.end() ? nullptr : &*it;
  }
  static bool is_section(std::string_view path) {
    return std::ranges::any_of(scalar_settings(), [&](const Setting& setting) {
      return setting.path.size() > path.size() && setting.path.starts_with(path) &&
             setting.path[path.size()] == '.';
    });
  }
  static std::string shown(std::string_view text) {
    constexpr std::size_t kShown = 64;
    return std::string(text.substr(0, kShown)) + (text.size() > kShown ? "…" : "");
  }
  void unknown_key(const yaml::Mark& mark, const std::string& path) {
    std::vector<std::string_view> paths{"cluster.members"};
    for (const Setting& setting : scalar_settings()) paths.push_back(setting.path);
    const std::string near = nearest(path, paths);
    problem(mark, "unknown_key",
            "there is no setting \"" + shown(path) + "\"" +
                (near.empty() ? "" : "; did you mean " + near + "?"));
  }

  std::string file_;
  const Environment& environment_;
  Settings settings_;
  yaml::Mark members_at_;
  std::set<std::string_view> seen_;
  std::vector<Problem> problems_;
  std::vector<Problem> warnings_;
};

}  // namespace

const MemberSettings& Settings::self() const {
  const auto it = std::ranges::find(members, node_id, &MemberSettings::id);
  CONFMAN_ASSERT(it != members.end(), "checked settings name the node among the members");
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

}  // namespace confman::config
