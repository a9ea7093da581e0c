#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace confman::api {

// The parts one after the other, in one allocation.
inline std::string concat(std::initializer_list<std::string_view> parts) {
  std::size_t size = 0;
  for (const std::string_view part : parts) size += part.size();
  std::string out;
  out.reserve(size);
  for (const std::string_view part : parts) out.append(part);
  return out;
}

}  // namespace confman::api
