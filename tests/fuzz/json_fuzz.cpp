#include <cstddef>
#include <cstdint>
#include <string>

#include "domain/base/assert.hpp"
#include "domain/json/value.hpp"
#include "domain/json/writer.hpp"

namespace {

using confman::json::Value;
using confman::json::Writer;

void write(Writer& out, const Value& value) {
  if (const auto* object = value.object()) {
    out.begin_object();
    for (const auto& [name, member] : *object) {
      out.key(name);
      write(out, member);
    }
    out.end_object();
  } else if (const auto* array = value.array()) {
    out.begin_array();
    for (const Value& element : *array) write(out, element);
    out.end_array();
  } else if (const auto* text = value.string()) {
    out.value(*text);
  } else if (const auto* number = value.number()) {
    out.raw(number->text);
  } else if (const auto* boolean = value.boolean()) {
    out.value(*boolean);
  } else {
    out.null();
  }
}

}  // namespace

// What is accepted means the same after it is written anew; what is refused is refused somewhere.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const confman::ByteView text(reinterpret_cast<const char*>(data), size);
  const auto value = confman::json::parse(text);
  if (!value) {
    CONFMAN_ASSERT(value.error().offset <= size, "A fault lies behind the end of the text.");
    return 0;
  }
  std::string again;
  Writer out(again);
  write(out, *value);
  CONFMAN_ASSERT(confman::json::parse(again) == value, "A value changes when it is written anew.");
  if (value->object() == nullptr || value->object()->empty()) return 0;
  const auto& [name, member] = value->object()->back();
  confman::json::RawMember raw{.name = name, .text = {}};
  const auto with_raw = confman::json::parse(text, &raw);
  CONFMAN_ASSERT(with_raw.has_value() && raw.text.has_value(),
                 "A member isn't found as it stands.");
  CONFMAN_ASSERT(confman::json::parse(*raw.text) == member,
                 "A member stands there as another one.");
  return 0;
}
