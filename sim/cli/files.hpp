#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sim/run/recording.hpp"

namespace confman::sim {

// Say on stderr what is wrong with a file, if something is.
std::optional<std::string> read_file(const std::string& name);
std::optional<Recording> read_recording(const std::string& name);
// On stdout, before anything else is said of it (sim/run/origin.hpp).
void tell_caveats(const Recording& recording);
bool write_file(const std::string& name, std::string_view content);

// Puts a recording into the folder (made if it is missing) as NAME.txt. Returns the file's name,
// empty if it can't be written.
std::string keep_recording(const std::string& folder, const std::string& name,
                           const Recording& recording);

// "a/b.txt" with "-shrunk.txt" → "a/b-shrunk.txt"
std::string beside(const std::string& name, std::string_view ending);

}  // namespace confman::sim
