#pragma once

#include <cstdint>
#include <deque>

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
  virtual std::uint64_t chain_of(consensus::LogId prefix) const = 0;
};

// The log on a simulated disk: requests are written at once and durable after a sync. A crash keeps
// a prefix of what wasn't synced: each request is one transaction, so the tear of a torn write
// falls between two of them.
class SimLogStore final : public consensus::LogStore {
 public:
  explicit SimLogStore(LogObserver& observer) : observer_(observer) {}

  void persist(consensus::PersistRequest request) override;

  // The disk: everything up to `upto` is durable.
  void sync(consensus::PersistSeq upto);
  // Power is lost; the first `survivors` of the pending requests reached the medium all the same.
  void crash(std::size_t survivors);
  // A repair at start, before the node runs: synchronous, so durable at once.
  void repair(const consensus::PersistRequest& request);

  const LogImage& written() const { return written_; }
  const LogImage& durable() const { return durable_; }
  std::size_t pending() const { return pending_.size(); }
  consensus::PersistSeq last_pending() const;

 private:
  LogObserver& observer_;
  LogImage written_;
  LogImage durable_;
  std::deque<consensus::PersistRequest> pending_;
};

}  // namespace confman::sim
