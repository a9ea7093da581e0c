#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "consensus/effect.hpp"
#include "consensus/hash_chain.hpp"
#include "consensus/ports/log_store.hpp"

namespace confman::sim {

// An entry with the chain value of its record.
struct ChainedEntry {
  consensus::Entry entry;
  std::uint64_t chain{};
};

// The content of a log store, as a value.
struct LogImage {
  consensus::HardState hard_state;
  std::optional<consensus::FounderRecord> founders;
  consensus::LogId base;
  std::uint64_t base_chain = consensus::kFirstChain;
  std::deque<ChainedEntry> entries;  // base.index + 1, …

  std::uint64_t last_index() const { return base.index.value + entries.size(); }
  // Nothing if the index is behind the end or before the base.
  std::optional<consensus::Term> term_at(std::uint64_t index) const;
  std::optional<std::uint64_t> chain_at(std::uint64_t index) const;
  const ChainedEntry* find(std::uint64_t index) const;

  void truncate_from(std::uint64_t index);
  void reset_to(const consensus::LogPoint& at);
  void append(const consensus::Entry& entry);
  void compact_to(consensus::LogId upto);
  void rebase_to(const consensus::LogPoint& at);
};

// One atomic request. What it fills in was there: of damage an image knows nothing.
void carry_out(LogImage& image, const consensus::PersistRequest& request);

}  // namespace confman::sim
