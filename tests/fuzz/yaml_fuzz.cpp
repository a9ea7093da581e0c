#include <cstddef>
#include <cstdint>

#include "adapters/yaml/yaml_reader.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)confman::yaml::check_yaml({reinterpret_cast<const char*>(data), size});
  return 0;
}
