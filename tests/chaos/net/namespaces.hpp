#pragma once

#include <expected>
#include <string>

namespace confman::chaos {

// A file descriptor that is closed at the end.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&& other) noexcept;

  int get() const { return fd_; }

 private:
  int fd_;
};

// Moves the calling process into a network and a mount namespace of its own, by way of a user
// namespace if it isn't root's. To be called before it has a second thread. Nothing that happens in
// there is seen outside, and all of it is gone when the process ends, however it does. The error
// says what the machine doesn't allow.
std::expected<void, std::string> enter_own_namespaces();

// The end of a wire: a TUN device, the only way out of its namespace. Reading takes the next IP
// packet that left the namespace, writing brings one in; neither blocks.
struct Wire {
  Descriptor packets;
  Descriptor network;  // its namespace
};

// In the namespace of the calling thread, or in a new one.
std::expected<Wire, std::string> make_wire(const std::string& address);
std::expected<Wire, std::string> make_wire_in_new_namespace(const std::string& address);

// Mounts a file system of this size in memory. For a process with a mount namespace of its own.
std::expected<void, std::string> mount_memory(const std::string& folder, std::uint64_t bytes);

}  // namespace confman::chaos
