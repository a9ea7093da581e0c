#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "consensus/config.hpp"
#include "domain/base/time.hpp"

// The settings of one node: confman.yaml, overridden by CONFMAN_… variables (CONFMAN_NODE_ID sets
// node.id; a list is written as in the file, [{id: …}, …]). Checked whole before anything is
// opened; every problem is reported, not only the first.
namespace confman::config {

enum class LogFormat : std::uint8_t { Text, Json };
enum class LogLevel : std::uint8_t { Debug, Info, Warning, Error };

struct MemberSettings {
  std::string id;
  std::string peer;  // host:port
  std::string api;   // host:port
};

// There is no TLS yet: keys and values would cross a network as they are.
inline constexpr bool kLoopbackOnly = true;

struct Settings {
  // node:
  std::string node_id;
  std::string data_dir;
  // cluster:
  std::string cluster_name;
  std::vector<MemberSettings> members;
  // http:
  int http_threads = 1;
  // raft:
  Duration heartbeat_interval = Duration::millis(50);
  Duration election_timeout_min = Duration::millis(300);
  Duration election_timeout_max = Duration::millis(600);
  // writes: forward (default) or redirect
  bool forward_writes = true;
  // reads:
  // Leaders read without asking a majority each time. Only where every clock keeps within a tenth
  // of true speed.
  bool lease_reads = false;
  // storage:
  std::uint64_t min_free = 64 * 1024 * 1024;     // of the volume; with less no changes are taken in
  std::uint64_t flush_bytes = 32 * 1024 * 1024;  // of changes gathered before they are written
  Duration flush_interval = Duration::seconds(5);
  // secrets:
  std::string master_keys;  // file (adapters/secrets/key_file.hpp); empty: none
  // log:
  LogLevel log_level = LogLevel::Info;
  LogFormat log_format = LogFormat::Text;
  // dev:
  bool dev_open = false;  // who comes without a key is let in until there is a bootstrap key

  const MemberSettings& self() const;
};

struct Problem {
  std::string where;  // "confman.yaml:3:5", "CONFMAN_RAFT_HEARTBEAT_INTERVAL"
  std::string code;   // "unknown_key", "bad_address", …
  std::string message;
  bool warning = false;  // doesn't prevent a start
};

struct Loaded {
  Settings settings;
  std::vector<Problem> warnings;
};

using Environment = std::map<std::string, std::string>;

// `file` is for messages only.
std::expected<Loaded, std::vector<Problem>> parse_settings(std::string_view text,
                                                           const std::string& file,
                                                           const Environment& environment);
// Reads the file first ("not_found", "not_a_file").
std::expected<Loaded, std::vector<Problem>> load_settings(const std::string& file,
                                                          const Environment& environment);

// "<where>: <code>: <message>"
std::string to_string(const Problem& problem);

// The members that the settings list: who founds the cluster.
consensus::Membership founders_of(const Settings& settings);

// In what cluster.members isn't the cluster's membership: which member, which field, as sentences
// without a stop. What is written otherwise and means the same is no difference.
std::vector<std::string> differences(const Settings& settings,
                                     const consensus::Membership& membership);

}  // namespace confman::config
