#pragma once

#include <cstdint>
#include <random>
#include <utility>

#include "consensus/ports/log_store.hpp"
#include "tests/contract/log_store_contract.hpp"

namespace confman::sqlite {

// A log as it should be, and a script of requests that depends on the seed alone.
struct LogScript {
  LogScript(consensus::RestoredLog start, std::uint64_t seed, std::size_t compact_above = 200)
      : log(std::move(start)), random(seed), compact_above_(compact_above) {}

  std::uint64_t last() const { return log.base.index.value + log.entries.size(); }

  consensus::PersistRequest next() {
    consensus::PersistRequest request;
    request.seq = seq = seq.next();
    if (random() % 4 == 0) {
      const consensus::Term term = log.hard_state.term.next();
      log.hard_state = {term, consensus::MemberId{1 + random() % 3}};
      request.hard_state = log.hard_state;
      if (!log.entries.empty() && random() % 2 == 0) {
        log.entries.resize(log.entries.size() - random() % log.entries.size() / 8);
        request.truncate_from = consensus::LogIndex{last() + 1};
      }
    }
    if (random() % 50 == 0) {  // a snapshot was installed
      log.base = {consensus::LogIndex{last() + 1 + random() % 5}, log.hard_state.term};
      log.entries.clear();
      request.truncate_from.reset();
      request.reset_to = consensus::LogPoint{log.base, random()};
    }
    if (random() % 20 == 0) {
      log.founders = contract::founders_of(1 + random() % 3, random() % 2 == 0);
      request.founders = log.founders;
    }
    const std::uint64_t count = random() % 12;
    for (std::uint64_t i = 0; i < count; ++i) {
      log.entries.push_back({consensus::LogIndex{last() + 1}, log.hard_state.term,
                             consensus::EntryKind::Command,
                             make_payload(Bytes(random() % 400, static_cast<char>(random())))});
      request.append.push_back(log.entries.back());
    }
    if (log.entries.size() > compact_above_ && random() % 3 == 0) {
      const std::size_t drop = log.entries.size() / 2;
      log.base = {log.entries[drop - 1].index, log.entries[drop - 1].term};
      log.entries.erase(log.entries.begin(), log.entries.begin() + static_cast<long>(drop));
      request.compact_to = log.base;
    }
    return request;
  }

  consensus::RestoredLog log;
  std::mt19937_64 random;
  consensus::PersistSeq seq;

 private:
  std::size_t compact_above_;
};

inline bool same_log(const consensus::RestoredLog& a, const consensus::RestoredLog& b) {
  return a.hard_state == b.hard_state && a.base == b.base && a.entries == b.entries &&
         a.founders == b.founders && !a.damaged && !b.damaged;
}

}  // namespace confman::sqlite
