#include "sim/model/sim_snapshot_store.hpp"

#include <algorithm>
#include <utility>

#include "domain/base/assert.hpp"
#include "domain/base/hash.hpp"
#include "domain/cluster/cluster.hpp"
#include "domain/snapshot/stream.hpp"
#include "domain/state/meta.hpp"

namespace confman::sim {

using consensus::LogId;
using consensus::LogIndex;
using consensus::SnapshotMeta;
using consensus::Term;

void SimSnapshotStore::build() {
  to_build_ = true;
  if (real_ != nullptr) real_->snapshots().build();
}

void SimSnapshotStore::install(const SnapshotMeta& meta) {
  to_install_ = meta;
  if (real_ != nullptr) real_->snapshots().install(meta);
}

std::optional<Bytes> SimSnapshotStore::read(LogId last, std::uint64_t offset,
                                            std::size_t max_bytes) {
  if (real_ != nullptr) return real_->snapshots().read(last, offset, max_bytes);
  if (!built_ || !(built_->meta.last == last) || offset > built_->bytes.size()) return std::nullopt;
  return built_->bytes.substr(offset, max_bytes);
}

std::uint64_t SimSnapshotStore::stage(const SnapshotMeta& meta, std::uint64_t offset,
                                      ByteView data) {
  if (real_ != nullptr) return real_->snapshots().stage(meta, offset, data);
  if (!staged_ || !(staged_->meta == meta)) staged_ = Stream{meta, {}};
  const bool fits = data.size() <= meta.size - std::min<std::uint64_t>(offset, meta.size);
  if (offset == staged_->bytes.size() && fits) staged_->bytes.append(data);
  return staged_->bytes.size();
}

std::optional<SnapshotMeta> SimSnapshotStore::finish_build(bool fails) {
  CONFMAN_ASSERT(to_build_, "A snapshot is built because it was asked for.");
  to_build_ = false;
  if (real_ != nullptr) return real_->build(fails);
  CONFMAN_ASSERT(state_.all_durable(), "A snapshot is taken of what is durable.");
  const domain::MetaRow state = domain::meta_of(state_);
  const domain::Revision position = state.applied;
  domain::ClusterRow cluster = domain::cluster_of(state_);
  if (fails || cluster.membership.empty()) return std::nullopt;

  Stream stream;
  domain::write_snapshot(state_,
                         {.cluster = "sim", .position = position, .membership = cluster.membership},
                         [&](ByteView bytes) { stream.bytes.append(bytes); });
  stream.meta = {.last = {LogIndex{position.index}, Term{position.term}},
                 .chain = state.log_chain,
                 .membership = std::move(cluster.membership),
                 .feature_level = cluster.feature_level,
                 .size = stream.bytes.size(),
                 .checksum = crc32c(stream.bytes)};
  built_ = std::move(stream);
  return built_->meta;
}

SimSnapshotStore::Installed SimSnapshotStore::finish_install(bool damaged) {
  CONFMAN_ASSERT(to_install_.has_value(), "A snapshot is installed because it was asked for.");
  const SnapshotMeta meta = *std::exchange(to_install_, std::nullopt);
  const Installed rejected{meta, false};
  if (real_ != nullptr) {
    if (!real_->install(damaged)) return rejected;
    state_.copy_real();
    return {meta, true};
  }
  std::optional<Stream> stream = std::exchange(staged_, std::nullopt);
  if (!stream || !(stream->meta == meta) || stream->bytes.size() != meta.size) return rejected;
  if (damaged) stream->bytes[stream->bytes.size() / 2] ^= 1;
  if (crc32c(stream->bytes) != meta.checksum) return rejected;

  domain::MemoryStateStore rows;
  domain::SnapshotReader reader(
      [&](domain::Table table, ByteView key, ByteView value) { rows.put(table, key, value); });
  if (!reader.feed(stream->bytes)) return rejected;
  const auto header = reader.finish();
  const consensus::LogId end{LogIndex{header ? header->position.index : 0},
                             Term{header ? header->position.term : 0}};
  if (!header || !(end == meta.last) || header->membership != meta.membership) return rejected;
  if (domain::meta_of(rows).log_chain != meta.chain) return rejected;
  state_.replace(std::move(rows));
  return {meta, true};
}

void SimSnapshotStore::crash(bool keep_staged) {
  to_build_ = false;
  to_install_.reset();
  built_.reset();
  if (!keep_staged) staged_.reset();
}

}  // namespace confman::sim
