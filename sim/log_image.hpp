#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "consensus/effect.hpp"
#include "consensus/hash_chain.hpp"
#include "consensus/ports/log_store.hpp"

namespace confman::sim {

// An entry with the chain value of its record, which here is the same on all nodes: two logs that
// agree on a chain value agree up to there.
struct ChainedEntry {
  consensus::Entry entry;
  std::uint64_t chain{};
};

// What a log store holds, as a value.
struct LogImage {
  consensus::HardState hard_state;
  std::optional<consensus::FounderRecord> founders;
  consensus::LogId base;
  std::uint64_t base_chain = consensus::first_chain(0, {});
  std::deque<ChainedEntry> entries;  // base.index + 1, …

  std::uint64_t last_index() const { return base.index.value + entries.size(); }
  // Nothing if the index is behind the end or before the base.
  std::optional<consensus::Term> term_at(std::uint64_t index) const;
  std::optional<std::uint64_t> chain_at(std::uint64_t index) const;
  const ChainedEntry* find(std::uint64_t index) const;

  void truncate_from(std::uint64_t index);
  void reset_to(consensus::LogId at, std::uint64_t chain);
  void append(const consensus::Entry& entry);
  void compact_to(consensus::LogId upto);
  void rebase_to(consensus::LogId at, std::uint64_t chain);

};

// Carries out one atomic request. `chain_of` tells the chain value of a log prefix that a snapshot
// replaced (a reset drops the entries that it would follow from).
template <class ChainOf>
void carry_out(LogImage& image, const consensus::PersistRequest& request, ChainOf&& chain_of) {
  if (request.founders) image.founders = request.founders;
  if (request.reset_to) image.reset_to(*request.reset_to, chain_of(*request.reset_to));
  if (request.truncate_from) image.truncate_from(request.truncate_from->value);
  for (const consensus::Entry& entry : request.append) image.append(entry);
  if (request.hard_state) image.hard_state = *request.hard_state;
  if (request.compact_to) image.compact_to(*request.compact_to);
  // What is filled in is what was there; and what is kept of a log that begins anew, too.
  if (request.rebase) image.rebase_to(request.rebase->base, chain_of(request.rebase->base));
}

}  // namespace confman::sim
