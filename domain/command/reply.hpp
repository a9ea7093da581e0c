#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>

#include "domain/base/bytes.hpp"
#include "domain/codec/record.hpp"
#include "domain/limits.hpp"

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
  // What stands in the way: of a quota its namespace, of a rollback of a namespace the key.
  std::string about;
  // Of a quota that would be exceeded.
  std::uint64_t limit{};
  std::uint64_t used{};
  std::uint64_t asked{};    // what would be used
  std::uint64_t changed{};  // of a rollback of a namespace: how many entries

  template <class Self, class Visit>
  static void for_each_field(Self& reply, Visit&& visit) {
    visit(Field{1, "refusal"}, reply.refusal);
    visit(Field{2, "revision"}, reply.revision);
    visit(Field{4, "version"}, reply.version);
    visit(Field{5, "created"}, reply.created);
    visit(Field{6, "replayed"}, reply.replayed);
    visit(Field{7, "refused_change"}, reply.refused_change);
    visit(Text{20, "about", kMaxPathBytes}, reply.about);
    visit(Field{21, "limit"}, reply.limit);
    visit(Field{22, "used"}, reply.used);
    visit(Field{23, "asked"}, reply.asked);
    visit(Field{24, "changed"}, reply.changed);
  }
  friend bool operator==(const Reply&, const Reply&) = default;
};
Bytes encode(const Reply&);
std::expected<Reply, DecodeFault> decode_reply(ByteView);

}  // namespace confman::domain
