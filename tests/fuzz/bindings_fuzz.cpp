#include <cstddef>
#include <cstdint>
#include <string_view>

#include "domain/base/assert.hpp"
#include "domain/bindings/bound.hpp"

using namespace confman;

// A list of bound schemas, and behind the first NUL a key: what is taken is one text for one list,
// and whether a pattern fits is told in time.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view all{reinterpret_cast<const char*>(data), size};
  const std::string_view text = all.substr(0, all.find('\0'));
  const std::string_view key = text.size() < all.size() ? all.substr(text.size() + 1) : text;
  const auto bound = domain::parse_bindings(text);
  if (!bound) {
    (void)domain::matches(text.substr(0, 256), key.substr(0, 256));
    return 0;
  }
  CONFMAN_ASSERT(domain::join_bindings(*bound) == text, "A list has two texts.");
  for (const domain::BoundSchema& each : *bound) {
    (void)to_string(each);
    (void)domain::matches(each.keys, key);
    CONFMAN_ASSERT(domain::matches("*", key), "A star fits everything.");
  }
  return 0;
}
