#include <chrono>
#include <condition_variable>
#include <mutex>
#include <pthread.h>
#include <thread>

#include "adapters/sqlite/worker.hpp"
#include "domain/base/assert.hpp"

namespace confman::sqlite {
namespace {

// Longer than the usual pause between two commits of the log.
constexpr auto kIdleAfter = std::chrono::milliseconds(5);

class ThreadWorker final : public Worker {
 public:
  ThreadWorker(const char* name, Step step) : step_(std::move(step)), thread_([this] { run(); }) {
    ::pthread_setname_np(thread_.native_handle(), name);  // as top(1) shows it
  }
  ~ThreadWorker() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }
  ThreadWorker(const ThreadWorker&) = delete;
  ThreadWorker& operator=(const ThreadWorker&) = delete;

  void notify() override {
    {
      const std::lock_guard lock(mutex_);
      notified_ = true;
    }
    wake_.notify_one();
  }

  void drain() override {
    std::unique_lock lock(mutex_);
    drained_.wait(lock, [this] { return waiting_ && !notified_; });
  }

 private:
  void run() {
    const auto due = [this] { return stopping_ || notified_; };
    std::unique_lock lock(mutex_);
    bool idle = false;
    while (!stopping_) {
      notified_ = false;
      lock.unlock();
      const Next next = step_(idle);
      lock.lock();
      idle = false;
      if (next == Next::Again || due()) {
        continue;
      }
      waiting_ = true;
      drained_.notify_all();
      if (next == Next::WhenIdle) {
        idle = !wake_.wait_for(lock, kIdleAfter, due);
      } else {
        wake_.wait(lock, due);
      }
      waiting_ = false;
    }
  }

  const Step step_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable drained_;
  bool notified_ = false;
  bool waiting_ = false;  // between two steps
  bool stopping_ = false;
  std::thread thread_;
};

const char* name_of(Duty duty) {
  switch (duty) {
    case Duty::Log:
      return "log-writer";
    case Duty::State:
      return "state-flusher";
    case Duty::Snapshots:
      return "snapshots";
  }
  CONFMAN_UNREACHABLE("A duty is one of three.");
}

class ThreadWorkers final : public Workers {
 public:
  std::unique_ptr<Worker> start(Duty duty, Worker::Step step) override {
    return std::make_unique<ThreadWorker>(name_of(duty), std::move(step));
  }
};

}  // namespace

Workers& thread_workers() {
  static ThreadWorkers workers;
  return workers;
}

}  // namespace confman::sqlite
