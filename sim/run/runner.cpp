#include "sim/run/runner.hpp"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

namespace confman::sim {
namespace {

// Workers take seeds in order and put results down; the caller picks them up in order.
class Pool {
 public:
  Pool(SeedRange seeds, Profile profile, const RunOptions& options)
      : seeds_(seeds), profile_(profile), options_(options), next_(seeds.first) {}

  void work() {
    MarkCounts passed;
    if (options_.marks != nullptr) set_mark_sink(&passed);
    while (const auto seed = take()) {
      RunResult result = options_.perform ? options_.perform(*seed)
                                          : run_seed(*seed, profile_, nullptr, options_.storage);
      const std::lock_guard lock(mutex_);
      done_.emplace(*seed, std::move(result));
      ready_.notify_one();
    }
    set_mark_sink(nullptr);
    const std::lock_guard lock(mutex_);
    if (options_.marks != nullptr) options_.marks->add(passed);
  }

  void stop() {
    const std::lock_guard lock(mutex_);
    exhausted_ = true;
  }

  RunResult wait_for(std::uint64_t seed) {
    std::unique_lock lock(mutex_);
    ready_.wait(lock, [&] { return done_.contains(seed); });
    return std::move(done_.extract(seed).mapped());
  }

 private:
  std::optional<std::uint64_t> take() {
    const std::lock_guard lock(mutex_);
    if (exhausted_) return std::nullopt;
    exhausted_ = next_ == seeds_.last;
    return next_++;
  }

  SeedRange seeds_;
  Profile profile_;
  RunOptions options_;
  std::mutex mutex_;
  std::condition_variable ready_;
  std::uint64_t next_;
  bool exhausted_ = false;
  std::map<std::uint64_t, RunResult> done_;
};

}  // namespace

unsigned threads_for(unsigned jobs) {
  return jobs > 0 ? jobs : std::max(1U, std::thread::hardware_concurrency());
}

void run_seeds(SeedRange seeds, Profile profile, unsigned jobs,
               const std::function<void(const RunResult&)>& report, const RunOptions& options) {
  Pool pool(seeds, profile, options);
  std::vector<std::jthread> workers;
  for (unsigned i = 0; i < std::max(1U, jobs); ++i) workers.emplace_back([&] { pool.work(); });
  for (std::uint64_t seed = seeds.first;; ++seed) {
    report(pool.wait_for(seed));
    if (seed == seeds.last) return;
    if (options.enough && options.enough()) return pool.stop();
  }
}

}  // namespace confman::sim
