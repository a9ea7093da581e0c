#pragma once

#include "adapters/api/ports.hpp"
#include "adapters/yaml/yaml_reader.hpp"

namespace confman::host {

class YamlValueChecker final : public api::ValueChecker {
 public:
  std::optional<api::ValueFault> check_yaml(std::string_view value) const override {
    const yaml::YamlLimits limits;
    const auto ok = yaml::check_yaml(value, limits);
    if (ok) return std::nullopt;
    const yaml::YamlFault& fault = ok.error();
    api::ValueFault result{.code = fault.code,
                           .detail = fault.message + ".",
                           .line = static_cast<std::size_t>(fault.at.line),
                           .column = static_cast<std::size_t>(fault.at.column),
                           .limit = std::nullopt};
    if (fault.code == "too_deep") result.limit = limits.max_depth;
    if (fault.code == "key_too_long") result.limit = yaml::kMaxKeyCharacters;
    if (fault.code == "too_many_nodes") result.limit = limits.max_nodes;
    return result;
  }
};

}  // namespace confman::host
