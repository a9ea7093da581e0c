#include "sim/oracle/storage_agrees.hpp"

#include <utility>
#include <vector>

#include "domain/catalogue.hpp"
#include "sim/failure.hpp"

namespace confman::sim {
namespace {

using consensus::Entry;
using consensus::LogId;
using consensus::RestoredLog;

std::string text_of(const LogId& id) {
  return std::to_string(id.term.value) + ":" + std::to_string(id.index.value);
}

LogId end_of(const LogImage& image) {
  if (image.entries.empty()) return image.base;
  const Entry& last = image.entries.back().entry;
  return {last.index, last.term};
}

LogId end_of(const RestoredLog& log) {
  if (log.damaged) return log.damaged->promised;
  return log.entries.empty() ? log.base : LogId{log.entries.back().index, log.entries.back().term};
}

// Judges one entry of a log of which some are lost. An older one in its place may be taken for
// whole if the next one is lost; what follows that will not fit it
// (consensus/raft/recv_repair.cpp). It may be of a later term than the one that was written over
// it: a deposed leader's own, in the place of which the next leader put what it had from before
// (Raft figure 8, (d)). But an index and a term name one entry.
std::string difference_of_entry(const Entry& written, const std::optional<Entry>& found,
                                const Injury& injury) {
  const std::string name = "entry " + std::to_string(written.index.value);
  if (found == written) return {};
  if (found && found->term == written.term) return name + " was never written like that";
  if (!injury.may_have_taken(written.index.value)) {
    return name + " is lost, and the disk was not damaged";
  }
  return {};
}

// Judges the entries behind the first that is lost.
std::string difference_of_tail(const LogImage& written, const consensus::DamagedTail& tail,
                               const Injury& injury) {
  const std::uint64_t first = tail.first().value;
  if (tail.slots.size() != written.last_index() + 1 - first) {
    return "the damaged part has " + std::to_string(tail.slots.size()) + " places";
  }
  const auto chain = written.chain_at(written.last_index());
  if (chain && tail.promised_chain != *chain) return "the chain value that was promised is another";
  for (std::size_t i = 0; i < tail.slots.size(); ++i) {
    const Entry& expected = written.find(first + i)->entry;
    std::string wrong = difference_of_entry(expected, tail.slots[i].entry, injury);
    if (!wrong.empty()) return wrong;
  }
  return {};
}

using Rows = std::vector<std::pair<Bytes, Bytes>>;

Rows rows_of(const domain::StateStore& state, domain::Table table) {
  Rows rows;
  state.scan(table, {}, {}, [&](ByteView key, ByteView value) {
    rows.emplace_back(key, value);
    return true;
  });
  return rows;
}

}  // namespace

std::string difference(const LogImage& written, const RestoredLog& found, const Injury& injury) {
  if (found.hard_state != written.hard_state) return "term or vote are others";
  if (found.founders != written.founders) return "the founders are others";
  if (found.base != written.base) {
    return "it begins behind " + text_of(found.base) + ", not " + text_of(written.base);
  }
  if (end_of(found) != end_of(written)) {
    return "it ends at " + text_of(end_of(found)) + ", not " + text_of(end_of(written));
  }
  for (const Entry& entry : found.entries) {
    const ChainedEntry* expected = written.find(entry.index.value);
    const std::string name = "entry " + std::to_string(entry.index.value);
    if (expected == nullptr) return name + " was never written";
    std::string wrong = difference_of_entry(expected->entry, entry, injury);
    if (!found.damaged && !(expected->entry == entry)) wrong = name + " is another";
    if (!wrong.empty()) return wrong;
  }
  return found.damaged ? difference_of_tail(written, *found.damaged, injury) : std::string();
}

std::string difference(const domain::StateStore& written, const domain::StateStore& found) {
  for (std::size_t i = 0; i < domain::kTableCount; ++i) {
    const auto table = static_cast<domain::Table>(i);
    const Rows expected = rows_of(written, table);
    const Rows rows = rows_of(found, table);
    if (rows == expected) continue;
    return "table " + std::to_string(i) + " has " + std::to_string(rows.size()) + " rows, where " +
           std::to_string(expected.size()) + " were written, or other ones";
  }
  return {};
}

void must_agree(int node, const std::string& what, const std::string& difference) {
  if (difference.empty()) return;
  broken("storage-agrees", "Node " + std::to_string(node + 1) + " found " + what +
                               " other than it was written: " + difference + ".");
}

void must_not_refuse(int node, const std::string& refusal) {
  broken("storage-agrees", "Node " + std::to_string(node + 1) +
                               " doesn't start, and its disk was not damaged: " + refusal);
}

}  // namespace confman::sim
