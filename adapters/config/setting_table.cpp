#include "adapters/config/setting_table.hpp"

#include <algorithm>
#include <utility>

#include "adapters/config/scalars.hpp"
#include "consensus/member_rules.hpp"

namespace confman::config {
namespace {

using Outcome = std::expected<void, SettingFault>;

Outcome bad(std::string code, std::string message) {
  return std::unexpected(SettingFault{std::move(code), std::move(message)});
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

}  // namespace

const std::vector<Setting>& setting_table() {
  static const std::vector<Setting> settings{
      {"node.id", true,
       [](Settings& s, std::string_view text) -> Outcome {
         if (!consensus::is_member_name(text)) {
           return bad("bad_node_id", std::string(consensus::kMemberNameRule));
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
         if (!consensus::is_member_name(text)) {
           return bad("bad_cluster_name", std::string(consensus::kMemberNameRule));
         }
         s.cluster_name = text;
         return {};
       }},
      // A list: settings.cpp reads it.
      {"cluster.members", true, nullptr},
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
      {"secrets.master_keys", false,
       [](Settings& s, std::string_view text) -> Outcome {
         if (!text.starts_with('/')) return bad("bad_path", "must be an absolute path");
         s.master_keys = text;
         return {};
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

}  // namespace confman::config
