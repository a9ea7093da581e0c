#include <cstddef>
#include <cstdint>

#include "domain/apply/apply.hpp"
#include "domain/base/assert.hpp"
#include "domain/command/command.hpp"
#include "domain/state/memory_store.hpp"

// What decodes is canonical up to fields of a newer build, and can be applied whatever it says.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace confman;
  const ByteView bytes(reinterpret_cast<const char*>(data), size);
  const auto command = domain::decode_command(bytes);
  if (!command) return 0;
  const Bytes again = domain::encode(*command);
  CONFMAN_ASSERT(bytes.starts_with(again), "A command decodes from bytes that are not canonical.");
  domain::MemoryStateStore store;
  domain::initialise(store);
  domain::apply(store, {1, 1}, *command);
  domain::apply(store, {1, 2}, *command);
  return 0;
}
