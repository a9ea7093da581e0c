#pragma once

#include <cstdlib>
#include <gtest/gtest.h>

#include "sim/storage/node_storage.hpp"

namespace confman::sim {

inline NodeStorage::Opened open_or_abort(NodeStorage& storage) {
  auto opened = storage.open();
  if (!opened) {
    ADD_FAILURE() << opened.error().code << ": " << opened.error().message;
    std::abort();
  }
  return std::move(*opened);
}

}  // namespace confman::sim
