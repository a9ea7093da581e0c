#include "tests/chaos/stage.hpp"

#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <fstream>
#include <new>
#include <sstream>
#include <sys/mman.h>
#include <sys/mount.h>
#include <unistd.h>

#include "tests/support/client.hpp"
#include "tests/support/free_ports.hpp"

namespace confman::chaos {
namespace {

namespace fs = std::filesystem;
using testing::Recorder;

constexpr std::uint16_t kPeerPort = 8201;
constexpr std::uint16_t kApiPort = 8101;
constexpr std::uint32_t kFirstAddress = 0x7f4d0001;  // 127.77.0.1
// Of a node's disk, in memory. A state grows by up to half a MiB a second, and there may be five
// copies of it: a damaged one, snapshots, one that is being installed, and what undoes its writes.
constexpr std::uint64_t kDiskBytes = 640ULL << 20;
constexpr std::uint64_t kDiskBytesASecond = 4ULL << 20;

std::string text_of(std::uint32_t address) {
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) {
    text += std::to_string(address >> shift & 0xff) + (shift > 0 ? "." : "");
  }
  return text;
}

}  // namespace

std::expected<std::unique_ptr<Stage>, std::string> Stage::make(StageOptions options,
                                                               Timeline& timeline) {
  std::unique_ptr<Stage> stage(new Stage(std::move(options), timeline));
  if (stage->options_.namespaces) {
    if (auto ok = stage->lay_out_network(); !ok) return std::unexpected(ok.error());
  } else {
    stage->lay_out_loopback();
  }
  if (auto ok = stage->lay_out_disks(); !ok) return std::unexpected(ok.error());
  stage->write_configs();
  return stage;
}

Stage::Stage(StageOptions options, Timeline& timeline)
    : options_(std::move(options)), timeline_(timeline), nodes_(options_.nodes) {
  for (std::size_t i = 0; i < size(); ++i) {
    fs::remove_all(folder(i));
    fs::create_directories(disk_root(i));
  }
}

Stage::~Stage() {
  kill_all();
  for (std::size_t i = 0; i < size(); ++i) {
    if (nodes_[i].control != nullptr) ::munmap(nodes_[i].control, sizeof(DiskControl));
    if (options_.namespaces) ::umount2(disk_root(i).c_str(), MNT_DETACH);
  }
}

std::expected<void, std::string> Stage::lay_out_network() {
  std::vector<PacketSwitch::Host> hosts;
  for (std::uint32_t i = 0; i < size(); ++i) {
    const std::uint32_t address = kFirstAddress + i;
    auto wire = make_wire_in_new_namespace(text_of(address));
    if (!wire) return std::unexpected(wire.error());
    Node& node = nodes_[i];
    node.api = {text_of(address), kApiPort};
    node.peer = {text_of(address), kPeerPort};
    node.network = std::move(wire->network);
    endpoints_.push_back(node.api);
    hosts.push_back({std::move(wire->packets), address});
  }
  const std::uint32_t clients = kFirstAddress + static_cast<std::uint32_t>(size());
  auto wire = make_wire(text_of(clients));
  if (!wire) return std::unexpected(wire.error());
  hosts.push_back({std::move(wire->packets), clients});
  network_ = std::make_unique<PacketSwitch>(std::move(hosts), kPeerPort, options_.seed);
  return {};
}

void Stage::lay_out_loopback() {
  const auto ports = testing::free_ports(2 * size());
  for (std::size_t i = 0; i < size(); ++i) {
    nodes_[i].peer = ports[2 * i];
    nodes_[i].api = ports[2 * i + 1];
    endpoints_.push_back(nodes_[i].api);
  }
}

std::expected<void, std::string> Stage::lay_out_disks() {
  for (std::size_t i = 0; i < size(); ++i) {
    if (options_.namespaces) {
      const auto seconds = static_cast<std::uint64_t>(options_.seconds);
      const std::uint64_t bytes = kDiskBytes + seconds * kDiskBytesASecond;
      if (auto ok = mount_memory(disk_root(i), bytes); !ok) return ok;
    }
    fs::create_directories(disk_folders(i).undo);
    if (!has_faulty_disk()) continue;
    const fs::path file = folder(i) / "disk.control";
    const Descriptor fd(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    const bool sized = ::ftruncate(fd.get(), sizeof(DiskControl)) == 0;
    void* mapped =
        ::mmap(nullptr, sizeof(DiskControl), PROT_READ | PROT_WRITE, MAP_SHARED, fd.get(), 0);
    if (!sized || mapped == MAP_FAILED) return std::unexpected("can't map " + file.string());
    nodes_[i].control = new (mapped) DiskControl;
    reset_disk(i);
  }
  return {};
}

void Stage::write_configs() const {
  for (std::size_t i = 0; i < size(); ++i) {
    std::ofstream out(folder(i) / "confman.yaml");
    out << "node:\n  id: " << name_of(i) << "\n  data_dir: \"" << disk_folders(i).data.string()
        << "\"\ncluster:\n  name: chaos\n  members:\n";
    for (std::size_t k = 0; k < size(); ++k) {
      out << "    - { id: " << name_of(k) << ", peer: \"" << nodes_[k].peer.text() << "\", api: \""
          << nodes_[k].api.text() << "\" }\n";
    }
    out << "dev:\n  open: true\n" << options_.settings;
  }
}

void Stage::reset_disk(std::size_t node) {
  DiskControl& disk = *nodes_[node].control;
  disk.sync_delay_us = options_.sync_us;
  disk.write_delay_us = 0;
  disk.sync_to_fail = disk.write_to_fail = 0;
  disk.write_to_die_at = disk.sync_to_die_before = disk.sync_to_die_after = 0;
}

fs::path Stage::folder(std::size_t node) const {
  return options_.folder / name_of(node);
}

DiskFolders Stage::disk_folders(std::size_t node) const {
  return {disk_root(node) / "data", disk_root(node) / "undo"};
}

// --- processes

void Stage::start(std::size_t node) {
  Node& it = nodes_[node];
  if (const auto found = it.exit ? it.allowed.find(*it.exit) : it.allowed.end();
      found != it.allowed.end() && found->second.remedy) {
    std::exchange(found->second.remedy, {})();
  }
  testing::Surroundings around{.network = it.network.get()};
  if (has_faulty_disk()) {
    const DiskFolders disk = disk_folders(node);
    tidy(disk);
    around.environment = {"LD_PRELOAD=" + options_.faulty_disk.string(),
                          kDataVariable + ("=" + disk.data.string()),
                          kUndoVariable + ("=" + disk.undo.string()),
                          kControlVariable + ("=" + (folder(node) / "disk.control").string())};
  }
  const std::string program = options_.programs / "confmand";
  it.process =
      testing::ChildProcess({program, "--config", (folder(node) / "confman.yaml").string()},
                            folder(node) / "log", around);
  it.running = true;
  it.paused = false;
  it.exit.reset();
  changed(node, NodeState::Up);
}

void Stage::kill(std::size_t node) {
  look();
  if (!nodes_[node].running) return;
  killed(node);
}

void Stage::kill_all() {
  for (Node& node : nodes_) {
    if (node.running) node.process.signal(SIGKILL);
  }
  for (std::size_t i = 0; i < size(); ++i) {
    if (nodes_[i].running) killed(i);
  }
}

void Stage::killed(std::size_t node) {
  const int status = nodes_[node].process.kill();
  if (status != 128 + SIGKILL) return ended(node, status);  // it was faster
  nodes_[node].running = nodes_[node].paused = false;
  changed(node, NodeState::Down);
}

void Stage::pause(std::size_t node) {
  if (!nodes_[node].running) return;
  nodes_[node].process.signal(SIGSTOP);
  nodes_[node].paused = true;
  changed(node, NodeState::Paused);
}

void Stage::resume(std::size_t node) {
  if (!nodes_[node].running || !nodes_[node].paused) return;
  nodes_[node].process.signal(SIGCONT);
  nodes_[node].paused = false;
  changed(node, NodeState::Up);
}

void Stage::tell_to_stop(std::size_t node) {
  if (nodes_[node].running) nodes_[node].process.signal(SIGTERM);
}

void Stage::look() {
  for (std::size_t i = 0; i < size(); ++i) {
    if (!nodes_[i].running) continue;
    const auto code = nodes_[i].process.wait(std::chrono::milliseconds(0));
    if (code) ended(i, *code);
  }
}

void Stage::ended(std::size_t node, int code) {
  Node& it = nodes_[node];
  it.running = it.paused = false;
  it.exit = code;
  changed(node, NodeState::Down);
  const auto allowed = it.allowed.find(code);
  const std::string because = allowed == it.allowed.end() ? "" : allowed->second.because;
  timeline_.add(&Timeline::Data::exits, NodeExit{Recorder::now(), node, code, because});
  if (because.empty()) {
    timeline_.add_violation("unexplained_exit",
                            name_of(node) + " ended by itself with " + std::to_string(code) + ".");
  }
}

void Stage::allow_exit(std::size_t node, int code, const std::string& because,
                       std::function<void()> remedy) {
  nodes_[node].allowed[code] = {because, std::move(remedy)};
}

void Stage::changed(std::size_t node, NodeState state) {
  timeline_.add(&Timeline::Data::nodes, NodeChange{Recorder::now(), node, state});
}

bool Stage::claim(std::size_t node) {
  if (nodes_[node].claimed) return false;
  nodes_[node].claimed = true;
  return true;
}

std::string Stage::log_of(std::size_t node) const {
  std::ostringstream text;
  text << std::ifstream(folder(node) / "log").rdbuf();
  return text.str();
}

void Stage::keep_data() {
  for (std::size_t i = 0; options_.namespaces && i < size(); ++i) {
    std::error_code ignored;
    fs::copy(disk_folders(i).data, folder(i) / "data", fs::copy_options::recursive, ignored);
  }
}

}  // namespace confman::chaos
