#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/config/settings.hpp"

// Every setting that there is. The file, the variables and the documentation have the same.
namespace confman::config {

struct SettingFault {
  std::string code;
  std::string message;
};

struct Setting {
  std::string_view path;  // "raft.heartbeat_interval"
  bool required;
  // Of a single value, from its text; null: a list.
  std::expected<void, SettingFault> (*set)(Settings&, std::string_view text);
};

const std::vector<Setting>& setting_table();

// CONFMAN_ and the path in capitals, dots as underscores.
std::string variable_of(std::string_view path);

}  // namespace confman::config
