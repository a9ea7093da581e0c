#include "sim/oracle/audit_complete.hpp"

#include <string>

#include "domain/cluster/cluster.hpp"
#include "domain/command/command.hpp"
#include "domain/state/meta.hpp"
#include "sim/failure.hpp"

namespace confman::sim {
namespace {

struct Expected {
  std::uint64_t least = 0;
  std::uint64_t most = 0;
};

// A publication leaves one for each change, and one or two of its own, and so does the rollback of
// a namespace; a request that is submitted as it is made leaves two. Which ones, and that it is all
// of them, says the reference.
std::uint64_t most_of(const domain::Command& command) {
  if (std::holds_alternative<domain::RollbackNamespace>(command.body)) {
    return domain::kMaxRollbackChanges + 1;
  }
  const auto* create = std::get_if<domain::CreateRequest>(&command.body);
  if (create != nullptr) return create->submit ? 2 : 1;
  const bool may_publish = std::holds_alternative<domain::StepRequest>(command.body) ||
                           std::holds_alternative<domain::PublishDue>(command.body);
  return may_publish ? domain::kMaxChanges + 2 : 1;
}

Expected events_of(const consensus::Entry& entry) {
  switch (entry.kind) {
    case consensus::EntryKind::Noop:
    case consensus::EntryKind::FeatureLevel:
      return {0, 0};
    case consensus::EntryKind::Membership: {
      const auto change = consensus::decode_membership_change(*entry.payload);
      const std::uint64_t asked = change && !change->note.empty() ? 1 : 0;
      return {asked, asked};
    }
    case consensus::EntryKind::Command: {
      const auto command = domain::decode_command(*entry.payload);
      const bool may_be_replay = command && !command->idempotency_key.empty();
      return {may_be_replay ? 0U : 1U, command ? most_of(*command) : 1};
    }
  }
  return {};
}

}  // namespace

void AuditComplete::applied(const consensus::Entry& entry, std::uint64_t events) {
  const std::uint64_t left = events - events_;
  events_ = events;
  if (entry.kind == consensus::EntryKind::Command && left == 1) return;  // whatever it says
  const Expected expected = events_of(entry);
  if (left >= expected.least && left <= expected.most) return;
  broken("audit-complete", "Entry " + std::to_string(entry.index.value) + " left " +
                               std::to_string(left) + " audit events, and should have left " +
                               std::to_string(expected.most) + ".");
}

void AuditComplete::check_chain(const domain::StateStore& state) {
  const domain::MetaRow meta = domain::meta_of(state);
  Sha256Digest head{};
  std::uint64_t events = 0;
  state.scan(domain::Table::Audit, {}, {}, [&](ByteView, ByteView value) {
    const auto row = domain::decode_audit_row(value);
    if (!row) broken("audit-chain", "An audit event does not decode.");
    if (row->chain != domain::chain_after(head, *row)) {
      broken("audit-chain", "The audit trail is broken at event " + domain::audit_id(*row) + ".");
    }
    head = row->chain;
    ++events;
    return true;
  });
  if (events == meta.audit_events && head == meta.audit_head) return;
  broken("audit-chain", "The audit trail holds " + std::to_string(events) + " events, and " +
                            std::to_string(meta.audit_events) + " were recorded.");
}

}  // namespace confman::sim
