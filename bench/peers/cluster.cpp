#include "bench/peers/cluster.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cstdlib>
#include <fstream>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench/load/clock.hpp"
#include "bench/load/interrupt.hpp"
#include "bench/peers/single_request.hpp"

namespace confman::bench {
namespace {

constexpr std::int64_t kReadyWithin = 60 * kNanosPerSecond;
constexpr useconds_t kRetryUs = 20'000;
constexpr std::size_t kValueSize = 16;
constexpr int kWriteTimeoutMs = 2000;

}  // namespace

std::vector<std::uint16_t> free_ports(std::size_t count) {
  std::vector<int> sockets;
  std::vector<std::uint16_t> ports;
  for (std::size_t i = 0; i < count; ++i) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockets.push_back(socket);
    if (::bind(socket, generic, size) == 0 && ::getsockname(socket, generic, &size) == 0) {
      ports.push_back(ntohs(address.sin_port));
    }
  }
  for (const int socket : sockets) {
    ::close(socket);
  }
  return ports;
}

std::expected<ScratchFolder, std::string> ScratchFolder::make(const std::filesystem::path& parent) {
  std::error_code error;
  std::filesystem::create_directories(parent, error);
  std::string name = (parent / "run-XXXXXX").string();
  if (error || ::mkdtemp(name.data()) == nullptr) {
    return std::unexpected("cannot make a folder in " + parent.string());
  }
  return ScratchFolder(name);
}

ScratchFolder::~ScratchFolder() {
  if (!path_.empty()) {
    std::error_code ignored;  // nothing sensible is left to do, and nobody to tell
    std::filesystem::remove_all(path_, ignored);
  }
}

std::expected<std::unique_ptr<Cluster>, std::string> Cluster::start(
    const Product& product, const std::filesystem::path& parent) {
  auto folder = ScratchFolder::make(parent);
  if (!folder) {
    return std::unexpected(folder.error());
  }
  std::unique_ptr<Cluster> cluster(new Cluster(product, std::move(*folder)));
  const auto ports = free_ports(2 * kNodes);
  if (ports.size() != 2 * kNodes) {
    return std::unexpected("there are no free ports");
  }
  for (std::size_t i = 0; i < kNodes; ++i) {
    const std::string name = "node" + std::to_string(i + 1);
    cluster->members_.push_back({.name = name,
                                 .client = {"127.0.0.1", ports[2 * i]},
                                 .peer = {"127.0.0.1", ports[2 * i + 1]},
                                 .folder = cluster->folder_.path() / name});
    std::filesystem::create_directory(cluster->members_.back().folder);
  }
  for (std::size_t i = 0; i < kNodes; ++i) {
    if (auto launched = cluster->launch(i); !launched) {
      return std::unexpected(launched.error());
    }
  }
  if (auto ready = cluster->wait_ready(); !ready) {
    return std::unexpected(ready.error());
  }
  return cluster;
}

std::expected<void, std::string> Cluster::launch(std::size_t node) {
  const auto command = product_.command(members_, node);
  if (!command) {
    return std::unexpected(command.error());
  }
  auto process = ChildProcess::start(*command, (members_[node].folder / "log").string());
  if (!process) {
    return std::unexpected(process.error());
  }
  if (node < processes_.size()) {
    processes_[node] = std::move(*process);
  } else {
    processes_.push_back(std::move(*process));
  }
  return {};
}

std::expected<void, std::string> Cluster::restart(std::size_t node) {
  processes_[node].kill();
  return launch(node);
}

std::optional<std::size_t> Cluster::leader() {
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < kNodes; ++i) {
    const auto leads = product_.leads(members_[i].client);
    if (!leads || (*leads && found)) {
      return std::nullopt;
    }
    if (*leads) {
      found = i;
    }
  }
  return found;
}

std::expected<void, std::string> Cluster::wait_ready() {
  const std::int64_t deadline = monotonic_ns() + kReadyWithin;
  std::string why = "no leader that all nodes know";
  while (monotonic_ns() < deadline && !interrupted()) {
    if (const auto leading = leader()) {
      const auto prepared = product_.prepare(members_[*leading].client);
      const bool writable = prepared && std::ranges::all_of(members_, [this](const Member& member) {
                              return done_once(product_.kind(), member.client, Operation::kWrite,
                                               kValueSize, kWriteTimeoutMs);
                            });
      if (writable) {
        return {};
      }
      why = prepared ? "not every node acknowledges a write" : prepared.error();
    }
    for (std::size_t i = 0; i < kNodes; ++i) {
      if (!processes_[i].running()) {
        return std::unexpected(members_[i].name + " ended by itself; the nodes' logs:\n" + logs());
      }
    }
    ::usleep(kRetryUs);
  }
  return std::unexpected(interrupted() ? "interrupted"
                                       : "the cluster is not ready: " + why + "; logs:\n" + logs());
}

std::string Cluster::logs() const {
  std::string text;
  for (const Member& member : members_) {
    text += member.name + ": " + last_output((member.folder / "log").string()) + "\n";
  }
  return text;
}

std::vector<Endpoint> Cluster::endpoints() const {
  std::vector<Endpoint> all;
  for (const Member& member : members_) {
    all.push_back(member.client);
  }
  return all;
}

Target Cluster::target() {
  Target target{.kind = product_.kind(), .endpoints = endpoints()};
  if (const auto leading = leader()) {
    std::rotate(target.endpoints.begin(),
                target.endpoints.begin() + static_cast<std::ptrdiff_t>(*leading),
                target.endpoints.end());
  }
  return target;
}

double Cluster::cpu_us() const {
  double sum = 0;
  for (const ChildProcess& process : processes_) {
    sum += process.usage().cpu_us;
  }
  return sum;
}

double Cluster::memory_peak_mb() const {
  double largest = 0;
  for (const ChildProcess& process : processes_) {
    largest = std::max(largest, process.usage().memory_peak_mb);
  }
  return largest;
}

}  // namespace confman::bench
