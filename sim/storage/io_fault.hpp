#pragma once

#include <cerrno>
#include <cstdint>
#include <limits>
#include <string>

namespace confman::sim {

// What goes wrong with calls to a SimFileSystem: with those of one kind that concern these bytes of
// this file, after some have gone well.
struct IoFault {
  enum class Kind {
    ReadError,         // the call fails with `error`
    WriteError,        // the same, and nothing is written
    SyncError,         // the same, and what was written since the last sync is lost: readers see it
                       // until power fails, and later syncs, which succeed, don't write it. Of a
                       // directory nothing is lost: names go through a journal
    MisdirectedRead,   // gives the bytes at `elsewhere`
    MisdirectedWrite,  // readers see it where it belongs; on the medium it is at `elsewhere`
    StaleRead,         // gives what was there when the fault was armed
  };

  Kind kind{};
  std::string file;  // its path, or that of the directory to be synced; "": any
  std::uint64_t first = 0;
  std::uint64_t last = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t after = 0;  // as many such calls go well first
  std::uint64_t times = 1;  // then as many go wrong
  int error = EIO;
  std::uint64_t elsewhere = 0;
};

}  // namespace confman::sim
