#include <cstddef>
#include <cstdint>

#include "adapters/yaml/yaml_reader.hpp"
#include "adapters/yaml/yaml_value.hpp"
#include "domain/base/assert.hpp"

using namespace confman::yaml;

// Whatever is taken can be made sense of, too.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  if (const auto events = read_events(text)) {
    for (const Event& event : *events) {
      (void)mark_of(text, event);
      if (event.kind == EventKind::Scalar) (void)content_of(event);
    }
  }
  (void)check_yaml(text);
  (void)read_yaml(text);
  if (to_json(text)) CONFMAN_ASSERT(check_yaml(text), "What has a value isn't one that is taken.");
  return 0;
}
