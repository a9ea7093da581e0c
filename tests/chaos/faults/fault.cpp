#include "tests/chaos/faults/fault.hpp"

#include <utility>

namespace confman::chaos {

std::vector<std::size_t> Ground::shuffled() {
  std::vector<std::size_t> nodes;
  for (std::size_t i = 0; i < stage.size(); ++i) nodes.push_back(i);
  for (std::size_t i = nodes.size(); i > 1; --i) std::swap(nodes[i - 1], nodes[prng.below(i)]);
  return nodes;
}

std::string Ground::name(std::size_t node) {
  return Stage::name_of(node) + (observer.leader() == node ? " (leader)" : "");
}

Fault::~Fault() {
  for (const std::size_t node : taken_) stage().release(node);
}

bool Fault::take(std::size_t node) {
  if (!hold(node)) return false;
  concerns(node);
  return true;
}

bool Fault::take_all() {
  if (!hold_all()) return false;
  for (std::size_t i = 0; i < stage().size(); ++i) concerns(i);
  return true;
}

bool Fault::hold_all() {
  for (std::size_t i = 0; i < stage().size(); ++i) {
    if (!stage().running(i) || stage().claimed(i)) return false;
  }
  for (std::size_t i = 0; i < stage().size(); ++i) hold(i);
  return true;
}

bool Fault::hold(std::size_t node) {
  if (!stage().running(node) || stage().paused(node) || !stage().claim(node)) return false;
  taken_.push_back(node);
  return true;
}

}  // namespace confman::chaos
