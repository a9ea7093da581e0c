#pragma once

#include <string_view>

namespace confman::domain {

class StateWriter;

// What becomes of the policy of a namespace that is deleted, if it has one.
void remove_policy(StateWriter&, std::string_view path);

}  // namespace confman::domain
