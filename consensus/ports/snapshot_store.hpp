#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "consensus/messages.hpp"

namespace confman::consensus {

// Port: snapshots of the state machine, to send and to receive. At most one of each kind exists at
// a time: building anew replaces the old one, staging another meta drops what was staged.
//
// build() and install() are asynchronous; the host reports them through Driver::snapshot_built(),
// snapshot_failed(), snapshot_installed(), snapshot_rejected().
class SnapshotStore {
 public:
  virtual ~SnapshotStore() = default;

  // Takes a snapshot of the state machine as it is durably, at its durable applied index, with the
  // configuration that the state machine was given up to there.
  virtual void build() = 0;
  // Bytes of the built snapshot named by `last`: at most max_bytes from offset; nothing if that
  // snapshot is no longer there.
  virtual std::optional<Bytes> read(LogId last, std::uint64_t offset, std::size_t max_bytes) = 0;

  // Appends to the staged stream if offset is where it ends, else ignores the bytes. Returns where
  // it ends now: what to send next. Need not be durable; a restart may begin at 0 again.
  virtual std::uint64_t stage(const SnapshotMeta& meta, std::uint64_t offset, ByteView data) = 0;
  // Verifies the staged stream whole, then replaces the state machine by it, atomically and
  // durably. A damaged stream is dropped and rejected, and the state machine stays as it was. Until
  // the answer nothing is applied.
  virtual void install(const SnapshotMeta& meta) = 0;
};

}  // namespace confman::consensus
