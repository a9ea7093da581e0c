#include "domain/json/pointer.hpp"

#include <charconv>
#include <cstddef>

namespace confman::json {

void append_to_pointer(std::string& pointer, std::string_view name) {
  pointer.push_back('/');
  for (const char c : name) {
    if (c == '~') {
      pointer += "~0";
    } else if (c == '/') {
      pointer += "~1";
    } else {
      pointer.push_back(c);
    }
  }
}

std::optional<std::string> take_step(std::string_view& pointer) {
  if (!pointer.starts_with('/')) return std::nullopt;
  pointer.remove_prefix(1);
  std::string step;
  while (!pointer.empty() && pointer.front() != '/') {
    char c = pointer.front();
    pointer.remove_prefix(1);
    if (c == '~') {
      if (pointer.empty() || (pointer.front() != '0' && pointer.front() != '1'))
        return std::nullopt;
      c = pointer.front() == '0' ? '~' : '/';
      pointer.remove_prefix(1);
    }
    step.push_back(c);
  }
  return step;
}

const Value* step_into(const Value& value, std::string_view step) {
  if (value.object() != nullptr) return value.find(step);
  const Value::Array* items = value.array();
  if (items == nullptr || (step.size() > 1 && step.starts_with('0'))) return nullptr;
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(step.data(), step.data() + step.size(), index);
  const bool whole = error == std::errc{} && end == step.data() + step.size();
  return whole && index < items->size() ? &(*items)[index] : nullptr;
}

}  // namespace confman::json
