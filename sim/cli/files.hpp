#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sim/run/recording.hpp"

namespace confman::sim {

// Say on stderr what is wrong with a file, if something is.
std::optional<std::string> read_file(const std::string& name);
std::optional<Recording> read_recording(const std::string& name);
bool write_file(const std::string& name, std::string_view content);

// "a/b.txt" with "-shrunk.txt" → "a/b-shrunk.txt"
std::string beside(const std::string& name, std::string_view ending);

}  // namespace confman::sim
