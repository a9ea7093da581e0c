#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>

#include "domain/audit/action.hpp"
#include "domain/base/bytes.hpp"
#include "domain/base/hash.hpp"
#include "domain/base/hlc.hpp"
#include "domain/codec/fields.hpp"

// Records are described once. A record is a struct with
//
//   template <class Self, class Visit>
//   static void for_each_field(Self& record, Visit&& visit) {
//     visit(Text{1, "description", kMaxDescriptionBytes}, record.description);
//     visit(Field{4, "version"}, record.version);
//     …
//   }
//
// in ascending order of the numbers, and from that come its canonical encoding (here), the
// fingerprint of a command, the columns of state.db (adapters/sqlite/state/columns.hpp) and the
// tests that touch every field (tests/domain/every_field_test.cpp). Numbers and names are on disk:
// none is ever given to another meaning. A new field comes behind the others, and its default means
// what its absence did.
//
// What reading can't tell by the fields alone, a record tells by
//
//   std::optional<DecodeFault> fault() const;
namespace confman::domain {

// Text of people or protocols; at most `limit` bytes.
struct Text {
  std::uint64_t number;
  const char* name;
  std::size_t limit;
};
// Bytes that mean nothing to us.
struct Blob {
  std::uint64_t number;
  const char* name;
  std::size_t limit;
};
// Everything whose type bounds it. Takes as many numbers as codec/fields.hpp says.
struct Field {
  std::uint64_t number;
  const char* name;
};

inline constexpr std::uint8_t kRecordFormat = 1;

// The record of a table whose rows are keys alone: its encoding is empty.
struct KeyAlone {
  friend bool operator==(const KeyAlone&, const KeyAlone&) = default;
};

class FieldEncoder {
 public:
  explicit FieldEncoder(Bytes& out) : out_(out) {}

  void operator()(const Text& f, const std::string& v) { out_.bytes(f.number, v); }
  void operator()(const Blob& f, const Bytes& v) { out_.bytes(f.number, v); }
  void operator()(const Field& f, std::uint64_t v) { out_.number(f.number, v); }
  void operator()(const Field& f, std::uint32_t v) { out_.number(f.number, v); }
  void operator()(const Field& f, std::int64_t v) {
    out_.number(f.number, static_cast<std::uint64_t>(v));
  }
  void operator()(const Field& f, std::same_as<bool> auto v) { out_.boolean(f.number, v); }
  void operator()(const Field& f, const Labels& v) { out_.labels(f.number, v); }
  void operator()(const Field& f, const HlcStamp& v) { out_.stamp(f.number, v); }
  void operator()(const Field& f, const Revision& v) { out_.revision(f.number, v); }
  void operator()(const Field& f, const Actor& v) { out_.actor(f.number, v); }
  void operator()(const Field& f, const Precondition& v) { out_.precondition(f.number, v); }
  void operator()(const Field& f, Action v) {
    out_.number(f.number, static_cast<std::uint64_t>(v));
  }
  void operator()(const Field& f, const std::optional<Refusal>& v) { out_.refusal(f.number, v); }
  void operator()(const Field& f, Refusal v) { out_.refusal(f.number, v); }
  void operator()(const Field& f, const Sha256Digest& v) { out_.digest(f.number, v); }
  void operator()(const Field& f, const std::optional<Sha256Digest>& v) {
    out_.optional_digest(f.number, v);
  }

 private:
  FieldWriter out_;
};

class FieldDecoder {
 public:
  explicit FieldDecoder(FieldReader& in) : in_(in) {}

  void operator()(const Text& f, std::string& v) { v = in_.bytes(f.number, f.limit); }
  void operator()(const Blob& f, Bytes& v) { v = in_.bytes(f.number, f.limit); }
  void operator()(const Field& f, std::uint64_t& v) { v = in_.number(f.number); }
  void operator()(const Field& f, std::uint32_t& v) {
    v = static_cast<std::uint32_t>(in_.number(f.number, UINT32_MAX));
  }
  void operator()(const Field& f, std::int64_t& v) {
    v = static_cast<std::int64_t>(in_.number(f.number, INT64_MAX));
  }
  void operator()(const Field& f, bool& v) { v = in_.boolean(f.number); }
  void operator()(const Field& f, Labels& v) { v = in_.labels(f.number); }
  void operator()(const Field& f, HlcStamp& v) { v = in_.stamp(f.number); }
  void operator()(const Field& f, Revision& v) { v = in_.revision(f.number); }
  void operator()(const Field& f, Actor& v) { v = in_.actor(f.number); }
  void operator()(const Field& f, Precondition& v) { v = in_.precondition(f.number); }
  void operator()(const Field& f, Action& v) {
    v = static_cast<Action>(in_.number(f.number, static_cast<std::uint64_t>(kLastAction)));
  }
  void operator()(const Field& f, std::optional<Refusal>& v) { v = in_.refusal(f.number); }
  void operator()(const Field& f, Refusal& v) {
    const auto refusal = in_.refusal(f.number);
    if (!refusal) in_.fail(DecodeFault::UnknownKind);
    v = refusal.value_or(Refusal{});
  }
  void operator()(const Field& f, Sha256Digest& v) { v = in_.digest(f.number); }
  void operator()(const Field& f, std::optional<Sha256Digest>& v) {
    v = in_.optional_digest(f.number);
  }

 private:
  FieldReader& in_;
};

struct TextSizes {
  std::size_t sum = 0;

  void operator()(const Text&, const std::string& v) { sum += v.size(); }
  void operator()(const Blob&, const Bytes& v) { sum += v.size(); }
  void operator()(const Field&, const auto&) {}
};

// About how many bytes the encoding takes. Growing a string step by step would copy a large value
// several times.
template <class Record>
std::size_t size_hint(const Record& record) {
  constexpr std::size_t kOfTheRest = 192;
  TextSizes sizes;
  Record::for_each_field(record, sizes);
  return kOfTheRest + sizes.sum;
}

template <class Record>
void encode_fields(Bytes& out, const Record& record) {
  Record::for_each_field(record, FieldEncoder(out));
}

// Reads the fields, up to the verdict of `in`.
template <class Record>
void decode_fields(FieldReader& in, Record& record) {
  Record::for_each_field(record, FieldDecoder(in));
  if constexpr (requires { record.fault(); }) {
    if (const auto fault = record.fault()) in.fail(*fault);
  }
}

template <class Record>
Bytes encode_record(const Record& record) {
  Bytes bytes;
  bytes.reserve(size_hint(record));
  ByteWriter(bytes).u8(kRecordFormat);
  encode_fields(bytes, record);
  return bytes;
}

// `complete`: there were no fields that this build doesn't know, so that encoding gives the same
// bytes.
template <class Record>
std::expected<Record, DecodeFault> decode_record(ByteView bytes, bool* complete = nullptr) {
  const auto fields = check_format(bytes, kRecordFormat);
  if (!fields) return std::unexpected(fields.error());
  FieldReader in(*fields);
  std::expected<Record, DecodeFault> record;
  decode_fields(in, *record);
  if (const auto end = in.finish(); !end) return std::unexpected(end.error());
  if (complete != nullptr) *complete = !in.skipped();
  return record;
}

}  // namespace confman::domain
