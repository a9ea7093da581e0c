#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/seed/prng.hpp"
#include "tests/chaos/observer.hpp"
#include "tests/chaos/stage.hpp"

namespace confman::chaos {

// What a fault has to work with.
struct Ground {
  Stage& stage;
  Observer& observer;
  sim::Prng prng;  // its own

  std::size_t any_node() { return prng.below(stage.size()); }
  // The leader as it was last seen; if there is none, any node.
  std::size_t leader() { return observer.leader().value_or(any_node()); }
  // Each node once, in an order that is drawn.
  std::vector<std::size_t> shuffled();
  std::string name(std::size_t node);  // "node2", "node1 (leader)"
};

// One fault from its beginning to its end. All calls come from the main thread, none may block for
// longer than a process needs to die.
class Fault {
 public:
  explicit Fault(Ground ground) : ground_(std::move(ground)) {}
  virtual ~Fault();
  Fault(const Fault&) = delete;
  Fault& operator=(const Fault&) = delete;

  // What it did, in words. Nothing: there is no occasion now, it may be asked again.
  virtual std::optional<std::string> strike() = 0;
  // Again and again until it is healed.
  virtual void go_on() {}
  // What it took comes back.
  virtual void heal() = 0;
  // Asked again and again after that: is everything that it concerns in order?
  virtual bool over() { return true; }

  const std::vector<std::size_t>& nodes() const { return nodes_; }
  // What came of it, in words.
  const std::string& outcome() const { return outcome_; }

 protected:
  Stage& stage() { return ground_.stage; }
  sim::Prng& prng() { return ground_.prng; }
  Ground& ground() { return ground_; }
  // Has the node for itself until the fault is over. False: another fault has it, or it isn't
  // running.
  bool take(std::size_t node);
  bool take_all();
  // The same, so that nothing else happens to them; it concerns whom it says (concerns()).
  bool hold_all();
  void concerns(std::size_t node) { nodes_.push_back(node); }
  void came_of_it(const std::string& what) { outcome_ += (outcome_.empty() ? "" : "; ") + what; }

 private:
  bool hold(std::size_t node);

  Ground ground_;
  std::vector<std::size_t> nodes_;  // of the picture
  std::vector<std::size_t> taken_;
  std::string outcome_;
};

}  // namespace confman::chaos
