#include "domain/json/value_writer.hpp"

namespace confman::json {

void append(Writer& out, const Value& value) {
  if (const auto* object = value.object()) {
    out.begin_object();
    for (const auto& [name, member] : *object) append(out.key(name), member);
    out.end_object();
  } else if (const auto* array = value.array()) {
    out.begin_array();
    for (const Value& element : *array) append(out, element);
    out.end_array();
  } else if (const auto* number = value.number()) {
    out.raw(number->text);
  } else if (const auto* text = value.string()) {
    out.value(*text);
  } else if (const auto* boolean = value.boolean()) {
    out.value(*boolean);
  } else {
    out.null();
  }
}

}  // namespace confman::json
