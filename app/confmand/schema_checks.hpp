#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "adapters/yaml/yaml_value.hpp"
#include "app/node/ports.hpp"
#include "domain/bindings/verdict.hpp"

namespace confman::host {

class YamlValues final : public domain::YamlReader {
 public:
  std::optional<json::Value> read(std::string_view text) const override {
    return yaml::to_json(text);
  }
};

// Holds changes to schemas on a thread of its own, one after the other. How many there are at a
// time is bounded by who asks (NodeConfig::max_judging).
class SchemaChecks final : public node::Checks {
 public:
  // Called on that thread.
  using Done = std::function<void(std::uint64_t job, domain::Verdict verdict)>;

  SchemaChecks(std::shared_ptr<const schema::PatternCompiler> patterns, Done done);
  // What isn't begun is dropped.
  ~SchemaChecks() override;
  SchemaChecks(const SchemaChecks&) = delete;
  SchemaChecks& operator=(const SchemaChecks&) = delete;

  void judge(std::uint64_t job, domain::Held held) override;

 private:
  void run();

  const YamlValues yaml_;
  domain::Judge judge_;  // of the thread
  const Done done_;
  std::mutex mutex_;
  std::condition_variable came_;
  std::deque<std::pair<std::uint64_t, domain::Held>> jobs_;  // guarded by mutex_, like this:
  bool stopping_ = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace confman::host
