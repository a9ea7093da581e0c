#pragma once

#include "sim/model/sim_log_store.hpp"

namespace confman::contract {

// The simulated log, as the contracts of logs want it.
class SimLogHarness : sim::LogObserver {
 public:
  consensus::LogStore& store() { return log_; }
  void await(consensus::PersistSeq seq) { log_.sync(seq); }
  consensus::RestoredLog reopen() {
    log_.sync(log_.last_pending());
    return crash();
  }
  consensus::RestoredLog crash() {
    log_.crash(0, sim::Torn::No);
    return log_.recover().value();
  }
  consensus::RestoredLog lose(std::uint64_t index) {
    log_.damage(index, sim::Scar::Missing);
    return reopen();
  }

 private:
  void before_persist(const sim::LogImage&, const consensus::PersistRequest&) override {}
  void after_persist(const sim::LogImage&, const consensus::PersistRequest&) override {}
  void synced(const consensus::PersistRequest&) override {}

  sim::SimLogStore log_{*this};
};

}  // namespace confman::contract
