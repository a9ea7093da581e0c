#pragma once

namespace confman::consensus {

// One function for each alternative of a variant, for std::visit: none can be forgotten.
template <class... Handlers>
struct Overloaded : Handlers... {
  using Handlers::operator()...;
};

}  // namespace confman::consensus
