#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "domain/bindings/held.hpp"
#include "domain/catalogue.hpp"
#include "domain/state/store.hpp"

namespace confman::domain {

// What changes that are made together are held to, and with what, gathered in steps: of entries a
// namespace at a time, then of bindings each against what is live. What concerns neither is left
// out, and so is a rollback to what isn't there.
class Gathering {
 public:
  // `may_seal`: values aren't in the log yet, and secrets among them can be sealed before they are.
  Gathering(const StateStore&, const std::vector<CommandBody>& changes, bool may_seal = false);
  // What it takes to say which values that are put are secrets.
  static Gathering of_marks(const StateStore&, const std::vector<CommandBody>& changes);

  // Looks at about so many rows, or at one namespace. True: all is gathered.
  std::expected<bool, GatherFault> step(const StateStore&, std::size_t max_rows, Work& work);
  Held take() { return std::move(held_); }

 private:
  struct OfNamespace {
    std::string path;
    std::vector<EntryChange> changes;
  };

  void add(std::string path, EntryChange change);

  bool marks_ = false;
  std::vector<OfNamespace> left_;
  std::vector<Trial> trials_;
  Held held_;
};

}  // namespace confman::domain
