#include <cstddef>
#include <cstdint>

#include "domain/base/assert.hpp"
#include "sim/hunt/ledger.hpp"
#include "sim/run/recording.hpp"

// Files that the simulator reads: recordings and the ledger of a hunt. The first byte chooses.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace confman;
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] % 2 == 0) {
    const auto recording = sim::parse_recording(text);
    if (!recording) return 0;
    const auto again = sim::parse_recording(sim::to_text(*recording));
    CONFMAN_ASSERT(again && *again == *recording, "A recording changes when it is written again.");
  } else {
    const auto ledger = sim::parse_ledger(text);
    if (!ledger) return 0;
    const auto again = sim::parse_ledger(sim::to_json(*ledger));
    CONFMAN_ASSERT(again.has_value(), "A ledger can't be read that was written.");
  }
  return 0;
}
