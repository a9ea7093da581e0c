#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/sqlite/vfs/file_system.hpp"
#include "adapters/sqlite/vfs/file_system_vfs.hpp"
#include "sim/storage/disk_file.hpp"
#include "sim/storage/io_fault.hpp"

namespace confman::sim {

// A disk in memory that knows what would survive a power cut: the content of a file that was
// synced, the names of a directory that was synced, and of everything else what somebody chooses.
// It is stricter than real file systems, which often do more than they promise: syncing a file
// doesn't make its name durable, and changes of a directory that wasn't synced may survive in any
// combination (but a rename wholly or not at all).
//
// It draws nothing and knows no time; everything that could be so or so is an argument. One
// process uses it at a time, from one thread. Symbolic and hard links don't exist.
class SimFileSystem final : public sqlite::FileSystem {
 public:
  using Device = sqlite::FileSystemVfs::Device;

  explicit SimFileSystem(Device device);
  ~SimFileSystem() override;
  const Device& device() const { return device_; }

  // --- the port
  std::expected<std::unique_ptr<sqlite::File>, int> open(const std::filesystem::path& file,
                                                         sqlite::OpenMode mode) override;
  std::expected<void, int> rename(const std::filesystem::path& from,
                                  const std::filesystem::path& to) override;
  std::expected<void, int> remove(const std::filesystem::path& file) override;
  std::expected<void, int> make_directory(const std::filesystem::path& directory) override;
  std::expected<void, int> sync_directory(const std::filesystem::path& directory) override;
  std::expected<std::vector<std::string>, int> list(
      const std::filesystem::path& directory) override;
  std::expected<sqlite::FileStatus, int> status(const std::filesystem::path& path) override;
  std::expected<std::filesystem::path, int> resolve(const std::filesystem::path& path) override;
  std::optional<std::string> unsafe_kind(const std::filesystem::path&) override { return {}; }

  // --- the end of a process, and of what it had open
  // Makes every call fail and change nothing, until there is a new process.
  void stop() { running_ = false; }
  // The same after so many more calls that would change something: in the middle of whatever is
  // being done then.
  void stop_after(std::uint64_t changes) { stop_at_ = changes_ + changes; }
  bool running() const { return running_; }
  // Calls that changed something, since the beginning.
  std::uint64_t changes() const { return changes_; }
  // A new process on the same machine: it finds what the last one wrote, synced or not.
  void restart();
  // A new process after a power cut.
  void restart(CrashChoices& choices);

  // --- faults
  void arm(const IoFault& fault);
  void disarm() { faults_.clear(); }
  // Calls that went wrong, since the beginning, and the file or directory of the last one.
  std::uint64_t struck() const { return struck_; }
  const std::string& struck_file() const { return struck_file_; }
  void set_capacity(std::uint64_t bytes) { space_.capacity = bytes; }
  std::uint64_t used() const { return space_.used; }

  // Damage to the medium; the file must be there, and these bytes of it. What a process wrote and
  // didn't sync yet is not damaged.
  void flip_bit(const std::filesystem::path& file, std::uint64_t offset, int bit);
  void overwrite(const std::filesystem::path& file, std::uint64_t offset, ByteView bytes);
  void cut_file(const std::filesystem::path& file, std::uint64_t size);
  void lose_file(const std::filesystem::path& file);

  // --- looking at it
  struct FileInfo {
    std::string path;
    std::uint64_t size{};          // as readers see it
    std::uint64_t durable_size{};  // on the medium
  };
  std::vector<FileInfo> files() const;  // in the order of their paths
  // The bytes of a file on the medium; nothing if there is none of that name.
  std::optional<ByteView> medium(const std::filesystem::path& file) const;
  // Content of every file as readers see it; directories without.
  using Image = std::map<std::string, std::optional<std::string>>;
  Image image() const;
  // Instead of everything that is there; durable. Then a new process is started.
  void put_back(const Image& image);

 private:
  class Handle;
  struct Inode;
  struct Directory;
  struct Armed {
    IoFault fault;
    std::uint64_t seen = 0;
    std::string remembered;  // of a stale read
  };
  using InodePtr = std::shared_ptr<Inode>;

  InodePtr find(std::string_view path) const;
  // The directory that a path is in, and its last part.
  std::pair<InodePtr, std::string> parent_of(std::string_view path) const;
  // A call that changes something: false if the process has ended.
  bool changing();
  // The fault that strikes this call, if one does.
  const Armed* strikes(IoFault::Kind kind, std::string_view file, std::uint64_t offset,
                       std::uint64_t size);
  void collect(const Inode& inode, const std::string& path, std::vector<FileInfo>& out) const;
  void collect(const Inode& inode, const std::string& path, Image& out) const;
  void crash(Inode& inode, const std::string& path, CrashChoices& choices) const;
  void start_process();

  const Device device_;
  DiskSpace space_;
  InodePtr root_;
  std::vector<Armed> faults_;
  std::uint64_t struck_ = 0;
  std::string struck_file_;
  bool running_ = true;
  std::uint64_t process_ = 0;  // handles of former ones are dead
  std::uint64_t changes_ = 0;
  std::optional<std::uint64_t> stop_at_;
};

}  // namespace confman::sim
