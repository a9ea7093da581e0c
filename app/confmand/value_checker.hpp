#pragma once

#include "adapters/api/ports.hpp"
#include "adapters/yaml/yaml_reader.hpp"

namespace confman::host {

class YamlValueChecker final : public api::ValueChecker {
 public:
  std::optional<api::ValueFault> check_yaml(std::string_view value) const override {
    const auto ok = yaml::check_yaml(value);
    if (ok) return std::nullopt;
    const yaml::YamlFault& fault = ok.error();
    return api::ValueFault{fault.code, fault.message + ", line " + std::to_string(fault.at.line) +
                                           ", column " + std::to_string(fault.at.column)};
  }
};

}  // namespace confman::host
