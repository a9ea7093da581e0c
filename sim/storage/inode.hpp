#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/storage/disk_file.hpp"
#include "sim/storage/sim_file_system.hpp"

namespace confman::sim {

// Names as they are seen and as they are on the medium, and what lies between.
struct SimFileSystem::Directory {
  struct Change {
    std::string name;
    InodePtr inode;    // null: removed
    std::string from;  // renamed from; "": not renamed
  };
  using Names = std::map<std::string, InodePtr, std::less<>>;

  static void apply(Names& names, const Change& change) {
    if (!change.from.empty()) names.erase(change.from);
    if (change.inode) {
      names[change.name] = change.inode;
    } else {
      names.erase(change.name);
    }
  }
  void make(Change change) {
    apply(seen, change);
    pending.push_back(std::move(change));
  }

  void lose(const std::string& name) {
    std::erase_if(pending, [&](const Change& change) { return change.name == name; });
    seen.erase(name);
    durable.erase(name);
  }

  Names seen;
  Names durable;
  std::vector<Change> pending;
};

struct SimFileSystem::Inode {
  explicit Inode(DiskSpace& space) : content(space) {}

  DiskFile content;
  std::optional<Directory> directory;
  std::uint64_t locked_by = 0;  // a process; a former one locks nothing any more
};

}  // namespace confman::sim
