#include "sim/run/build_id.hpp"

#include <fstream>
#include <iterator>
#include <string>

#include "domain/base/bytes.hpp"
#include "domain/base/hash.hpp"

namespace confman::sim {
namespace {

std::uint64_t hash_of_this_program() {
  std::ifstream file("/proc/self/exe", std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  if (!file || bytes.empty()) return 0;
  return hash_of_program(bytes, {build_name, kBuildNameSize});
}

}  // namespace

std::string_view build_id() {
  return build_name;
}

std::uint64_t hash_of_program(std::string_view bytes, std::string_view name_bytes) {
  const std::size_t at = bytes.find(name_bytes);
  if (at == std::string_view::npos) return xxh64(bytes);
  return xxh64(bytes.substr(at + name_bytes.size()), xxh64(bytes.substr(0, at)));
}

std::uint64_t program_hash() {
  static const std::uint64_t kHash = hash_of_this_program();
  return kHash;
}

}  // namespace confman::sim
