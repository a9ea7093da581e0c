#include "sim/cli/files.hpp"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "sim/run/origin.hpp"

namespace confman::sim {

std::optional<std::string> read_file(const std::string& name) {
  std::ifstream file(name, std::ios::binary);
  std::ostringstream content;
  // An empty file can be read; inserting nothing is a failure to ostream.
  const bool empty = file && file.peek() == std::ifstream::traits_type::eof() && !file.bad();
  if (empty) return std::string();
  if (!file || !(content << file.rdbuf())) {
    std::cerr << "confman-sim: can't read '" << name << "'\n";
    return std::nullopt;
  }
  return content.str();
}

std::optional<Recording> read_recording(const std::string& name) {
  const auto text = read_file(name);
  if (!text) return std::nullopt;
  auto recording = parse_recording(*text);
  if (!recording) {
    std::cerr << "confman-sim: '" << name << "': " << recording.error() << "\n";
    return std::nullopt;
  }
  return std::move(*recording);
}

void tell_caveats(const Recording& recording) {
  for (const std::string& sentence : caveats(recording)) std::cout << sentence << "\n";
  std::cout.flush();
}

bool write_file(const std::string& name, std::string_view content) {
  std::ofstream file(name, std::ios::binary);
  file << content;
  file.close();
  if (!file) std::cerr << "confman-sim: can't write '" << name << "'\n";
  return !file.fail();
}

std::string keep_recording(const std::string& folder, const std::string& name,
                           const Recording& recording) {
  std::error_code error;  // write_file() says that it can't be written
  std::filesystem::create_directories(folder, error);
  const std::string file = (std::filesystem::path(folder) / (name + ".txt")).string();
  return write_file(file, to_text(recording)) ? file : std::string();
}

std::string beside(const std::string& name, std::string_view ending) {
  std::filesystem::path path(name);
  path.replace_extension();
  return path.string() + std::string(ending);
}

}  // namespace confman::sim
