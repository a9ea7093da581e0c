#pragma once

#include <cstdint>
#include <deque>
#include <expected>
#include <map>
#include <optional>

#include "consensus/log_recovery.hpp"
#include "consensus/ports/log_store.hpp"
#include "sim/log_image.hpp"

namespace confman::sim {

// Who is told about a log before it changes: the oracles, and the cluster's memory of log prefixes.
class LogObserver {
 public:
  virtual ~LogObserver() = default;
  // `written` is what the node believes its log to be, without `request`.
  virtual void before_persist(const LogImage& written,
                              const consensus::PersistRequest& request) = 0;
  // `written` includes the request.
  virtual void after_persist(const LogImage& written, const consensus::PersistRequest& request) = 0;
  // A request has become durable.
  virtual void synced(const consensus::PersistRequest& request) = 0;
};

// What is wrong with a record on the medium.
enum class Scar : std::uint8_t {
  Flipped,      // a bit of it
  Missing,      // the slot is empty
  Misdirected,  // the record of the slot behind it was written over it, or is read in its place
  Stale,        // what stood there before the last write to that slot: a write that never arrived
};
inline constexpr int kScars = static_cast<int>(Scar::Stale) + 1;

// What a crash leaves of the batch that was being written.
enum class Torn : std::uint8_t {
  No,       // nothing
  Whole,    // it is in the store, but the durable head doesn't know of it
  Damaged,  // so, and its last record is damaged
};

// The log on a simulated disk: requests are written at once and durable after a sync. A crash keeps
// a prefix of what wasn't synced. Two things are kept apart: what the log promises (the images, for
// the oracles) and what its medium would give back (found()).
class SimLogStore final : public consensus::LogStore {
 public:
  explicit SimLogStore(LogObserver& observer) : observer_(observer) {}

  // What a disk knows that wasn't empty when the run began.
  void begin_with(const consensus::FounderRecord& founders) {
    written_.founders = durable_.founders = founders;
  }

  void persist(consensus::PersistRequest request) override;

  // The disk: everything up to `upto` is durable.
  void sync(consensus::PersistSeq upto);
  // Power is lost; the first `survivors` of the pending requests reached the medium all the same.
  void crash(std::size_t survivors, Torn torn);

  // --- faults of the medium
  void damage(std::uint64_t index, Scar scar);
  bool is_damaged(std::uint64_t index) const { return scars_.contains(index); }
  std::size_t damaged() const { return scars_.size(); }
  const std::map<std::uint64_t, Scar>& scars() const { return scars_; }
  void kill_head_slot() { head_slot_dead_ = true; }
  bool head_slot_dead() const { return head_slot_dead_; }

  // --- a start
  std::expected<consensus::RestoredLog, consensus::LogLoss> recover();

  const LogImage& written() const { return written_; }
  const LogImage& durable() const { return durable_; }
  std::size_t pending() const { return pending_.size(); }
  consensus::PersistSeq last_pending() const;

 private:
  using Record = consensus::FoundRecord;

  void write_through(const consensus::PersistRequest& request);
  void heal_scars(const consensus::PersistRequest& request);
  consensus::FoundLog found() const;
  Record record_of(const ChainedEntry& entry) const;
  Record scarred(const Record& whole, Scar scar) const;

  LogObserver& observer_;
  LogImage written_;
  LogImage durable_;
  std::uint64_t generation_ = 0;
  std::deque<consensus::PersistRequest> pending_;
  std::map<std::uint64_t, Scar> scars_;
  std::map<std::uint64_t, Record> former_;  // by slot: what the last write replaced
  bool head_slot_dead_ = false;
  // The store is one batch ahead of the head.
  std::optional<LogImage> ahead_;
  consensus::PersistRequest ahead_batch_;
  bool ahead_damaged_ = false;
};

}  // namespace confman::sim
