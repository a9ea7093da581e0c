#pragma once

#include <string>
#include <string_view>

namespace confman::yaml {

struct Mark {
  int line = 1;    // from 1
  int column = 1;  // from 1, in characters
};

struct YamlFault {
  std::string_view code;  // of static storage: "bad_indentation", "too_deep", …; "invalid_yaml"
                          // where none of the others says it
  std::string message;    // a clause without a full stop: what is wrong, and what is allowed
  Mark at;
};

}  // namespace confman::yaml
