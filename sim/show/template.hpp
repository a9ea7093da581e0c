#pragma once

#include <string_view>

namespace confman::sim {

// page/, in one piece but for the data: those stand where kDataMark does.
extern const std::string_view kPageTemplate;
inline constexpr std::string_view kDataMark = "@DATA@";

}  // namespace confman::sim
