#pragma once

#include "sim/run/run.hpp"
#include "sim/world/world.hpp"

namespace confman::sim {

// The result of a world while `act` had it do things, its failure included.
template <class Act>
RunResult observed(const World& world, Act&& act) {
  RunResult result;
  try {
    act();
  } catch (RunFailure& failure) {
    // A sentence is one line, whatever it quotes.
    for (char& c : failure.sentence) c = c == '\n' ? ' ' : c;
    result.failure = std::move(failure);
  }
  result.hash = world.hash();
  result.events = world.events();
  result.simulated_us = world.time();
  result.operations = world.recorder().operations();
  return result;
}

}  // namespace confman::sim
