#include "tests/chaos/net/namespaces.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace confman::chaos {
namespace {

constexpr const char* kDevice = "wire0";
constexpr const char* kNetmask = "255.255.255.0";

std::unexpected<std::string> failed(const std::string& what) {
  return std::unexpected(what + ": " + std::strerror(errno));
}

bool write_text(const char* file, const std::string& text) {
  std::ofstream out(file);
  out << text << std::flush;
  return out.good();
}

ifreq request_for(const char* device) {
  ifreq request{};
  std::strncpy(request.ifr_name, device, IFNAMSIZ - 1);
  return request;
}

bool switch_on(int control, const char* device) {
  ifreq request = request_for(device);
  if (::ioctl(control, SIOCGIFFLAGS, &request) != 0) return false;
  request.ifr_flags = static_cast<short>(request.ifr_flags | IFF_UP);
  return ::ioctl(control, SIOCSIFFLAGS, &request) == 0;
}

bool set_address(int control, const char* device, unsigned long what, const std::string& address) {
  ifreq request = request_for(device);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  if (::inet_pton(AF_INET, address.c_str(), &to.sin_addr) != 1) return false;
  std::memcpy(&request.ifr_addr, &to, sizeof to);
  return ::ioctl(control, what, &request) == 0;
}

}  // namespace

Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

Descriptor::Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

std::expected<void, std::string> enter_own_namespaces() {
  const auto user = ::geteuid();
  const auto group = ::getegid();
  if (user != 0) {
    if (::unshare(CLONE_NEWUSER) != 0) return failed("not root, and no user namespace");
    const bool mapped = write_text("/proc/self/setgroups", "deny") &&
                        write_text("/proc/self/uid_map", "0 " + std::to_string(user) + " 1") &&
                        write_text("/proc/self/gid_map", "0 " + std::to_string(group) + " 1");
    if (!mapped) return failed("can't be root in a user namespace");
  }
  if (::unshare(CLONE_NEWNET | CLONE_NEWNS) != 0) return failed("no namespaces");
  if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
    return failed("the mounts can't be made private");
  }
  return {};
}

// Development mode is for loopback addresses only, so the wires carry some: with route_localnet the
// kernel lets them leave, once its own loopback device doesn't claim all of 127.0.0.0/8.
std::expected<Wire, std::string> make_wire(const std::string& address) {
  Descriptor packets(::open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC));
  if (packets.get() < 0) return failed("/dev/net/tun can't be opened");
  ifreq request = request_for(kDevice);
  request.ifr_flags = IFF_TUN | IFF_NO_PI;
  if (::ioctl(packets.get(), TUNSETIFF, &request) != 0) return failed("no TUN device");
  if (!write_text("/proc/sys/net/ipv4/conf/all/route_localnet", "1")) {
    return failed("route_localnet can't be set");
  }
  const Descriptor control(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const bool ready = switch_on(control.get(), "lo") &&
                     set_address(control.get(), "lo", SIOCSIFADDR, "0.0.0.0") &&
                     set_address(control.get(), kDevice, SIOCSIFADDR, address) &&
                     set_address(control.get(), kDevice, SIOCSIFNETMASK, kNetmask) &&
                     switch_on(control.get(), kDevice);
  if (!ready) return failed("the TUN device can't be set up");
  Descriptor network(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
  if (network.get() < 0) return failed("no way to name a network namespace");
  return Wire{std::move(packets), std::move(network)};
}

std::expected<Wire, std::string> make_wire_in_new_namespace(const std::string& address) {
  std::expected<Wire, std::string> result;
  // The namespace belongs to a thread, which ends; it lives on in the descriptor.
  std::thread([&] {
    result = ::unshare(CLONE_NEWNET) == 0 ? make_wire(address)
                                          : failed("no network namespace for a node");
  }).join();
  return result;
}

std::expected<void, std::string> mount_memory(const std::string& folder, std::uint64_t bytes) {
  const std::string options = "mode=0700,size=" + std::to_string(bytes);
  if (::mount("none", folder.c_str(), "tmpfs", 0, options.c_str()) != 0) {
    return failed("no file system in memory at " + folder);
  }
  return {};
}

}  // namespace confman::chaos
