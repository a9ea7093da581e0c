#include "domain/schema/name_table.hpp"

#include "domain/base/hash.hpp"

namespace confman::schema {
namespace {

std::uint32_t hash_of(std::string_view name) {
  return static_cast<std::uint32_t>(xxh64(name));
}

}  // namespace

std::size_t NameTable::add(std::string_view name) {
  std::size_t looked_at = 0;
  if (const std::size_t index = find(name, kNone, looked_at); index != kNone) return index;
  names_.emplace_back(name);
  if (names_.size() * 2 > slots_.size()) {
    slots_.assign(slots_.empty() ? 8 : slots_.size() * 2, {});
    for (std::size_t i = 0; i < names_.size(); ++i) place(hash_of(names_[i]), i);
  } else {
    place(hash_of(name), names_.size() - 1);
  }
  return names_.size() - 1;
}

std::size_t NameTable::find_by_hash(std::string_view name, std::size_t& looked_at) const {
  const std::uint32_t hash = hash_of(name);
  for (std::size_t at = hash & (slots_.size() - 1);; at = (at + 1) & (slots_.size() - 1)) {
    ++looked_at;
    const Slot& slot = slots_[at];
    if (slot.index == 0) return kNone;
    if (slot.hash == hash && names_[slot.index - 1] == name) return slot.index - 1;
  }
}

void NameTable::place(std::uint32_t hash, std::size_t index) {
  std::size_t at = hash & (slots_.size() - 1);
  while (slots_[at].index != 0) at = (at + 1) & (slots_.size() - 1);
  slots_[at] = {hash, static_cast<std::uint32_t>(index + 1)};
}

}  // namespace confman::schema
