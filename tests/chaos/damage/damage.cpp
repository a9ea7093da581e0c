#include "tests/chaos/damage/damage.hpp"

#include <algorithm>
#include <fstream>

namespace confman::chaos {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kSector = 512;

void overwrite(const fs::path& file, std::uint64_t at, const std::string& bytes) {
  std::fstream out(file, std::ios::in | std::ios::out | std::ios::binary);
  out.seekp(static_cast<std::streamoff>(at));
  out << bytes;
}

void flip_bit(const fs::path& file, std::uint64_t at, unsigned bit) {
  std::fstream io(file, std::ios::in | std::ios::out | std::ios::binary);
  io.seekg(static_cast<std::streamoff>(at));
  const int byte = io.get();
  io.seekp(static_cast<std::streamoff>(at));
  io.put(static_cast<char>(byte ^ (1 << bit)));
}

std::string flip_bits(const fs::path& file, std::uint64_t size, sim::Prng& prng) {
  std::string where;
  const std::int64_t count = prng.between(1, 3);
  for (std::int64_t i = 0; i < count; ++i) {
    const std::uint64_t at = prng.below(size);
    flip_bit(file, at, static_cast<unsigned>(prng.below(8)));
    where += " " + std::to_string(at);
  }
  return "bits flipped at" + where;
}

std::string replace_block(const fs::path& file, std::uint64_t size, std::uint64_t block,
                          sim::Prng& prng, bool zeros) {
  const std::uint64_t at = prng.below((size + block - 1) / block) * block;
  std::string bytes(std::min(block, size - at), '\0');
  for (char& byte : bytes) byte = zeros ? '\0' : static_cast<char>(prng.next());
  overwrite(file, at, bytes);
  return (zeros ? "page lost at " : "sector wrong at ") + std::to_string(at);
}

std::string apply(Damage damage, const fs::path& file, std::uint64_t size, sim::Prng& prng) {
  switch (damage) {
    case Damage::FlippedBits:
      return flip_bits(file, size, prng);
    case Damage::LostPage:
      return replace_block(file, size, kPage, prng, true);
    case Damage::WrongSector:
      return replace_block(file, size, kSector, prng, false);
    case Damage::Truncated: {
      const std::uint64_t left = prng.below(size);
      fs::resize_file(file, left);
      return "truncated to " + std::to_string(left) + " of " + std::to_string(size);
    }
    case Damage::Deleted:
      break;
  }
  fs::remove(file);
  return "deleted";
}

}  // namespace

std::optional<std::string> damage_one(const fs::path& folder, const std::vector<std::string>& files,
                                      sim::Prng& prng) {
  std::vector<std::string> there;
  for (const std::string& name : files) {
    std::error_code none;
    const auto size = fs::file_size(folder / name, none);
    if (!none && size > 0) there.push_back(name);
  }
  if (there.empty()) return std::nullopt;
  const std::string& name = there[prng.below(there.size())];
  const auto damage = prng.one_of({Damage::FlippedBits, Damage::FlippedBits, Damage::LostPage,
                                   Damage::WrongSector, Damage::Truncated, Damage::Deleted});
  const fs::path file = folder / name;
  return name + ": " + apply(damage, file, fs::file_size(file), prng);
}

std::size_t damage_part(const fs::path& file, std::size_t part, std::size_t parts,
                        sim::Prng& prng) {
  std::error_code none;
  const std::uint64_t size = fs::file_size(file, none);
  if (none) return 0;
  std::size_t damaged = 0;
  for (std::uint64_t page = part; page * kPage < size; page += parts) {
    if (!prng.chance(1, 4)) continue;
    const std::uint64_t bytes = std::min(kPage, size - page * kPage);
    flip_bit(file, page * kPage + prng.below(bytes), static_cast<unsigned>(prng.below(8)));
    ++damaged;
  }
  return damaged;
}

}  // namespace confman::chaos
