#pragma once

#include <cstdint>
#include <deque>
#include <expected>
#include <map>
#include <optional>

#include "consensus/log_recovery.hpp"
#include "consensus/ports/log_store.hpp"
#include "sim/model/log_image.hpp"
#include "sim/model/real_storage.hpp"
#include "sim/model/scar.hpp"

namespace confman::sim {

// Is told about a log before it changes: the oracles, and the cluster's memory of log prefixes.
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

// The remains of the batch that was being written when the node crashed.
enum class Torn : std::uint8_t {
  No,       // nothing
  Whole,    // it is in the store, but the durable head doesn't know of it
  Damaged,  // so, and its last record is damaged
};

// The log on a simulated disk: requests are written at once and durable after a sync. A crash keeps
// a prefix of what wasn't synced. Two things are kept apart: what the log promises (the images, for
// the oracles) and what its medium would give back (found()).
//
// A real store beside it is the medium: what becomes durable is written there first,
// and a start finds what that one does. The images remain what is expected.
class SimLogStore final : public consensus::LogStore {
 public:
  explicit SimLogStore(LogObserver& observer) : observer_(observer) {}

  // Knowledge of a disk that wasn't empty when the run began.
  void begin_with(const consensus::FounderRecord& founders) {
    written_.founders = durable_.founders = founders;
  }

  void persist(consensus::PersistRequest request) override;

  // The disk: everything up to `upto` is durable.
  void sync(consensus::PersistSeq upto);
  // The same of the first few requests that are pending.
  void sync_first(std::size_t requests);
  // Power is lost; the first `survivors` of the pending requests reached the medium all the same.
  void crash(std::size_t survivors, Torn torn);

  // --- faults of the medium
  void damage(std::uint64_t index, Scar scar);
  bool is_damaged(std::uint64_t index) const { return scars_.contains(index); }
  std::size_t damaged() const { return scars_.size(); }
  const std::map<std::uint64_t, Scar>& scars() const { return scars_; }
  // Places of the durable head, which are written in turn.
  static constexpr std::uint64_t kHeadSlots = 2;
  void kill_head_slot(std::uint64_t slot) { dead_head_slot_ = slot; }
  bool head_slot_dead() const { return dead_head_slot_.has_value(); }

  // --- a start
  std::expected<consensus::RestoredLog, consensus::LogLoss> recover();

  // --- with a real store
  // This real store gets what is written from now on.
  void attach(RealStorage& real) { real_ = &real; }
  // The process is about to end. What is pending may be under way to the disk, or not.
  RealStorage::Batch hand_over_pending();
  // It has ended.
  void detach();
  // A start has found this, on a disk that was perhaps damaged. Says what shouldn't be so; nothing:
  // all is well, and from now on it is what is written.
  std::string adopt(const consensus::RestoredLog& found, bool damaged);
  // Notes what is known to be lost, as far as there is somebody who looked.
  void note_damage(const consensus::RestoredLog& found);

  const LogImage& written() const { return written_; }
  const LogImage& durable() const { return durable_; }
  std::size_t pending() const { return pending_.size(); }
  consensus::PersistSeq last_pending() const;

 private:
  using Record = consensus::FoundRecord;

  void write_real(consensus::PersistSeq upto);
  void write_through(const consensus::PersistRequest& request);
  void heal_scars(const consensus::PersistRequest& request);
  void begin_generation();
  void note_wrong_fill(const consensus::PersistRequest& request);
  consensus::FoundLog found() const;
  Record record_of(const ChainedEntry& entry) const;
  Record scarred(const Record& whole, Scar scar) const;

  LogObserver& observer_;
  LogImage written_;
  LogImage durable_;
  std::uint64_t generation_ = 0;
  consensus::LogPromise former_promise_;  // of the generation before
  std::deque<consensus::PersistRequest> pending_;
  std::map<std::uint64_t, Scar> scars_;
  std::map<std::uint64_t, Record> former_;  // by slot: what the last write replaced
  std::optional<std::uint64_t> dead_head_slot_;
  // The store is one batch ahead of the head.
  std::optional<LogImage> ahead_;
  consensus::PersistRequest ahead_batch_;
  bool ahead_damaged_ = false;

  RealStorage* real_ = nullptr;     // while there is a process
  RealStorage::Batch handed_over_;  // that it may have written or not
};

}  // namespace confman::sim
