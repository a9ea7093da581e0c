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
  // `folder` must exist. Its values have, or will have, `value_size` bytes.
  static std::expected<LoneNode, std::string> in(const std::filesystem::path& folder,
                                                 std::size_t value_size);

  // Starts `program` ("": the build's own), and returns the time until it has answered a
  // linearizable read of a key, in milliseconds: it has opened what it has, and leads. A node
  // without data is made ready for the first writes.
  std::expected<double, std::string> start(const std::string& program);
  // SIGKILL, and waits until it is gone.
  void kill();

  Target target() const;
  double cpu_ms() const;

 private:
  LoneNode(Member member, std::size_t value_size)
      : member_(std::move(member)), value_size_(value_size) {}

  Member member_;
  std::size_t value_size_;
  std::optional<ChildProcess> process_;
};

}  // namespace confman::bench
