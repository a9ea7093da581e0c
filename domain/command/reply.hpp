#pragma once

#include <cstdint>
#include <expected>
#include <optional>

#include "domain/base/bytes.hpp"
#include "domain/codec/record.hpp"

namespace confman::domain {

// What a client learns of its command once it is applied. Kept whole in the Outcome table when the
// command carries an idempotency key.
struct Reply {
  std::optional<Refusal> refusal;  // nothing: done
  Revision revision;               // of the entry that decided it; a replay gives the first one's
  std::uint64_t version{};  // the new version; on VersionMismatch and EntryExists the current
  bool created = false;     // there was no live one before
  // Answered from the Outcome table, so never true of what lies there. Travels from the leader to
  // the follower that passed the write on.
  bool replayed = false;
  // Of a request that can't be published: which of its changes was refused, from 1 on; 0: none.
  std::uint32_t refused_change{};

  template <class Self, class Visit>
  static void for_each_field(Self& reply, Visit&& visit) {
    visit(Field{1, "refusal"}, reply.refusal);
    visit(Field{2, "revision"}, reply.revision);
    visit(Field{4, "version"}, reply.version);
    visit(Field{5, "created"}, reply.created);
    visit(Field{6, "replayed"}, reply.replayed);
    visit(Field{7, "refused_change"}, reply.refused_change);
  }
  friend bool operator==(const Reply&, const Reply&) = default;
};
Bytes encode(const Reply&);
std::expected<Reply, DecodeFault> decode_reply(ByteView);

}  // namespace confman::domain
