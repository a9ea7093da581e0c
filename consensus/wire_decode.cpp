#include <array>

#include "consensus/wire.hpp"

// The message on the wire is laid out in wire_encode.cpp.
namespace confman::consensus {
namespace {

// Remembers the first fault; what is read after it is empty.
class Decoder {
 public:
  explicit Decoder(ByteView in) : r_(in), fault_{}, failed_(false) {}

  ByteReader& reader() { return r_; }
  bool failed() const { return failed_ || !r_.ok(); }
  WireFault fault() const { return failed_ ? fault_ : WireFault::Truncated; }
  void fail(WireFault fault) {
    if (!failed()) {
      fault_ = fault;
      failed_ = true;
    }
    r_.fail();
  }
  // A relation that holds in every honest message; a reader that has failed already isn't asked.
  void require(bool condition, WireFault otherwise) {
    if (r_.ok() && !condition) fail(otherwise);
  }

  LogId log_id() {
    LogId id;
    id.index = LogIndex{r_.varint()};
    id.term = Term{r_.varint()};
    return id;
  }
  // Before the first entry there is no term, and after it there is one.
  LogId consistent_log_id(WireFault otherwise) {
    const LogId id = log_id();
    require(static_cast<bool>(id.index) == static_cast<bool>(id.term), otherwise);
    return id;
  }
  Payload payload(std::size_t max_size, WireFault otherwise) {
    const std::uint64_t size = r_.varint();
    require(size <= max_size && size <= r_.remaining(), otherwise);
    return make_payload(Bytes(r_.ok() ? r_.raw(size) : ByteView{}));
  }
  Condition condition() {
    const std::uint8_t value = r_.u8();
    require(value <= static_cast<std::uint8_t>(kLastCondition), WireFault::BadCondition);
    return static_cast<Condition>(value);
  }
  // Contiguous behind `previous`; of terms that don't decrease, and none above `newest`.
  std::vector<Entry> entries(LogId previous, Term newest) {
    std::vector<Entry> result;
    const std::uint64_t count = r_.varint();
    require(count <= kMaxAppendEntries, WireFault::TooManyEntries);
    std::size_t bytes = 0;
    for (std::uint64_t i = 0; i < count && !failed(); ++i) {
      Entry entry;
      const LogId id = log_id();
      require(previous.index.value != UINT64_MAX && id.index == previous.index.next(),
              WireFault::NonContiguousEntries);
      require(id.term <= newest, WireFault::EntryTermTooHigh);
      require(id.term && id.term >= previous.term, WireFault::NonMonotonicTerms);
      const std::uint8_t kind = r_.u8();
      require(kind <= static_cast<std::uint8_t>(kLastEntryKind), WireFault::BadEntryKind);
      entry.index = id.index;
      entry.term = id.term;
      entry.kind = static_cast<EntryKind>(kind);
      entry.payload = payload(kMaxPayloadBytes, WireFault::BadEntryLength);
      require(entry.kind != EntryKind::Membership || decode_membership_change(*entry.payload),
              WireFault::BadMembership);
      bytes += entry.payload->size();
      require(bytes <= kMaxAppendBytes, WireFault::TooManyBytes);
      previous = id;
      result.push_back(std::move(entry));
    }
    return result;
  }

 private:
  ByteReader r_;
  WireFault fault_;
  bool failed_;
};

void get(Decoder& d, Term term, VoteRequest& b) {
  b.pre_vote = d.reader().boolean();
  b.last = d.consistent_log_id(WireFault::InconsistentVoteRequest);
  d.require(b.last.term <= term && b.last.index.value != UINT64_MAX,
            WireFault::InconsistentVoteRequest);
  b.transfer = d.reader().boolean();
}

void get(Decoder& d, Term, VoteReply& b) {
  b.pre_vote = d.reader().boolean();
  b.granted = d.reader().boolean();
}

void get(Decoder& d, Term term, AppendRequest& b) {
  b.prev = d.consistent_log_id(WireFault::InconsistentPrev);
  d.require(b.prev.term <= term, WireFault::InconsistentPrev);
  b.commit = LogIndex{d.reader().varint()};
  b.round = d.reader().varint();
  b.entries = d.entries(b.prev, term);
}

void get(Decoder& d, Term, AppendReply& b) {
  b.success = d.reader().boolean();
  b.match = LogIndex{d.reader().varint()};
  b.hint = d.log_id();
  b.round = d.reader().varint();
  b.condition = d.condition();
}

void get(Decoder& d, Term, Heartbeat& b) {
  b.commit = LogIndex{d.reader().varint()};
  b.match = LogIndex{d.reader().varint()};
  b.round = d.reader().varint();
}

void get(Decoder& d, Term, HeartbeatReply& b) {
  b.round = d.reader().varint();
  b.condition = d.condition();
  b.feature_level = d.reader().varint();
}

void get(Decoder& d, Term, ReadIndexRequest& b) {
  b.id = ReadId{d.reader().varint()};
}

void get(Decoder& d, Term, ReadIndexReply& b) {
  b.id = ReadId{d.reader().varint()};
  b.ok = d.reader().boolean();
  b.index = LogIndex{d.reader().varint()};
}

void get(Decoder& d, Term term, SnapshotChunk& b) {
  b.meta.last = d.consistent_log_id(WireFault::BadSnapshotMeta);
  d.require(b.meta.last.index && b.meta.last.term <= term, WireFault::BadSnapshotMeta);
  b.meta.chain = d.reader().u64();
  b.meta.membership = d.reader().bytes(kMaxMembershipBytes);
  d.require(decode_membership(b.meta.membership).has_value(), WireFault::BadSnapshotMeta);
  b.meta.feature_level = d.reader().varint();
  b.meta.size = d.reader().varint();
  d.require(b.meta.size <= kMaxSnapshotBytes, WireFault::BadSnapshotMeta);
  b.meta.checksum = d.reader().u32();
  b.offset = d.reader().varint();
  b.crc = d.reader().u32();
  b.data = d.payload(kMaxSnapshotChunkBytes, WireFault::BadSnapshotChunk);
  d.require(b.offset <= b.meta.size && b.data->size() <= b.meta.size - b.offset,
            WireFault::BadSnapshotChunk);
  b.round = d.reader().varint();
  b.repair_id = d.reader().u64();
}

void get(Decoder& d, Term, SnapshotReply& b) {
  b.last = d.log_id();
  b.next_offset = d.reader().varint();
  const std::uint8_t status = d.reader().u8();
  d.require(status <= static_cast<std::uint8_t>(SnapshotStatus::Rejected),
            WireFault::BadSnapshotStatus);
  b.status = static_cast<SnapshotStatus>(status);
  b.round = d.reader().varint();
}

void get(Decoder&, Term, TimeoutNow&) {}

void get(Decoder& d, Term, Introduction& b) {
  b.wants_answer = d.reader().boolean();
  const std::uint64_t count = d.reader().varint();
  d.require(count <= kMaxMembers, WireFault::BadIntroduction);
  for (std::uint64_t i = 0; i < count && !d.failed(); ++i) {
    NodeId founder;
    founder.member = MemberId{d.reader().varint()};
    founder.incarnation = d.reader().u64();
    d.require(b.founders.empty() ? static_cast<bool>(founder.member)
                                 : b.founders.back().member < founder.member,
              WireFault::BadIntroduction);
    b.founders.push_back(founder);
  }
  b.founded = d.reader().boolean();
  b.committed = LogIndex{d.reader().varint()};
  b.member = d.reader().boolean();
}

void get(Decoder& d, Term, RepairRequest& b) {
  b.id = d.reader().u64();
  b.from = LogIndex{d.reader().varint()};
  b.to = LogIndex{d.reader().varint()};
  d.require(b.from && b.from <= b.to && b.to.value != UINT64_MAX, WireFault::BadRepair);
  const LogId snapshot = d.consistent_log_id(WireFault::BadRepair);
  if (snapshot.index) b.snapshot = snapshot;
  b.offset = d.reader().varint();
}

void get(Decoder& d, Term, RepairReply& b) {
  b.id = d.reader().u64();
  b.from = LogIndex{d.reader().varint()};
  d.require(b.from && b.from.value != UINT64_MAX, WireFault::BadRepair);
  const std::uint8_t verdict = d.reader().u8();
  d.require(verdict <= static_cast<std::uint8_t>(RepairVerdict::Compacted), WireFault::BadRepair);
  b.verdict = static_cast<RepairVerdict>(verdict);
  b.leads = d.reader().boolean();
  b.whole = d.reader().boolean();
  b.last = d.consistent_log_id(WireFault::BadRepair);
  b.membership = d.reader().bytes(kMaxMembershipBytes);
  d.require(b.membership.empty() || decode_membership(b.membership), WireFault::BadRepair);
  b.named_at = LogIndex{d.reader().varint()};
  b.prev = d.consistent_log_id(WireFault::BadRepair);
  b.snapshot = d.consistent_log_id(WireFault::BadRepair);
  b.entries = d.entries({b.from.prev(), b.prev.term}, Term{UINT64_MAX});
  d.require((b.verdict == RepairVerdict::Entries) == !b.entries.empty(), WireFault::BadRepair);
}

template <class Body>
MessageBody get_body(Decoder& d, Term term) {
  Body body;
  get(d, term, body);
  return body;
}

template <std::size_t... Position>
MessageBody get_body(Decoder& d, Term term, std::uint8_t type, std::index_sequence<Position...>) {
  using Getter = MessageBody (*)(Decoder&, Term);
  static constexpr std::array<Getter, sizeof...(Position)> kGetters = {
      &get_body<std::variant_alternative_t<Position, MessageBody>>...};
  return kGetters[type - 1u](d, term);
}

}  // namespace

std::expected<Message, WireFault> decode_message(ByteView bytes) {
  constexpr std::size_t kTypes = std::variant_size_v<MessageBody>;
  if (bytes.size() > kMaxMessageBytes) return std::unexpected(WireFault::TooManyBytes);
  Decoder d(bytes);
  d.require(d.reader().u8() == kWireVersion, WireFault::BadVersion);
  Message message;
  message.group = GroupId{d.reader().varint()};
  message.from.member = MemberId{d.reader().varint()};
  message.from.incarnation = d.reader().u64();
  message.to.member = MemberId{d.reader().varint()};
  message.to.incarnation = d.reader().u64();
  d.require(message.from.member && message.to.member, WireFault::BadMember);
  message.term = Term{d.reader().varint()};
  const std::uint8_t type = d.reader().u8();
  d.require(type >= 1 && type <= kTypes, WireFault::UnknownType);
  if (d.failed()) return std::unexpected(d.fault());
  message.body = get_body(d, message.term, type, std::make_index_sequence<kTypes>{});
  d.require(message.term || may_be_of_no_term(message.body), WireFault::BadTerm);
  d.require(d.reader().at_end(), WireFault::BadLength);
  if (d.failed()) return std::unexpected(d.fault());
  return message;
}

const char* name_of(WireFault fault) {
  switch (fault) {
    case WireFault::BadVersion:
      return "bad_version";
    case WireFault::UnknownType:
      return "unknown_type";
    case WireFault::Truncated:
      return "truncated_frame";
    case WireFault::BadLength:
      return "bad_length";
    case WireFault::BadTerm:
      return "bad_term";
    case WireFault::BadMember:
      return "bad_member";
    case WireFault::TooManyEntries:
      return "too_many_entries";
    case WireFault::TooManyBytes:
      return "frame_too_large";
    case WireFault::BadEntryKind:
      return "bad_entry_kind";
    case WireFault::BadEntryLength:
      return "bad_entry_length";
    case WireFault::NonContiguousEntries:
      return "non_contiguous_entries";
    case WireFault::EntryTermTooHigh:
      return "entry_term_too_high";
    case WireFault::NonMonotonicTerms:
      return "non_monotonic_terms";
    case WireFault::InconsistentPrev:
      return "inconsistent_prev";
    case WireFault::InconsistentVoteRequest:
      return "inconsistent_vote_request";
    case WireFault::BadSnapshotMeta:
      return "bad_snapshot_meta";
    case WireFault::BadSnapshotChunk:
      return "bad_snapshot_chunk";
    case WireFault::BadSnapshotStatus:
      return "bad_snapshot_status";
    case WireFault::BadMembership:
      return "bad_membership";
    case WireFault::BadCondition:
      return "bad_condition";
    case WireFault::BadIntroduction:
      return "bad_introduction";
    case WireFault::BadRepair:
      return "bad_repair";
  }
  return "unknown";
}

}  // namespace confman::consensus
