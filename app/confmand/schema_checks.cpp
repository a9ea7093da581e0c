#include "app/confmand/schema_checks.hpp"

namespace confman::host {

SchemaChecks::SchemaChecks(std::shared_ptr<const schema::PatternCompiler> patterns, Done done)
    : judge_(std::move(patterns), yaml_), done_(std::move(done)), thread_([this] { run(); }) {}

SchemaChecks::~SchemaChecks() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  came_.notify_one();
  thread_.join();
}

void SchemaChecks::judge(std::uint64_t job, domain::Held held) {
  {
    const std::lock_guard lock(mutex_);
    jobs_.emplace_back(job, std::move(held));
  }
  came_.notify_one();
}

void SchemaChecks::run() {
  for (;;) {
    std::unique_lock lock(mutex_);
    came_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
    if (stopping_) return;
    const auto [job, held] = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    done_(job, judge_.judge(held));
  }
}

}  // namespace confman::host
