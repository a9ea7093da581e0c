#pragma once

#include <memory>
#include <vector>

#include "tests/chaos/observer.hpp"
#include "tests/chaos/schedule.hpp"
#include "tests/chaos/stage.hpp"

namespace confman::chaos {

// Carries a schedule out. For the main thread, which calls turn() every few milliseconds.
class Nemesis {
 public:
  Nemesis(Stage& stage, Observer& observer, std::vector<Planned> schedule);

  void turn();
  // No more strikes; what goes on is healed.
  void heal();
  // Nothing is left of any fault.
  bool at_rest() const { return active_.empty(); }
  // Nodes that ended for a reason that a fault accounts for, and can't be had back: their damage
  // was found too late. At most a minority, or it is a violation.
  const std::vector<std::size_t>& lost() const { return lost_; }

 private:
  struct Active {
    std::unique_ptr<Fault> fault;
    FaultSpan span;
    Moment heal_at{};
    bool healed = false;
  };

  void strike_what_is_due();
  bool strike(const Planned& planned);
  void go_on();
  void end(Active& active);
  void bring_back();
  bool is_lost(std::size_t node) const;

  Stage& stage_;
  Observer& observer_;
  const std::vector<Planned> schedule_;
  const Moment began_;
  std::vector<Planned> waiting_;  // due, without an occasion so far
  std::size_t next_ = 0;
  std::vector<Active> active_;
  std::vector<std::size_t> lost_;
  std::vector<int> comebacks_;  // of nodes that had ended without anybody's doing
  bool healing_ = false;
};

}  // namespace confman::chaos
