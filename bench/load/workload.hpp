#pragma once

#include <cstdint>

#include "domain/base/bytes.hpp"

namespace confman::bench {

inline constexpr std::int64_t kNanosPerSecond = 1'000'000'000;

enum class Operation : std::uint8_t { kWrite, kLinearizableRead, kLocalRead };
inline constexpr std::size_t kOperations = 3;

constexpr const char* name_of(Operation operation) {
  switch (operation) {
    case Operation::kWrite:
      return "write";
    case Operation::kLinearizableRead:
      return "linearizable read";
    case Operation::kLocalRead:
      return "local read";
  }
  return "";
}

// One request. `nonce` goes into the written value, so that no write repeats what is there: a
// server that skips unchanged values would be measured doing nothing.
struct Request {
  Operation operation = Operation::kWrite;
  std::uint32_t key = 0;
  std::uint64_t nonce = 0;
};

// Relative weights; at least one is positive, none is over 10^6.
struct Mix {
  std::uint32_t write = 0;
  std::uint32_t linearizable_read = 0;
  std::uint32_t local_read = 0;

  static constexpr Mix only(Operation operation) {
    return {.write = operation == Operation::kWrite,
            .linearizable_read = operation == Operation::kLinearizableRead,
            .local_read = operation == Operation::kLocalRead};
  }
};

inline constexpr std::uint32_t kMaxClients = 20'000;
inline constexpr std::uint32_t kMaxKeys = 1'000'000;  // key names have six digits
inline constexpr std::size_t kMaxValueSize = 64 * 1024;

struct Load {
  std::uint32_t clients = 1;  // requests in flight at most
  std::uint64_t rate = 0;     // arrivals a second; 0: closed loop, each client starts when answered
  Mix mix = Mix::only(Operation::kWrite);
  std::uint32_t keys = 100'000;
  std::size_t value_size = 256;  // bytes
  std::uint64_t seed = 1;
  std::int64_t warmup_ns = kNanosPerSecond;
  std::int64_t measure_ns = 5 * kNanosPerSecond;
  // Instead of all that: write every key once, in order, and stop.
  bool fill = false;
};

}  // namespace confman::bench
