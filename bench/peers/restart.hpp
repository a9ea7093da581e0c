#pragma once

#include <expected>
#include <optional>
#include <string>

#include "bench/load/generator.hpp"
#include "bench/peers/child_process.hpp"
#include "bench/peers/product.hpp"

namespace confman::bench {

// One node, which is a cluster of its own, on free loopback ports and a folder that outlives it.
class LoneNode {
 public:
  // `folder` must exist.
  static std::expected<LoneNode, std::string> in(const std::filesystem::path& folder);

  // Starts `program` ("": the build's own), and returns the time until it has answered a
  // linearizable read of a key, in milliseconds: it has opened what it has, and leads. A node
  // without data is made ready for the first writes.
  std::expected<double, std::string> start(const std::string& program);
  // SIGKILL, and waits until it is gone.
  void kill();

  Target target() const;
  double cpu_ms() const;

 private:
  explicit LoneNode(Member member) : member_(std::move(member)) {}
  std::string log_tail() const;

  Member member_;
  std::optional<ChildProcess> process_;
};

}  // namespace confman::bench
