#include "domain/entries/subtree.hpp"

#include "domain/entries/entry.hpp"

namespace confman::domain::keys {

std::array<std::pair<Bytes, Bytes>, 2> of_subtree(std::string_view path) {
  const Bytes own = of_entry(path, {});
  const bool is_root = path == "/";
  const Bytes below = is_root ? Bytes("/") : Bytes(path) + "/";
  return {std::pair(own, end_of_prefix(own)),
          std::pair(is_root ? end_of_prefix(own) : below, end_of_prefix(below))};
}

}  // namespace confman::domain::keys
