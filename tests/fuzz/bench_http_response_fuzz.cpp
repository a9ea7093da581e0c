#include <cstddef>
#include <cstdint>

#include "bench/load/http_response.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const confman::ByteView input(reinterpret_cast<const char*>(data), size);
  const auto read = confman::bench::read_response(input);
  if (!read || !*read) {
    return 0;
  }
  // What follows a response must not change it, and what it consists of must suffice.
  const auto again = confman::bench::read_response(input.substr(0, (*read)->size));
  if (!again || !*again || (*again)->size != (*read)->size || (*again)->body != (*read)->body) {
    __builtin_trap();
  }
  return 0;
}
