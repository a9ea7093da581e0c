#include <functional>
#include <gtest/gtest.h>

#include "domain/codec/fields.hpp"
#include "domain/limits.hpp"
#include "tests/domain/support.hpp"

namespace confman::domain {
namespace {

std::string text(Random& random, std::size_t below) {
  std::string s(random.below(below), 'a');
  for (char& c : s) c = static_cast<char>('a' + random.below(26));
  return s;
}

Labels labels(Random& random) {
  Labels labels;
  for (std::uint64_t i = 0; i < random.below(4); ++i) {
    labels.emplace_back(std::string(1, static_cast<char>('a' + i)), text(random, 5));
  }
  return labels;
}

Precondition precondition(Random& random) {
  switch (random.below(4)) {
    case 0:
      return if_version(random.below(3));
    case 1:
      return if_absent();
    case 2:
      return if_exists();
    default:
      return {};
  }
}

Actor actor(Random& random) {
  return {static_cast<ActorType>(random.below(4)), text(random, 5), text(random, 3)};
}

HlcStamp stamp(Random& random) {
  return {static_cast<std::int64_t>(random.next() >> random.below(64)),
          static_cast<std::uint32_t>(random.next() >> (32 + random.below(32)))};
}

Revision revision(Random& random) {
  return {random.below(3), random.next() >> random.below(64)};
}

Sha256Digest digest(Random& random) {
  return sha256(text(random, 9));
}

CommandBody body(Random& random) {
  switch (random.below(21)) {
    case 20:
      return NoteReading{text(random, 5), text(random, 5), random.below(3)};
    case 10:
      return PutQuota{text(random, 5), precondition(random), random.below(3), random.below(3)};
    case 11:
      return DeleteQuota{text(random, 5), precondition(random)};
    case 12:
      return RollbackNamespace{text(random, 5), text(random, 5), revision(random),
                               static_cast<std::int64_t>(random.below(3)), random.below(3)};
    case 13:
      return PutRetention{text(random, 5), precondition(random), random.below(3),
                          static_cast<std::int64_t>(random.below(3))};
    case 14:
      return DeleteRetention{text(random, 5), precondition(random)};
    case 15:
      return DestroyVersion{text(random, 5), text(random, 5), random.below(3), text(random, 9)};
    case 16:
      return CreateRestorePoint{text(random, 5), text(random, 9)};
    case 17:
      return DeleteRestorePoint{text(random, 5)};
    case 18:
      return DoChore{text(random, 5), static_cast<std::int64_t>(random.below(3)), random.below(3)};
    case 19:
      return RewrapKeys{text(random, 5), text(random, 400)};
    case 6:
      return PutSchema{text(random, 5), text(random, 5), text(random, 400), precondition(random),
                       random.below(2)};
    case 7:
      return DeleteSchema{text(random, 5), text(random, 5), precondition(random)};
    case 8:
      return PutBinding{text(random, 5), text(random, 40), precondition(random), random.next()};
    case 9:
      return DeleteBinding{text(random, 5), precondition(random), random.below(2)};
    case 5:
      return RollbackEntry{text(random, 5),      text(random, 5),
                           precondition(random), random.below(3),
                           revision(random),     static_cast<std::int64_t>(random.below(3)),
                           random.below(3)};
    case 4:
      return NoteRefusedChange{Action::MemberDemoted, text(random, 5), Refusal::LastVoter};
    case 0:
      return PutEntry{text(random, 5), text(random, 5), text(random, 5),      text(random, 400),
                      labels(random),  text(random, 5), precondition(random), random.below(3),
                      random.below(4), text(random, 40)};
    case 1:
      return DeleteEntry{text(random, 5), text(random, 5), precondition(random), random.below(3)};
    case 2:
      return PutNamespace{text(random, 5), text(random, 5),      text(random, 5),
                          labels(random),  precondition(random), random.below(3)};
    default:
      return DeleteNamespace{text(random, 5), precondition(random)};
  }
}

Command command(Random& random) {
  Command made{stamp(random), actor(random), text(random, 4), text(random, 4), body(random), {}};
  if (random.one_in(2)) made.api_key = digest(random);
  return made;
}

EntryRow entry_row(Random& random) {
  return {random.below(3),   random.one_in(2), revision(random), text(random, 5),
          text(random, 300), labels(random),   text(random, 5),  actor(random),
          stamp(random),     stamp(random),    random.one_in(2)};
}

NamespaceRow namespace_row(Random& random) {
  return {text(random, 5),  text(random, 5), labels(random),   random.below(3),
          revision(random), actor(random),   stamp(random),    stamp(random),
          random.below(3),  random.below(3), random.one_in(2), random.below(3)};
}

AuditRow audit_row(Random& random) {
  AuditRow row;
  row.revision = revision(random);
  row.ordinal = static_cast<std::uint32_t>(random.below(2));
  row.stamp = stamp(random);
  row.action = static_cast<Action>(1 + random.below(6));
  if (random.one_in(2)) row.refusal = static_cast<Refusal>(random.below(10));
  row.actor = actor(random);
  row.path = text(random, 4);
  row.key = text(random, 4);
  row.previous_version = random.below(2);
  row.new_version = random.below(2);
  if (random.one_in(2)) row.previous_value = digest(random);
  if (random.one_in(2)) row.new_value = digest(random);
  row.request_id = text(random, 4);
  if (random.one_in(2)) row.chain = digest(random);
  row.restored_version = random.below(3);
  return row;
}

OutcomeRow outcome_row(Random& random) {
  return {random.below(2), stamp(random), text(random, 5)};
}

MetaRow meta_row(Random& random) {
  return {revision(random),
          random.next(),
          stamp(random),
          random.below(2),
          random.next(),
          digest(random),
          random.below(2),
          random.below(2),
          random.below(2),
          random.below(2),
          static_cast<std::int64_t>(random.below(2))};
}

Reply reply(Random& random) {
  Reply reply;
  if (random.one_in(2)) reply.refusal = static_cast<Refusal>(random.below(10));
  reply.revision = revision(random);
  reply.version = random.below(2);
  reply.created = random.one_in(2);
  reply.about = text(random, 4);
  reply.limit = random.below(2);
  reply.used = random.below(2);
  reply.asked = random.below(2);
  reply.changed = random.below(2);
  return reply;
}

// Each property holds for every encoding of the domain.
template <class T>
struct Codec {
  std::function<T(Random&)> make;
  std::function<std::expected<T, DecodeFault>(ByteView)> decode;
};

template <class T>
void check_codec(const Codec<T>& codec) {
  Random random(7);
  for (int round = 0; round < 300; ++round) {
    const T value = codec.make(random);
    const Bytes bytes = encode(value);
    const auto back = codec.decode(bytes);
    ASSERT_TRUE(back);
    ASSERT_EQ(*back, value);

    // Cut anywhere, it is refused or it is the canonical form of something else.
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      const auto cut = codec.decode(ByteView(bytes).substr(0, size));
      if (cut) {
        ASSERT_EQ(encode(*cut), bytes.substr(0, size));
      }
    }
    // Damaged anywhere, it is refused, or it is the canonical form of something else, perhaps with
    // a field behind the known ones.
    Bytes damaged = bytes;
    damaged[random.below(damaged.size())] ^= static_cast<char>(1 << random.below(8));
    const auto other = codec.decode(damaged);
    if (other) {
      ASSERT_TRUE(damaged.starts_with(encode(*other)));
    }

    // A newer build's field behind the known ones is skipped.
    Bytes newer = bytes;
    FieldWriter(newer).bytes(1000, "from the future");
    const auto skipped = codec.decode(newer);
    ASSERT_TRUE(skipped);
    ASSERT_EQ(*skipped, value);

    Bytes other_format = bytes;
    other_format[0] = 2;
    ASSERT_EQ(codec.decode(other_format).error(), DecodeFault::UnsupportedVersion);
  }
  EXPECT_EQ(codec.decode("").error(), DecodeFault::Truncated);
}

TEST(Codec, Command) {
  check_codec<Command>({command, decode_command});
}
TEST(Codec, NamespaceRow) {
  check_codec<NamespaceRow>(
      {namespace_row, [](ByteView bytes) { return decode_namespace_row(bytes); }});
}
TEST(Codec, EntryRow) {
  check_codec<EntryRow>({entry_row, [](ByteView bytes) { return decode_entry_row(bytes); }});
}
TEST(Codec, AuditRow) {
  check_codec<AuditRow>({audit_row, [](ByteView bytes) { return decode_audit_row(bytes); }});
}
TEST(Codec, OutcomeRow) {
  check_codec<OutcomeRow>({outcome_row, [](ByteView bytes) { return decode_outcome_row(bytes); }});
}
TEST(Codec, MetaRow) {
  check_codec<MetaRow>({meta_row, [](ByteView bytes) { return decode_meta_row(bytes); }});
}
TEST(Codec, Reply) {
  check_codec<Reply>({reply, decode_reply});
}

// The formats are on disks and wires: if one of these changes, what is stored can't be read.
TEST(Codec, GoldenCommand) {
  PutEntry put;
  put.path = "/a";
  put.key = "k";
  put.content_type = "t";
  put.value = "v";
  put.labels = {{"l", "m"}};
  put.description = "d";
  put.precondition = if_version(0);
  const Command command{{0x0102, 3}, {ActorType::User, "u", "i"}, "idem", "r", put};
  EXPECT_EQ(to_hex(encode(command)),
            "01"
            "0201000000000000"
            "03000000"
            "01"
            "010101"
            "020175"
            "030169"
            "04046964656d"
            "050172"
            "10022f61"
            "11016b"
            "120100"
            "150164"
            "16"
            "04"
            "016c016d"
            "170174"
            "180176");
  PutNamespace ns;
  ns.path = "/n";
  ns.owner = "o";
  ns.precondition = if_absent();
  EXPECT_EQ(to_hex(encode(Command{{}, {}, {}, {}, ns})),
            "01"
            "0000000000000000"
            "00000000"
            "03"
            "10022f6e"
            "130101"
            "19016f");
  EXPECT_EQ(to_hex(encode(Command{{}, {}, {}, {}, DeleteEntry{"/n", "k", if_exists()}})),
            "01"
            "0000000000000000"
            "00000000"
            "02"
            "10022f6e"
            "11016b"
            "140101");
  EXPECT_EQ(to_hex(encode(Command{{}, {}, {}, {}, DeleteNamespace{"/n", {}}})),
            "01"
            "0000000000000000"
            "00000000"
            "04"
            "10022f6e");
}

TEST(Codec, GoldenRows) {
  EntryRow entry;
  entry.version = 300;
  entry.deleted = true;
  entry.revision = {1, 2};
  entry.value = "v";
  entry.created_at = {4, 5};
  entry.updated_at = {6, 7};
  EXPECT_EQ(to_hex(encode(entry)),
            "01"
            "0102ac02"
            "020101"
            "030101"
            "040102"
            "060176"
            "0c0104"
            "0d0105"
            "0e0106"
            "0f0107");
  // As it lies in the Outcome table; a replay, which only travels, has one field more.
  Reply reply{Refusal::NamespaceNotFound, {1, 2}, 3, true, false};
  EXPECT_EQ(to_hex(encode(reply)),
            "01"
            "010101"
            "020101"
            "030102"
            "040103"
            "050101");
  reply.replayed = true;
  EXPECT_TRUE(to_hex(encode(reply)).ends_with("060101"));
  OutcomeRow outcome{9, {10, 0}, "r"};
  EXPECT_EQ(to_hex(encode(outcome)),
            "01"
            "010109"
            "02010a"
            "040172");
  NamespaceRow ns;
  ns.version = 1;
  ns.author.type = ActorType::System;
  ns.children = 2;
  EXPECT_EQ(to_hex(encode(ns)),
            "01"
            "040101"
            "070103"
            "0f0102");
}

TEST(Codec, GoldenAuditChain) {
  AuditRow row;
  row.revision = {1, 2};
  row.action = Action::ConfigDeleted;
  row.path = "/a";
  const Sha256Digest before{};
  EXPECT_EQ(to_hex(encode(row)),
            "01"
            "010101"
            "020102"
            "060103"
            "0b022f61");
  const Sha256Digest chain = chain_after(before, row);
  EXPECT_EQ(chain, sha256(std::string(32, '\0') + encode(row)));
  row.chain = chain;
  EXPECT_EQ(chain_after(before, row), chain);
  AuditRow again = row;
  EXPECT_EQ(encode_chained(before, again), encode(row));
}

Bytes raw_command(std::string_view fields, std::uint8_t kind = 2) {
  Bytes bytes = encode(Command{{}, {}, {}, {}, DeleteEntry{}});
  bytes.back() = static_cast<char>(kind);
  return bytes.append(fields);
}

TEST(Codec, TellsTheFaultsApart) {
  const auto fault = [](ByteView bytes) { return decode_command(bytes).error(); };
  using enum DecodeFault;
  EXPECT_EQ(fault(raw_command("", 9)), UnknownKind);
  EXPECT_EQ(fault(raw_command({"\x10\x00", 2})), NotCanonical);             // a default
  EXPECT_EQ(fault(raw_command("\x11\x01k\x10\x01p")), NotCanonical);        // descending
  EXPECT_EQ(fault(raw_command("\x10\x01p\x10\x01p")), NotCanonical);        // twice
  EXPECT_EQ(fault(raw_command({"\x90\x00\x01p", 4})), NotCanonical);        // number not minimal
  EXPECT_EQ(fault(raw_command({"\x10\x81\x00p", 4})), NotCanonical);        // length not minimal
  EXPECT_EQ(fault(raw_command({"\x00\x01p", 3})), NotCanonical);            // fields count from 1
  EXPECT_EQ(fault(raw_command("\x07\x01p")), NotCanonical);                 // unknown among known
  EXPECT_EQ(fault(raw_command("\x13\x01\x01\x14\x01\x01")), NotCanonical);  // two preconditions
  EXPECT_EQ(fault(raw_command("\x10\x05p")), Truncated);
  EXPECT_EQ(fault(raw_command("\x10")), Truncated);
  EXPECT_EQ(fault(raw_command("\x12\x02\x01\x01")), TrailingBytes);  // behind the number
  EXPECT_EQ(fault(raw_command("\x01\x01\x09")), UnknownKind);        // an actor type
  const std::string long_path = "\x10\x81\x08" + std::string(kMaxPathBytes + 1, 'p');
  EXPECT_EQ(fault(raw_command(long_path)), Truncated);
}

TEST(Codec, LabelsAreSortedAndBounded) {
  const auto decode = [](const Labels& labels) {
    PutNamespace body;
    body.path = "/a";
    body.labels = labels;
    return decode_command(encode(by_alice(body)));
  };
  EXPECT_TRUE(decode({{"a", ""}, {"b", ""}}));
  EXPECT_EQ(decode({{"b", ""}, {"a", ""}}).error(), DecodeFault::NotCanonical);
  EXPECT_EQ(decode({{"a", ""}, {"a", ""}}).error(), DecodeFault::NotCanonical);
  Labels many;
  for (std::size_t i = 0; i < kMaxLabels; ++i) many.emplace_back(std::to_string(100 + i), "");
  EXPECT_TRUE(decode(many));
  many.emplace_back("999", "");
  EXPECT_EQ(decode(many).error(), DecodeFault::Truncated);
  EXPECT_EQ(decode({{std::string(kMaxLabelKeyBytes + 1, 'a'), ""}}).error(),
            DecodeFault::Truncated);
}

TEST(Codec, ACommandAtAllItsLimitsFitsItsBound) {
  PutEntry put;
  put.path = std::string(kMaxPathBytes, 'p');
  put.key = std::string(kMaxKeyBytes, 'k');
  put.content_type = std::string(kMaxContentTypeBytes, 'c');
  put.value = std::string(kMaxValueBytes, 'v');
  put.description = std::string(kMaxDescriptionBytes, 'd');
  for (std::size_t i = 0; i < kMaxLabels; ++i) {
    put.labels.emplace_back(std::to_string(100 + i) + std::string(kMaxLabelKeyBytes - 3, 'l'),
                            std::string(kMaxLabelValueBytes, 'v'));
  }
  Command command;
  command.actor.id = std::string(kMaxActorIdBytes, 'a');
  command.actor.ip = std::string(kMaxActorIpBytes, 'i');
  command.idempotency_key = std::string(kMaxIdempotencyKeyBytes, 'i');
  command.request_id = std::string(kMaxRequestIdBytes, 'r');
  command.body = put;
  const Bytes bytes = encode(command);
  EXPECT_LE(bytes.size(), kMaxCommandBytes);
  ASSERT_TRUE(decode_command(bytes));
  EXPECT_EQ(*decode_command(bytes), command);
}

TEST(Codec, RestampChangesTheStampAlone) {
  Random random(11);
  for (int i = 0; i < 50; ++i) {
    Command changed = command(random);
    Bytes bytes = encode(changed);
    changed.stamp = {1234567890123, 77};
    restamp(bytes, changed.stamp);
    EXPECT_EQ(bytes, encode(changed));
  }
}

TEST(Fingerprint, IsOfTheRequestNotOfTheTry) {
  const Command first = by_alice(put("/a", "k", "v"), "key");
  Command retry = first;
  retry.stamp = {5, 5};
  retry.request_id = "another";
  retry.actor.ip = "192.0.2.99";
  EXPECT_EQ(print_of(first), print_of(retry));
  Command other = first;
  std::get<PutEntry>(other.body).value = "w";
  EXPECT_NE(print_of(first), print_of(other));
  other = first;
  other.actor.id = "bob@example.com";
  EXPECT_NE(print_of(first), print_of(other));
  EXPECT_NE(print_of(by_alice(DeleteNamespace{"/a", {}})),
            print_of(by_alice(make_namespace("/a"))));
}

}  // namespace
}  // namespace confman::domain
