#pragma once

#include <string>

namespace confman::host {

struct StartFailure {
  int exit_code{};      // of exit_codes.hpp
  std::string code;     // for programs: "address_in_use"
  std::string message;  // a sentence
};

}  // namespace confman::host
