#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "consensus/messages.hpp"
#include "domain/base/hash.hpp"
#include "domain/snapshot/stream.hpp"
#include "domain/state/memory_store.hpp"
#include "domain/state/meta.hpp"
#include "tests/sqlite/state_fill.hpp"

namespace confman::sim {

// The state machine's states: command n is the n-th of one fixed sequence, so the state at an index
// is known.
class Truth {
 public:
  const Bytes& meta_at(std::uint64_t index) {
    while (metas_.size() <= index) {
      sqlite::apply_one(store_, metas_.size());
      metas_.push_back(*store_.get(domain::Table::Meta, domain::keys::kMeta));
    }
    return metas_[index];
  }
  // The snapshot at `index` that another node would send.
  static std::pair<consensus::SnapshotMeta, Bytes> snapshot_at(std::uint64_t index) {
    domain::MemoryStateStore store;
    for (std::uint64_t n = 1; n <= index; ++n) sqlite::apply_one(store, n);
    Bytes stream;
    const domain::MetaRow state = domain::meta_of(store);
    domain::SnapshotHeader header;
    header.cluster = "sim";
    header.position = state.applied;
    header.membership = sqlite::kMembers;
    domain::write_snapshot(store, header, [&](ByteView bytes) { stream += bytes; });
    return {{.last = {consensus::LogIndex{index}, consensus::Term{header.position.term}},
             .chain = state.log_chain,
             .membership = header.membership,
             .feature_level = domain::cluster_of(store).feature_level,
             .size = stream.size(),
             .checksum = crc32c(stream)},
            stream};
  }

 private:
  domain::MemoryStateStore store_;
  std::vector<Bytes> metas_{Bytes{}};
};

}  // namespace confman::sim
