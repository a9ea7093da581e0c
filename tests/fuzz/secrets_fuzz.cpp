#include <cstddef>
#include <cstdint>
#include <string_view>

#include "adapters/secrets/key_file.hpp"
#include "domain/base/assert.hpp"
#include "domain/secrets/commands.hpp"
#include "domain/secrets/data_key.hpp"
#include "domain/secrets/sealed.hpp"

using namespace confman;

// What the keys of secrets and sealed values are read from, by the first byte: a sealed value, a
// wrapped key, a list of rewrapped ones, a file of master keys. What is taken has one encoding.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view all{reinterpret_cast<const char*>(data), size};
  if (all.empty()) return 0;
  const std::string_view bytes = all.substr(1);
  switch (all.front() & 3) {
    case 0:
      if (const auto sealed = domain::parse_sealed(bytes)) {
        CONFMAN_ASSERT(domain::encode(*sealed) == bytes, "A sealed value has two encodings.");
        CONFMAN_ASSERT(!domain::shown(domain::masked(bytes)).value, "A masked value is shown.");
      }
      break;
    case 1:
      if (const auto key = domain::parse_wrapped_key(bytes)) {
        CONFMAN_ASSERT(domain::encode(*key) == bytes, "A wrapped key has two encodings.");
      }
      break;
    case 2:
      if (const auto keys = domain::split_rewrapped(bytes)) {
        CONFMAN_ASSERT(domain::join_rewrapped(*keys) == bytes, "A list of keys has two encodings.");
      }
      break;
    default:
      if (const auto keys = secrets::parse_key_file(bytes)) {
        CONFMAN_ASSERT(!keys->empty(), "A file of keys has none.");
      } else {
        CONFMAN_ASSERT(!keys.error().message.empty(), "A fault isn't told.");
      }
  }
  return 0;
}
