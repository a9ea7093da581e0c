#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "sim/event.hpp"

namespace confman::sim {

// What is due at some time: an event of the world, or a moment at which a part of the director
// decides anew.
struct Due {
  enum class What : std::uint8_t {
    WorldEvent,   // `kind` and the rest, as they are
    Timer,        // of the node; a: generation
    ClientWakes,  // a: client, b: generation
    ClientTires,  // a: client, b: request
    WatcherWakes,
    WatcherTires,
    FaultStrikes,
    FaultEnds,  // a: fault number
    Clog,       // a: node, b: for so long
    OperatorWakes,
    OperatorTires,  // a: request
    PhaseCheck,
  };

  SimTime at{};
  std::uint64_t order{};  // ties go to who was scheduled first
  What what = What::WorldEvent;
  EventKind kind{};
  std::uint8_t node{};
  std::uint64_t a{};
  std::uint64_t b{};
};

// A binary heap by time.
class EventQueue {
 public:
  void add(Due due) {
    due.order = next_order_++;
    heap_.push_back(due);
    std::push_heap(heap_.begin(), heap_.end(), later);
  }
  void add(SimTime at, EventKind kind, int node, std::uint64_t a = 0, std::uint64_t b = 0) {
    add({at, 0, Due::What::WorldEvent, kind, static_cast<std::uint8_t>(node), a, b});
  }
  void wake(SimTime at, Due::What what, std::uint64_t a = 0, std::uint64_t b = 0, int node = 0) {
    add({at, 0, what, {}, static_cast<std::uint8_t>(node), a, b});
  }
  bool empty() const { return heap_.empty(); }
  Due take() {
    std::pop_heap(heap_.begin(), heap_.end(), later);
    const Due due = heap_.back();
    heap_.pop_back();
    return due;
  }

 private:
  static bool later(const Due& a, const Due& b) {
    return a.at != b.at ? a.at > b.at : a.order > b.order;
  }

  std::vector<Due> heap_;
  std::uint64_t next_order_ = 0;
};

}  // namespace confman::sim
