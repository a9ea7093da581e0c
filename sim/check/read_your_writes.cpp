#include "sim/check/session.hpp"
#include "sim/check/session_order.hpp"

namespace confman::sim {

namespace {

constexpr const char* kProperty = "read_your_writes";

// Nothing if `read` shows `write` or something newer.
std::optional<Violation> missed(const OpRecord& read, const OpRecord& write) {
  const auto pair = [&] {
    return "The " + name_of(read) + " came after the " + name_of(write) + ", which made version " +
           std::to_string(write.version) + " at " + name_of(write.revision);
  };
  if (read.revision < write.revision) {
    return Violation{kProperty, pair() + ", but it reflects only " + name_of(read.revision) + "."};
  }
  if (read.key != write.key) {
    return std::nullopt;
  }
  if (read.version != 0 && read.version < write.version) {
    return Violation{kProperty,
                     pair() + ", but it found version " + std::to_string(read.version) + "."};
  }
  // Absence after a put takes somebody's later delete, hence a later revision.
  const bool put = write.kind == EntryAction::Kind::Put;
  if (put && read.version == 0 && read.revision.index == write.revision.index) {
    return Violation{kProperty, pair() + ", but at that very revision it found nothing."};
  }
  if (!put && read.version == write.version) {
    return Violation{kProperty, pair() + " as a tombstone, but it found that version alive."};
  }
  return std::nullopt;
}

}  // namespace

Violations check_read_your_writes(const std::vector<OpRecord>& operations) {
  Violations violations;
  for (const auto& [session, ops] : done_by_session(operations)) {
    Horizon written;
    for (std::size_t i = 0; i < ops.size(); ++i) {
      const OpRecord& read = *ops[i];
      if (!read.is_read()) {
        written.add(read);
        continue;
      }
      if (read.consistency == Consistency::Stale) {
        continue;
      }
      if (read.min_revision && read.revision < *read.min_revision) {
        violations.push_back({kProperty, "The " + name_of(read) + " asked for at least " +
                                             name_of(*read.min_revision) + " and reflects " +
                                             name_of(read.revision) + "."});
      }
      for (std::size_t k = 0; !written.cleared_by(read) && k < i; ++k) {
        const OpRecord& write = *ops[k];
        if (write.is_read() || write.returned >= read.called || !promises(read, write.revision)) {
          continue;
        }
        if (auto violation = missed(read, write)) {
          violations.push_back(std::move(*violation));
          break;  // one sentence per read is enough
        }
      }
    }
  }
  return violations;
}

}  // namespace confman::sim
