#pragma once

#include <cstdint>
#include <string_view>

#include "domain/query/page.hpp"
#include "domain/state/store.hpp"

namespace confman::domain {

// What a namespace says of who may do what there and below.
struct AccessLevel {
  std::uint64_t assignments{};  // that were made there; only a namespace that is there has any
  // What is assigned above doesn't hold (access/rights.hpp). A namespace that is deleted still says
  // so: its past is there for the same people.
  bool no_inherit{};
  bool deleted{};
};
AccessLevel access_level(const StateStore&, std::string_view path, Work&);

}  // namespace confman::domain
