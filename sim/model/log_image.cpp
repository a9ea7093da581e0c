#include "sim/model/log_image.hpp"

#include "consensus/hash_chain.hpp"
#include "domain/base/assert.hpp"

namespace confman::sim {

using consensus::LogId;
using consensus::Term;

const ChainedEntry* LogImage::find(std::uint64_t index) const {
  if (index <= base.index.value || index > last_index()) return nullptr;
  return &entries[index - base.index.value - 1];
}

std::optional<Term> LogImage::term_at(std::uint64_t index) const {
  if (index == base.index.value) return base.term;
  const ChainedEntry* found = find(index);
  return found ? std::optional(found->entry.term) : std::nullopt;
}

std::optional<std::uint64_t> LogImage::chain_at(std::uint64_t index) const {
  if (index == base.index.value) return base_chain;
  const ChainedEntry* found = find(index);
  return found ? std::optional(found->chain) : std::nullopt;
}

void LogImage::truncate_from(std::uint64_t index) {
  CONFMAN_ASSERT(index > base.index.value, "What has been compacted away is not truncated.");
  while (last_index() >= index) entries.pop_back();
}

void LogImage::reset_to(const consensus::LogPoint& at) {
  entries.clear();
  base = at.id;
  base_chain = at.chain;
}

void LogImage::append(const consensus::Entry& entry) {
  CONFMAN_ASSERT(entry.index.value == last_index() + 1, "A log store is appended to at its end.");
  const std::uint64_t before = entries.empty() ? base_chain : entries.back().chain;
  entries.push_back({entry, consensus::next_chain(before, entry)});
}

void LogImage::compact_to(LogId upto) {
  if (upto.index <= base.index) return;
  CONFMAN_ASSERT(upto.index.value <= last_index(), "Only what is in the log is compacted away.");
  base_chain = *chain_at(upto.index.value);
  entries.erase(entries.begin(),
                entries.begin() + static_cast<std::ptrdiff_t>(upto.index.value - base.index.value));
  base = upto;
}

void LogImage::rebase_to(const consensus::LogPoint& at) {
  while (!entries.empty() && base.index < at.id.index) {
    entries.pop_front();
    base.index = base.index.next();
  }
  base = at.id;
  base_chain = at.chain;
}

void carry_out(LogImage& image, const consensus::PersistRequest& request) {
  if (request.founders) image.founders = request.founders;
  if (request.reset_to) image.reset_to(*request.reset_to);
  if (request.truncate_from) image.truncate_from(request.truncate_from->value);
  for (const consensus::Entry& entry : request.append) image.append(entry);
  if (request.hard_state) image.hard_state = *request.hard_state;
  if (request.compact_to) image.compact_to(*request.compact_to);
  if (request.rebase) image.rebase_to(*request.rebase);
}

}  // namespace confman::sim
