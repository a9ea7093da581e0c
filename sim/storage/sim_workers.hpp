#pragma once

#include <array>
#include <memory>
#include <utility>

#include "adapters/sqlite/worker.hpp"
#include "domain/base/assert.hpp"

namespace confman::sim {

// The workers of one simulated process: each does a step when it is told to. One of each duty.
class SimWorkers final : public sqlite::Workers {
 public:
  std::unique_ptr<sqlite::Worker> start(sqlite::Duty duty, sqlite::Worker::Step step) override {
    CONFMAN_ASSERT(at(duty) == nullptr, "A duty is one worker's.");
    return std::make_unique<Worker>(*this, duty, std::move(step));
  }

  bool has_work(sqlite::Duty duty) const {
    const Worker* worker = workers_[index_of(duty)];
    return worker != nullptr && worker->has_work;
  }
  // `idle`: see sqlite::Worker::Step. False: there are no more chores for idle times.
  bool run(sqlite::Duty duty, bool idle = false) {
    CONFMAN_ASSERT(at(duty) != nullptr, "Only a worker that was started works.");
    return at(duty)->run(idle) != sqlite::Worker::Next::WhenNotified;
  }
  // The process is dead: nothing is done any more, whoever waits for it.
  void kill() { killed_ = true; }
  void revive() { killed_ = false; }

 private:
  struct Worker final : sqlite::Worker {
    Worker(SimWorkers& all, sqlite::Duty duty, Step step)
        : all_(all), duty_(duty), step_(std::move(step)) {
      all_.at(duty_) = this;
    }
    ~Worker() override { all_.at(duty_) = nullptr; }
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    void notify() override { has_work = true; }
    void drain() override {
      while (has_work && !all_.killed_) run(false);
    }
    Next run(bool idle) {
      has_work = false;
      const Next next = step_(idle);
      has_work = has_work || next == Next::Again;
      return next;
    }

    bool has_work = false;

   private:
    SimWorkers& all_;
    const sqlite::Duty duty_;
    const Step step_;
  };
  static std::size_t index_of(sqlite::Duty duty) { return static_cast<std::size_t>(duty); }
  Worker*& at(sqlite::Duty duty) { return workers_[index_of(duty)]; }

  std::array<Worker*, 3> workers_{};
  bool killed_ = false;
};

}  // namespace confman::sim
