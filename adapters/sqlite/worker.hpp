#pragma once

#include <cstdint>
#include <functional>
#include <memory>

// Port: where a store does its slow work. In production that is a thread of its own; the simulator
// does it piece by piece, when it decides, on the one thread that it has.
namespace confman::sqlite {

class Worker {
 public:
  enum class Next : std::uint8_t {
    Again,     // there is more to do
    WhenIdle,  // when it was notified, or hasn't been for a while: then with `idle`
    WhenNotified,
  };
  // Does one piece of the work, if there is any. `idle`: there has been nothing to do for a while,
  // so that chores disturb nobody. Never called by two threads at once.
  using Step = std::function<Next(bool idle)>;

  // Finishes the step in progress and begins no other.
  virtual ~Worker() = default;

  // Something is there to be done. Any thread.
  virtual void notify() = 0;
  // Returns when everything is done that was there to be done, apart from chores. Not from a step.
  virtual void drain() = 0;
};

// What a worker is for.
enum class Duty : std::uint8_t { Log, State, Snapshots };

class Workers {
 public:
  virtual ~Workers() = default;

  // The first step may begin at once.
  virtual std::unique_ptr<Worker> start(Duty duty, Worker::Step step) = 0;
};

// Production's: a thread for each. Idle is after 5 ms without a notification.
Workers& thread_workers();

}  // namespace confman::sqlite
