#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "bench/peers/child_process.hpp"
#include "bench/peers/product.hpp"

namespace confman::bench {

inline constexpr std::size_t kNodes = 3;

// A new folder, removed with everything in it by the destructor.
class ScratchFolder {
 public:
  static std::expected<ScratchFolder, std::string> make(const std::filesystem::path& parent);
  ScratchFolder(ScratchFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  ScratchFolder& operator=(ScratchFolder&&) = delete;
  ~ScratchFolder();
  const std::filesystem::path& path() const { return path_; }

 private:
  explicit ScratchFolder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

// Bound all at once and then let go, so that they differ. Somebody else could take one before the
// node does; the node then fails to start, and says so.
std::vector<std::uint16_t> free_ports(std::size_t count);

// Three nodes of one product on free loopback ports, with real durability, as child processes that
// end with this object. Every wait is bounded.
class Cluster {
 public:
  // Starts the nodes in new folders under `parent` and waits until each of them takes writes.
  static std::expected<std::unique_ptr<Cluster>, std::string> start(
      const Product& product, const std::filesystem::path& parent);

  // The leader's first, so that a single client talks to the leader of each product.
  Target target();
  std::vector<Endpoint> endpoints() const;
  std::optional<std::size_t> leader();
  // Until all nodes run, agree that one leads, and acknowledge a write each.
  std::expected<void, std::string> wait_ready();

  // Sends SIGKILL and doesn't wait; restart() does.
  void kill(std::size_t node) { processes_[node].send_kill(); }
  std::expected<void, std::string> restart(std::size_t node);

  double cpu_us() const;          // of all nodes together
  double memory_peak_mb() const;  // of the largest node

 private:
  Cluster(const Product& product, ScratchFolder folder)
      : product_(product), folder_(std::move(folder)) {}
  std::expected<void, std::string> launch(std::size_t node);
  std::string logs() const;

  const Product& product_;
  ScratchFolder folder_;
  std::vector<Member> members_;
  std::vector<ChildProcess> processes_;  // after folder_: they end before it is removed
};

}  // namespace confman::bench
