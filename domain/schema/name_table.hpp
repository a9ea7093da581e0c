#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace confman::schema {

// The names of members that an object schema knows, found in one look: a hash table with open
// addressing. Who reads an object's members in the order in which the names were added finds each
// without a hash.
class NameTable {
 public:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  // The index of a name, in the order of addition; adds what isn't there.
  std::size_t add(std::string_view name);

  // The index of a name, or kNone. `hint` is tried first; adds to `looked_at` for each other one.
  std::size_t find(std::string_view name, std::size_t hint, std::size_t& looked_at) const {
    if (hint < names_.size() && names_[hint] == name) return hint;
    return names_.empty() ? kNone : find_by_hash(name, looked_at);
  }

  std::size_t size() const { return names_.size(); }
  const std::string& name(std::size_t index) const { return names_[index]; }

 private:
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t index = 0;  // + 1; 0 is free
  };

  std::size_t find_by_hash(std::string_view name, std::size_t& looked_at) const;
  void place(std::uint32_t hash, std::size_t index);

  std::vector<std::string> names_;
  std::vector<Slot> slots_;  // a power of two, never more than half full
};

}  // namespace confman::schema
